"""Journeys run against the real demo server, in a real Chromium, as people would."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.server.live import Live

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The demo as `./run` starts it. `demo.invite()` gives a fresh joining code for the group about to begin."""
    server = Live(tmp_path_factory.mktemp("demo") / "data", command="demo")
    server.environment["ALLAY_DEMO"] = "1"
    server.start()
    yield server
    server.stop()


@pytest.fixture
def invite(demo):
    """A single-use code for somebody new in the group that begins in a few days."""

    def code(name: str = "Sample visitor") -> str:
        made = demo.allay("invite", name, "--group", "Next group", "--data", str(demo.data))
        assert made.returncode == 0, made.stderr
        return made.stdout.split("\t")[1]

    return code


@pytest.fixture
def url(demo) -> str:
    return f"http://localhost:{demo.port}"


@pytest.fixture
def rows(demo):
    """Reads the service's own database, as a suspicious administrator would."""

    def read(sql: str, *values: object) -> list[tuple]:
        from sqlcipher3 import dbapi2

        with dbapi2.connect(Path(demo.data) / "allay.sqlite3") as connection:
            return connection.execute(sql, values).fetchall()

    return read


class Watch:
    """What a page did that it should not: errors, broken policy, requests to other hosts."""

    def __init__(self, url: str) -> None:
        self.url, self.complaints, self.elsewhere = url, [], []

    def on(self, page):
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._request)
        return page

    def _console(self, message):
        expected = re.search(r"net::ERR_INTERNET_DISCONNECTED|Failed to load resource", message.text)
        if message.type == "error" and not expected:
            self.complaints.append(message.text)

    def _request(self, request):
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.elsewhere.append(request.url)


@pytest.fixture
def watch(url):
    watching = Watch(url)
    yield watching
    assert not watching.complaints
    assert not watching.elsewhere


@pytest.fixture
def phone(new_context, watch):
    """A page at the width of a phone."""
    context = new_context(viewport=PHONE, has_touch=True, locale="en-GB", timezone_id="Europe/London")
    return watch.on(context.new_page())


@pytest.fixture
def browser_on_disk(playwright, browser_type_launch_args, tmp_path):
    """Starts the same browser, with the same profile, as often as asked."""

    def start(offline: bool = False):
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", viewport=PHONE, offline=offline, **browser_type_launch_args
        )
        context.set_default_timeout(30_000)
        return context

    return start


@pytest.fixture
def come_in(url, invite):
    """Joins with a fresh code and agrees, as the pages ask for it. Returns the page on Today."""

    def enter(page):
        page.goto(f"{url}/join/#{invite()}")
        expect(page.locator("#code")).not_to_have_value(
            "", timeout=30_000
        )  # the script takes it from the link
        page.get_by_role("button", name="I'm here").click()
        agree(page)
        page.get_by_role("button", name="Keep my choice").click()
        page.wait_for_url(f"{url}/today/")
        return page

    return enter


def agree(page) -> None:
    for group in page.locator("#choices fieldset").all():
        group.locator("input[type=radio]").first.check()


def tap(form, name: str, value: object) -> None:
    """Chooses one answer of a row, as a finger does."""
    form.locator(f'input[name="{name}"][value="{value}"]').check()
