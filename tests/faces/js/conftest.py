"""A phone (a real Chromium at 390 px) and a throw-away server for the participant's scripts."""

import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.faces.js import pages
from tests.faces.js.phone_server import PhoneServer

PATIENCE = 20_000  # milliseconds: machines that build are slow machines
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def server() -> Iterator[PhoneServer]:
    running = PhoneServer()
    check_in, offline = (
        pages.page(pages.check_in()),
        "<!doctype html><title>No signal</title><h1>No signal</h1>",
    )
    running.pages = {
        "/check/": check_in,
        "/today/": check_in,
        "/other/": pages.page(pages.check_in(), account="c3d4"),
        "/practice/": pages.page(pages.practice()),
        "/questions/": pages.page(pages.questionnaire()),
        "/leave/": pages.page(pages.sign_out()),
        "/join/": pages.page(pages.join(), account=""),
        "/flare/": "<!doctype html><title>Flare</title><h1>First five minutes</h1>",
        "/offline/": offline,
    }
    threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def phone(browser: Browser, server: PhoneServer) -> Iterator[BrowserContext]:
    """A phone in India (an offset with half an hour). Service workers are off unless a test wants them."""
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": 390, "height": 800},
        timezone_id="Asia/Kolkata",
        service_workers="block",
        accept_downloads=True,
    )
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def visit(phone: BrowserContext) -> Iterator[Callable[[str], Page]]:
    """Opens a page; whatever the strict policy blocks, and every script error, fails the test."""
    complaints: list[str] = []

    def blocked(text: str) -> None:
        if "Content Security Policy" in text:
            complaints.append(text)

    def go(path: str) -> Page:
        page = phone.new_page()
        page.on("console", lambda message: blocked(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("data-ready", "yes")  # all parts of the page are wired
        return page

    yield go
    assert complaints == []
