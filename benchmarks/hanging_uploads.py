"""How long a page takes while uploads hang, on granian (ASGI), granian (WSGI), gunicorn, waitress and uvicorn.

Peers that are not installed are left out and named. Install them with `./run with bench`.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec

COUNTS = (0, 20, 200)
PATIENCE = 15.0
APP = "allay.server.asgi:application"
WSGI = "django.core.wsgi:get_wsgi_application()"
SERVERS = {
    "granian asgi": ("granian", ["granian", "--interface", "asgi", "--port", "{port}", APP]),
    "uvicorn asgi": ("uvicorn", ["uvicorn", "--port", "{port}", "--log-level", "error", APP]),
    "granian wsgi": (
        "granian",
        ["granian", "--interface", "wsgi", "--port", "{port}", "benchmarks._wsgi:application"],
    ),
    "gunicorn 2x8": ("gunicorn", ["gunicorn", "-w", "2", "--threads", "8", "-b", "127.0.0.1:{port}", WSGI]),
    "waitress 8": (
        "waitress",
        ["waitress", "--listen", "127.0.0.1:{port}", "--threads", "8", "benchmarks._wsgi:application"],
    ),
}


def page(port: int) -> float | None:
    """Seconds until a page answers; None when it does not within PATIENCE."""
    began = time.monotonic()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            connection.settimeout(PATIENCE)
            connection.sendall(
                f"GET /help/ HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode()
            )
            return time.monotonic() - began if connection.recv(12) else None
    except OSError:
        return None


def hang(port: int, count: int) -> list[socket.socket]:
    head = f"POST /sync/ HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 5000\r\n\r\n{{".encode()
    connections = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(count)]
    for connection in connections:
        connection.sendall(head)
    return connections


def measure(command: list[str], environment: dict[str, str]) -> list[float | None]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", *(word.format(port=port) for word in command)]
    server = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if page(port) is not None:
                break
            time.sleep(0.1)
        results = []
        for count in COUNTS:
            held = hang(port, count)
            time.sleep(1)
            results.append(page(port))
            for connection in held:
                connection.close()
        return results
    finally:
        server.kill()
        server.wait()


def main() -> None:
    data = tempfile.mkdtemp(prefix="allay-bench-")
    environment = {**os.environ, "ALLAY_DATA": data, "DJANGO_SETTINGS_MODULE": "allay.server.settings"}
    prepare = "import django; django.setup(); from allay.server.starting import prepare; prepare()"
    subprocess.run([sys.executable, "-c", prepare], env=environment, check=True)
    print(f"{'server':14}" + "".join(f"{count:>12} hanging" for count in COUNTS))
    for name, (package, command) in SERVERS.items():
        if find_spec(package) is None:
            print(f"{name:14}  not installed (./run with bench)")
            continue
        cells = [
            f"{t * 1000:.0f} ms" if t is not None else "no answer" for t in measure(command, environment)
        ]
        print(f"{name:14}" + "".join(f"{cell:>20}" for cell in cells))
