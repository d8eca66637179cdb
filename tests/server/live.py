"""The real server as a child process, on a free port, with a data folder of its own."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ALLAY = [sys.executable, "-m", "allay.server.cli"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Live:
    """`start`, `kill`, `stop`; `visit` for pages. Ends what it began, by its own process group."""

    def __init__(self, data: Path, command: str = "serve") -> None:
        self.data, self.command, self.port, self.process = data, command, free_port(), None
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("ALLAY_", "DJANGO_"))
            },
            "ALLAY_DATA": str(data),
            "ALLAY_URL": f"http://localhost:{self.port}",
        }

    def allay(self, *words: str, typed: str = "") -> subprocess.CompletedProcess:
        """One `allay` command on the same data."""
        return subprocess.run(
            [*ALLAY, *words], env=self.environment, input=typed, capture_output=True, text=True, timeout=120
        )

    def start(self) -> float:
        """Starts the server and waits for the first page. Returns the seconds it took."""
        began = time.monotonic()
        self.log = open(self.data.parent / f"{self.data.name}.log", "ab")  # noqa: SIM115
        self.process = subprocess.Popen(
            [*ALLAY, self.command, "--port", str(self.port), "--data", str(self.data)],
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        while time.monotonic() - began < 120:
            if self.process.poll() is not None:
                raise RuntimeError(Path(self.log.name).read_text())
            try:
                if self.visit("GET", "/healthz")[0] == 200:
                    return time.monotonic() - began
            except OSError:
                time.sleep(0.05)
        raise TimeoutError(Path(self.log.name).read_text())

    def kill(self) -> None:
        """kill -9 of the server and its workers."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self.log.close()

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
        self.log.close()

    def visit(self, method: str, path: str, body: bytes | None = None, headers: dict | None = None):
        """Status, headers and body of one request on a new connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, {"Host": f"localhost:{self.port}", **(headers or {})})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()


class Phone:
    """A participant's browser in the barest form: cookies and the protection token."""

    def __init__(self, live: Live) -> None:
        self.live, self.cookies = live, {}

    def visit(self, method: str, path: str, body: bytes | None = None, headers: dict | None = None):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        status, reply, content = self.live.visit(method, path, body, {"Cookie": cookies, **(headers or {})})
        for line in reply.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return status, reply, content

    def form(self, path: str, **fields: str):
        """Opens a page, then posts its first form's token with these fields."""
        from urllib.parse import urlencode

        _status, _headers, page = self.visit("GET", path)
        hidden = re.findall(rb'type="hidden" name="([^"]+)" value="([^"]*)"', page)
        fields = {name.decode(): value.decode() for name, value in hidden} | fields
        return self.visit(
            "POST", path, urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        )

    def sync(self, entries: list[dict]):
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.cookies.get("allay-csrf", "")}
        headers["Accept"] = "application/json"
        status, _headers, body = self.visit(
            "POST", "/sync/", json.dumps({"entries": entries}).encode(), headers
        )
        return status, json.loads(body) if status == 200 else body


def set_up(live: Live, names: tuple[str, ...] = ("One", "Two")) -> list[str]:
    """An administrator's first steps by command; the server need not run. Returns one joining code a name."""
    steps = [
        ("help-numbers", "--emergency", "Emergency=0 0 0"),
        ("admin", "--name", "Ada", "--email", "ada@example.org", "--password-file", "-"),
        ("facilitator", "--name", "Fay", "--email", "fay@example.org", "--password-file", "-"),
        ("study", "Our programme"),
    ]
    first = time.strftime("%Y-%m-%dT18:00", time.gmtime(time.time() - 86400))
    group = ("group", "Tuesday", "--first-meeting", first, "--zone", "Europe/London")
    steps += [(*group, "--facilitator", "fay@example.org")]
    for step in steps:
        done = live.allay(*step, typed="a long pass phrase 7\n")
        assert done.returncode == 0, done.stderr
    invited = live.allay("invite", *names)
    assert invited.returncode == 0, invited.stderr
    return [line.split("\t")[1] for line in invited.stdout.splitlines()]


def joined(live: Live, code: str) -> Phone:
    """A phone that has come in by its code and agreed."""
    phone = Phone(live)
    assert phone.form("/join/", code=code)[0] == 302
    assert phone.form("/consent/", programme="yes", evaluation="yes")[0] == 302
    return phone
