"""`allay serve` sends the notes that people asked for, and a note is sent once, whatever is killed and started again."""

import socket
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from aiosmtpd.controller import Controller

from tests.server.live import Live, joined, set_up

pytestmark = pytest.mark.server


class Post:
    """Counts what arrives; the second note of a day would be one too many."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []

    async def handle_DATA(self, server, session, envelope):
        self.letters.append(envelope.content)
        return "250 OK"


@pytest.fixture
def post():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Post()
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    yield made, port
    controller.stop()


@pytest.fixture
def live(tmp_path, post):
    server = Live(tmp_path / "data")
    server.environment |= {
        "ALLAY_EMAIL_HOST": "127.0.0.1",
        "ALLAY_EMAIL_PORT": str(post[1]),
        "ALLAY_EMAIL_SECURITY": "none",
        "ALLAY_EMAIL_FROM": "Allay <allay@example.org>",
    }
    server.codes = set_up(server, ("One",))
    server.start()
    yield server
    server.stop()


def choose(live) -> None:
    """By the page, then the choice is moved a day back: whoever picks a time that has passed begins tomorrow."""
    from sqlcipher3 import dbapi2

    phone = joined(live, live.codes[0])
    _status, _headers, page = phone.visit("GET", "/me/reminders/")
    token = page.split(b'name="csrfmiddlewaretoken" value="')[1].split(b'"')[0].decode()
    now = datetime.now(UTC)
    half_hour = f"{now.hour:02}:{now.minute // 30 * 30:02}"
    fields = [("csrfmiddlewaretoken", token), ("do", "save"), ("mail-address", "one@example.org")]
    fields += [("mail-zone", "Africa/Abidjan"), ("mail-time", half_hour)]  # the clocks of UTC, all year
    fields += [("mail-weekdays", str(day)) for day in range(7)]
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    status, _headers, _page = phone.visit("POST", "/me/reminders/email/", urlencode(fields).encode(), kind)
    assert status == 302
    with dbapi2.connect(live.data / "allay.sqlite3", timeout=10) as connection:
        connection.execute("UPDATE records_emailreminder SET changed_at = ?", (str(now - timedelta(days=1)),))


def wait_for(letters: list[bytes], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not letters and time.monotonic() < until:
        time.sleep(0.1)


def test_one_note_a_day_though_the_service_is_killed_and_started_again(live, post):
    letters = post[0].letters
    choose(live)
    live.kill()
    live.start()
    wait_for(letters, 60)
    assert len(letters) == 1
    assert b"Subject: A note from Allay" in letters[0] and b"To: one@example.org" in letters[0]
    for _again in range(2):
        live.kill()
        live.start()
        time.sleep(4)
        assert live.allay("worker", "--once", "--data", str(live.data)).returncode == 0
    assert len(letters) == 1
