"""A throw-away service for the participant's scripts: real files, real Content-Security-Policy, a pretended /sync/."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

FACES = Path(__file__).parents[3] / "allay" / "faces"
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}


class PhoneServer(ThreadingHTTPServer):
    """`pages` maps a path to HTML. `mood` is how the server feels: ok, down, busy, signed-out, conflict, refuse."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), PhoneHandler)
        self.pages: dict[str, str] = {}
        self.mood = "ok"
        self.delay = 0.0
        self.rows: dict[str, dict] = {}
        self.parcels: list[list[str]] = []
        self.answers: list[dict] = []
        self.posted: list[tuple[str, dict]] = []
        self.seen: list[str] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}"

    def handle_error(self, *request: object) -> None:
        """A browser that gives up on a slow page is no error here."""

    def take(self, entry: dict) -> dict:
        with self.lock:
            if self.mood == "conflict":
                return {"id": entry["id"], "status": "conflict", "why": "Sent before with other answers."}
            known = self.rows.setdefault(entry["id"], entry)
        return {"id": entry["id"], "status": "kept" if known is entry else "already"}


class PhoneHandler(BaseHTTPRequestHandler):
    server: PhoneServer

    def log_message(self, *arguments: object) -> None: ...

    def reply(self, status: int, body: bytes, kind: str = "text/html; charset=utf-8", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Set-Cookie", "allay-csrf=fresh; Path=/")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        self.server.seen.append(path)
        if path.startswith("/static/"):
            self.reply_file(path.removeprefix("/static/"))
        elif path == "/sw.js":
            self.reply(200, self.worker(), "text/javascript")
        elif path in self.server.pages:
            time.sleep(self.server.delay)
            self.reply(200, self.server.pages[path].encode())
        else:
            self.reply(404, b"nothing here")

    def reply_file(self, name: str) -> None:
        file = FACES / name.split("/")[0] / "static" / name
        self.reply(200, file.read_bytes(), TYPES[file.suffix]) if file.is_file() else self.reply(404, b"")

    def worker(self) -> bytes:
        scripts = sorted((FACES / "participant/static/participant").glob("*.js"))
        files = [f"/static/participant/{script.name}" for script in scripts]
        files += ["/static/shared/allay.css", "/static/shared/fonts/atkinson-hyperlegible-next.woff2"]
        text = (FACES / "participant/static/participant/sw.js").read_text()
        precache = json.dumps([*files, "/flare/", "/offline/"])
        return text.replace("__VERSION__", "1").replace("__PRECACHE__", precache).encode()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(self.server.delay)
        if self.server.mood in ("down", "busy"):
            self.reply(500 if self.server.mood == "down" else 429, b"")
        elif self.server.mood == "signed-out":
            self.reply(302, b"", Location="/")
        elif self.path == "/sync/" and self.headers["X-CSRFToken"] == "fresh":
            self.sync(json.loads(body)["entries"])
        else:
            self.form(
                {name: values[-1] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
            )

    def sync(self, entries: list[dict]) -> None:
        self.server.parcels.append([entry["id"] for entry in entries])
        if self.server.mood == "refuse" and any(entry["content"].get("mood") == 10 for entry in entries):
            self.reply(400, b"")
            return
        results = [self.server.take(entry) for entry in entries]
        self.reply(200, json.dumps({"results": results}).encode(), "application/json")

    def form(self, fields: dict[str, str]) -> None:
        if self.path.endswith("/answer/"):
            self.server.answers.append(fields)
            self.reply(200, b"{}", "application/json")
        else:
            self.server.posted.append((self.path, fields))
            self.reply(200, b"<title>posted</title>")
