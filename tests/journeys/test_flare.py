"""A flare without signal: declared, shown at once, sent later, ended."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_offline import KEPT

pytestmark = pytest.mark.browser


@pytest.fixture
def ready(phone, url, come_in):
    """A phone that has kept Today and what belongs to it."""
    come_in(phone)
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.reload()
    phone.evaluate(KEPT)
    return phone


def open_page(page, address):
    page.goto(address)
    expect(page.locator("html[data-ready=yes]")).to_be_attached()


def until(page, true):
    """Waits for what the phone sends in the background."""
    for _ in range(200):
        if true():
            return
        page.wait_for_timeout(50)
    pytest.fail("it did not arrive")


def test_declared_without_signal_and_ended(ready, url, rows):
    flares = "SELECT ended_at IS NULL, tell_facilitator FROM records_flare ORDER BY received_at DESC LIMIT 1"
    ready.context.set_offline(True)
    open_page(ready, f"{url}/flare/")
    ready.get_by_role("button", name="This is a flare").click()
    expect(ready.locator("#flare-thanks")).to_be_visible()
    open_page(ready, f"{url}/today/")
    expect(ready.get_by_role("heading", name="A flare is on.")).to_be_visible()
    assert rows(
        "SELECT count(*) FROM records_flare WHERE ended_at IS NULL AND received_at > date('now', '-1 hour')"
    ) == [(0,)]

    ready.context.set_offline(False)
    open_page(ready, f"{url}/today/")
    until(ready, lambda: rows(flares) == [(1, 0)])
    open_page(ready, f"{url}/today/")
    ready.locator("#main").get_by_role("button", name="It has eased").click()
    expect(ready.locator("#eased-thanks [data-when=sent]")).to_be_visible()
    assert rows(flares) == [(0, 0)]
    open_page(ready, f"{url}/today/")
    expect(ready.get_by_role("heading", name="A flare is on.")).to_be_hidden()
