"""The feed, fetched from a real server and read by a calendar program that people use (khal)."""

import os
import re
import shutil
import subprocess
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.server.live import Live, joined, set_up

pytestmark = pytest.mark.server
SETTINGS = """[calendars]
[[feed]]
path = {path}
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
default_timezone = {zone}
local_timezone = {zone}
[default]
default_calendar = feed
"""


@pytest.fixture(scope="module")
def khal() -> str:
    found = shutil.which("khal")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("khal was not found: .ci/run installs it")
        pytest.skip("khal is not installed (apt-get install khal)")
    return found


@pytest.fixture(scope="module")
def feed(tmp_path_factory) -> bytes:
    """What a calendar gets from the address that a person's page shows, with a daily entry chosen."""
    live = Live(tmp_path_factory.mktemp("calendar") / "data")
    codes = set_up(live, ("One",))
    live.start()
    try:
        phone = joined(live, codes[0])
        page = _send(phone, do="make")
        path = re.search(rb"http://localhost:\d+(/calendar/[\w-]{43}\.ics)", page)[1].decode()
        _send(phone, **{"do": "save", "calendar-zone": "Europe/London", "calendar-practice_time": "07:30"})
        status, headers, text = live.visit("GET", path)
        assert (status, headers["Cache-Control"]) == (200, "no-store")
        assert live.visit("GET", path.replace("/calendar/", "/calendar/x"))[0] == 404
        assert path not in Path(live.log.name).read_text("utf-8")
        return text
    finally:
        live.stop()


def _send(phone, **fields) -> bytes:
    from urllib.parse import urlencode

    _status, _headers, page = phone.visit("GET", "/me/reminders/")
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1].decode()
    body = urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return phone.visit("POST", "/me/reminders/calendar/", body, kind)[2]


def listed(khal: str, feed: bytes, folder, zone: str) -> list[tuple[str, str]]:
    """Begin and title of everything in the program's own list, at the clocks of a place."""
    (folder / "calendar").mkdir()
    (folder / "feed.ics").write_bytes(feed)
    (folder / "khal.conf").write_text(SETTINGS.format(path=folder / "calendar", zone=zone))
    home = {
        **os.environ,
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CACHE_HOME": str(folder),
        "LC_ALL": "C.UTF-8",
    }

    def run(*words: str) -> str:
        command = [khal, "-c", str(folder / "khal.conf"), *words]
        done = subprocess.run(command, env=home, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("import", "--batch", "-a", "feed", str(folder / "feed.ics"))
    begin = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 10 * 86400))
    shown = run("list", "--day-format", "", "--format", "{start-date} {start-time}|{title}", begin, "110d")
    return [tuple(line.split("|")) for line in dict.fromkeys(shown.splitlines()) if "|" in line]


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York"])
def test_a_calendar_program_shows_the_same_twelve_meetings_at_local_times(khal, feed, tmp_path, zone):
    """`set_up` plans them weekly at 18:00 in London from yesterday on; twelve weeks always cross a change of clocks
    somewhere between autumn and spring, and the program does the sums by itself."""
    london = ZoneInfo("Europe/London")
    found = listed(khal, feed, tmp_path, zone)
    meetings = [begin for begin, title in found if title == "Meeting"]
    first = datetime.fromisoformat(time.strftime("%Y-%m-%dT18:00", time.gmtime(_began(feed))))
    planned = [(first + timedelta(weeks=week)).replace(tzinfo=london) for week in range(12)]
    assert meetings == [one.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") for one in planned]
    daily = [datetime.fromisoformat(begin) for begin, title in found if title == "A quiet moment"]
    assert len(daily) >= 80
    assert {one.replace(tzinfo=ZoneInfo(zone)).astimezone(london).strftime("%H:%M") for one in daily} == {
        "07:30"
    }


def _began(feed: bytes) -> float:
    day = re.search(rb"DTSTART;TZID=Europe/London:(\d{8})T180000", feed)[1].decode()
    return datetime.strptime(day, "%Y%m%d").replace(tzinfo=ZoneInfo("UTC")).timestamp()
