"""Pages without signal: what the service worker keeps, and what it must not."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

KEPT = """async () => {
  const names = await caches.keys();
  const urls = async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname);
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await urls(name)])));
}"""


def kept(page):
    """Cache name -> paths, once the worker holds the page."""
    return page.evaluate(KEPT)


def until(page, true):
    """Waits for the worker, which works in the background. Playwright's own waiting would need eval."""
    for _ in range(300):
        if true():
            return
        page.wait_for_timeout(50)
    pytest.fail("the worker did not get there")


@pytest.fixture
def phone(browser, server):
    server.pages["/groups/"] = server.pages["/me/export/"] = server.pages["/check/"]
    server.pages["/sessions/4/"] = "<!doctype html><title>Session</title><h1>Session 4</h1>"
    words = (
        '<script type="application/json" id="precache">["/sessions/4/", "/me/export/", "/groups/"]</script>'
    )
    server.pages["/today/"] = server.pages["/today/"].replace("</main>", f"{words}</main>")
    context = browser.new_context(base_url=server.url, viewport={"width": 390, "height": 800})
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def today(visit):
    page = visit("/today/")
    until(page, lambda: "/sessions/4/" in kept(page).get("allay-own", []))
    return page


def test_today_and_this_weeks_session_open_without_signal(today, phone):
    phone.set_offline(True)
    today.reload()
    expect(today.get_by_role("button", name="Not today")).to_be_visible()
    today.goto("/sessions/4/")
    expect(today.get_by_role("heading", name="Session 4")).to_be_visible()


def test_the_flare_page_opens_without_signal_though_never_visited(today, phone):
    phone.set_offline(True)
    today.goto("/flare/")
    expect(today.get_by_role("heading", name="First five minutes")).to_be_visible()


def test_a_page_that_was_not_kept_says_so(today, phone):
    phone.set_offline(True)
    today.goto("/sessions/9/")
    expect(today.get_by_role("heading", name="No signal")).to_be_visible()


def test_an_entry_can_be_made_on_a_kept_page(today, phone, server):
    phone.set_offline(True)
    today.reload()
    today.get_by_role("button", name="Not today").click()
    expect(today.locator("#outbox")).to_have_text("1 entry kept on this phone.")
    phone.set_offline(False)
    expect(today.locator("#outbox")).to_be_hidden()
    assert len(server.rows) == 1


def test_a_slow_page_gives_way_to_the_kept_one(today, server):
    server.delay = 6
    today.goto("/sessions/4/", timeout=5500)
    expect(today.get_by_role("heading", name="Session 4")).to_be_visible()


def test_staff_pages_and_exports_are_never_kept(today):
    today.goto("/groups/")
    today.goto("/me/export/")
    paths = {path for paths in kept(today).values() for path in paths}
    assert not {"/groups/", "/me/export/", "/sync/"} & paths


def test_files_come_from_the_phone_the_second_time(today, server):
    server.seen.clear()
    today.reload()
    expect(today.get_by_role("button", name="Not today")).to_be_visible()
    assert [path for path in server.seen if path.startswith("/static/")] == []


def test_clear_empties_the_pages_of_the_person(today):
    today.evaluate("navigator.serviceWorker.controller.postMessage({ type: 'clear' })")
    until(today, lambda: "allay-own" not in kept(today))
    assert "/flare/" in kept(today)["allay-shell-1"]


def test_another_account_does_not_find_the_pages_of_the_one_before(today, visit):
    other = visit("/other/")
    until(other, lambda: "allay-own" not in kept(other))
    assert other.evaluate("localStorage.getItem('allay-account')") == "c3d4"


def test_every_kept_page_under_an_address_is_fetched_anew_when_it_looks_otherwise(today, phone, server):
    server.pages["/sessions/4/"] = "<!doctype html><title>Session</title><h1>Session 4, other words</h1>"
    today.evaluate("navigator.serviceWorker.controller.postMessage({ type: 'renew', urls: ['/sessions/*'] })")
    read = """async () => (await (await caches.open("allay-own")).match("/sessions/4/")).text()"""
    until(today, lambda: "other words" in today.evaluate(read))
    assert not [
        path for path in kept(today)["allay-own"] if path.startswith("/sessions/") and path != "/sessions/4/"
    ]
