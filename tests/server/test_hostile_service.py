"""A real service under attack from its own machine: floods, races, second services, bad ground, and what its log says."""

import os
import resource
import signal
import socket
import sqlite3
import subprocess
import time
from collections import Counter
from contextlib import contextmanager
from threading import Barrier, Thread
from urllib.parse import urlencode

import pytest

from tests.server.live import ALLAY, Live, Phone, joined, set_up

pytestmark = pytest.mark.server
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    server = Live(tmp_path_factory.mktemp("hostile") / "data")
    server.codes = dict(zip(NAMES, set_up(server, NAMES), strict=True))
    server.start()
    yield server
    server.stop()


NAMES = ("Oona Raced", "Twyla Flooded", "Thea Large", "Fenna Spare")


def at_once(count: int, act) -> Counter:
    """How often each answer came, when all begin at the same moment."""
    together, answers = Barrier(count), []

    def one() -> None:
        together.wait()
        answers.append(act())

    clients = [Thread(target=one) for _ in range(count)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return Counter(answers)


def post(live, path: str, headers: dict | None = None, **fields: str) -> int:
    """The status of a form, sent by a browser that has opened the page before."""
    token = {"csrfmiddlewaretoken": "t" * 32}
    cookie = {"Cookie": "allay-csrf=" + "t" * 32}
    body = urlencode(fields | token).encode()
    return live.visit("POST", path, body, FORM | cookie | (headers or {}))[0]


@contextmanager
def hanging(live, count: int, start: str):
    """Connections that have begun a request and say no more."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    connections = []
    try:
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", live.port), timeout=5)
            connections.append(connection)
            connection.sendall(start.encode())
        time.sleep(0.5)
        yield connections
    finally:
        for connection in connections:
            connection.close()


def seconds_for_a_page(live) -> float:
    began = time.monotonic()
    assert live.visit("GET", "/help/")[0] == 200
    return time.monotonic() - began


UPLOAD = "POST /sync/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n{"
HEAD = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "


@pytest.mark.parametrize("start", [UPLOAD, HEAD], ids=["upload", "head"])
def test_more_slow_clients_than_the_service_has_threads_hold_nobody_up(live, start):
    with hanging(live, 1100, start):
        assert seconds_for_a_page(live) < 2  # a requirement on the service, not a measurement of it


def test_uploads_given_up_half_way_leave_nothing_behind(live):
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", live.port), timeout=5) as connection:
            connection.sendall(UPLOAD.encode())
    assert seconds_for_a_page(live) < 2


def test_two_hands_on_one_code_let_one_phone_in(live):
    code = live.codes["Oona Raced"]
    answers = at_once(8, lambda: post(live, "/join/", code=code))
    assert answers == {302: 1, 400: 7}


def test_guesses_sent_at_once_are_counted_and_forwarded_addresses_do_not_help(live):
    numbers = iter(range(100))

    def guess() -> int:
        elsewhere = {"X-Forwarded-For": f"10.0.0.{next(numbers)}"}
        return post(live, "/sign-in/", elsewhere, email="fay@example.org", password="wrong")

    assert at_once(20, guess) == {200: 8, 429: 12}
    assert post(live, "/sign-in/", email="FAY@example.org ", password="a long pass phrase 7") == 429


def test_a_body_too_large_is_answered_and_kept_nowhere(live):
    phone = joined(live, live.codes["Thea Large"])
    token = {"Content-Type": "application/json", "X-CSRFToken": phone.cookies["allay-csrf"]}
    assert phone.visit("POST", "/sync/", b" " * 5_000_000, token)[0] == 413
    assert phone.visit("POST", "/sync/", b'{"entries": []}', token)[0] == 200


@pytest.mark.parametrize(
    "path", ["//evil.example/groups", "//evil.example/", "/%2f%2fevil.example", "/groups/%00/"]
)
def test_a_disguised_address_leads_nowhere(live, path):
    assert live.visit("GET", path)[0] == 404


def serve(live, data, port) -> subprocess.CompletedProcess:
    command = [*ALLAY, "serve", "--port", str(port), "--data", str(data)]
    return subprocess.run(command, env=live.environment, capture_output=True, text=True, timeout=60)


def one_sentence(done: subprocess.CompletedProcess) -> str:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def test_a_second_service_does_not_share_the_port(live, tmp_path):
    assert f"Port {live.port} is taken" in one_sentence(serve(live, tmp_path / "other", live.port))


def test_a_second_service_does_not_share_the_data(live):
    assert "runs on" in one_sentence(serve(live, live.data, Live(live.data).port))


def test_a_running_demo_is_not_emptied_by_another(live, tmp_path):
    from allay.server import claims

    (tmp_path / "demo").touch()
    claims.hold(tmp_path)
    command = [*ALLAY, "demo", "--port", str(Live(tmp_path).port), "--data", str(tmp_path)]
    done = subprocess.run(command, env=live.environment, capture_output=True, text=True, timeout=60)
    assert "runs on" in one_sentence(done)
    assert (tmp_path / "demo").exists()


def garbage(folder) -> None:
    (folder / "allay.sqlite3").write_bytes(b"this was a database once " * 400)


def holed(folder) -> None:
    """A database that opens, with pages in its middle overwritten."""
    path = folder / "allay.sqlite3"
    path.chmod(0o600)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2 // 4096 * 4096)
        file.write(b"\xaa" * 4096 * 10)


@pytest.mark.parametrize("damage, words", [(garbage, "not a database"), (holed, "damaged")])
def test_a_damaged_database_is_not_served(live, tmp_path, damage, words):
    from sqlcipher3 import dbapi2

    with dbapi2.connect(live.data / "allay.sqlite3") as connection:
        connection.execute("VACUUM INTO ?", [str(tmp_path / "allay.sqlite3")])
    damage(tmp_path)
    assert words in one_sentence(serve(live, tmp_path, Live(tmp_path).port))


def test_a_data_folder_that_is_none_is_said_in_one_sentence(live, tmp_path):
    (tmp_path / "file").touch()
    assert str(tmp_path / "file") in one_sentence(serve(live, tmp_path / "file", Live(tmp_path).port))


def test_nobody_else_on_the_machine_reads_the_data(live):
    modes = {path.name: path.stat().st_mode & 0o077 for path in [live.data, *live.data.iterdir()]}
    assert "secret-key" in modes
    assert not any(modes.values()), modes


def test_what_the_log_says_after_all_this_names_nobody(live):
    phone = Phone(live)
    phone.visit("POST", f"/join/?{live.codes['Fenna Spare']}", b"code=x", FORM)
    log = (live.data.parent / "data.log").read_text()
    private = ["example.org", "pass phrase", "Raced", "Flooded", "Large", "Spare", *live.codes.values()]
    assert "Forbidden" in log  # something was logged
    assert not [word for word in private if word in log]
    assert "Traceback" not in log


def test_told_to_stop_it_finishes_what_it_has_begun(live):
    def visit() -> object:
        try:
            return live.visit("GET", "/help/")[0]
        except ConnectionError:
            return "not taken any more"

    answers = []
    visitors = Thread(target=lambda: answers.append(at_once(20, visit)))
    visitors.start()
    time.sleep(0.1)
    os.kill(live.process.pid, signal.SIGTERM)
    visitors.join()
    live.process.wait(20)
    live.log.close()
    assert set(answers[0]) <= {200, "not taken any more"}
    with sqlite3.connect(f"file:{live.data / 'allay.sqlite3'}?mode=ro", uri=True) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
