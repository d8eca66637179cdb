"""No signal: entries are kept on the phone, visibly, and arrive exactly once; help opens."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import tap

pytestmark = pytest.mark.browser

# Until the worker has the page in hand and has kept, in the background, every page that this one lists.
# (Not wait_for_function: it evaluates text in the page, which the content policy forbids.)
KEPT = """async () => {
    const pages = JSON.parse(document.getElementById("precache").textContent);
    const kept = async () => {
        if (!navigator.serviceWorker.controller) return false;
        const own = await caches.open("allay-own");
        const found = await Promise.all(pages.map((page) => own.match(page, { ignoreVary: true })));
        return found.every(Boolean);
    };
    while (!(await kept())) await new Promise((again) => setTimeout(again, 50));
}"""


@pytest.fixture
def ready(phone, url, come_in):
    """A phone whose service worker has kept Today and what belongs to it."""
    come_in(phone)
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.reload()
    phone.evaluate(KEPT)
    return phone


def check_in(page, mood: str) -> None:
    if not page.locator("#check-in fieldset").first.is_visible():
        page.locator("details:has(#check-in) summary").click()
    tap(page.locator("#check-in"), "mood", mood)
    page.locator("#check-in").get_by_role("button", name="Save").click()
    page.locator("#check-in-thanks").wait_for()


def test_two_check_ins_without_signal_are_two_rows_afterwards(ready, url, rows):
    person = rows("SELECT id FROM records_enrolment ORDER BY number DESC LIMIT 1")[0][0]
    ready.context.set_offline(True)
    ready.goto(f"{url}/today/")
    check_in(ready, "2")
    ready.get_by_text("1 entry kept on this phone").wait_for()
    ready.goto(f"{url}/today/")
    check_in(ready, "8")
    ready.get_by_text("2 entries kept on this phone").wait_for()
    assert rows("SELECT count(*) FROM records_checkin WHERE enrolment_id = ?", person) == [(0,)]
    ready.context.set_offline(False)
    ready.goto(f"{url}/today/")
    ready.locator("#outbox").wait_for(state="hidden")
    ready.reload()
    ready.wait_for_timeout(500)
    moods = rows("SELECT mood FROM records_checkin WHERE enrolment_id = ? ORDER BY mood", person)
    assert moods == [(2,), (8,)]


def test_what_is_kept_on_the_phone_cannot_be_read(ready, url):
    ready.context.set_offline(True)
    ready.goto(f"{url}/today/")
    check_in(ready, "3")
    found = ready.evaluate(
        """async () => {
        const texts = [];
        for (const {name} of await indexedDB.databases()) {
            const db = await new Promise(r => { const o = indexedDB.open(name); o.onsuccess = () => r(o.result); });
            for (const store of db.objectStoreNames) {
                const all = await new Promise(r => { const q = db.transaction(store).objectStore(store).getAll();
                    q.onsuccess = () => r(q.result); });
                for (const row of all) texts.push(JSON.stringify(row, (k, v) =>
                    v instanceof ArrayBuffer ? new TextDecoder().decode(v) :
                    ArrayBuffer.isView(v) ? new TextDecoder().decode(v) :
                    v instanceof CryptoKey ? `key extractable ${v.extractable}` : v));
            }
        }
        return texts.join("\\n"); }"""
    )
    assert found
    assert "mood" not in found
    assert "extractable true" not in found


@pytest.mark.parametrize(
    "path", ["/flare/", "/help/", "/help/signs/", "/today/", "/practices/p01-arriving/1/"]
)
def test_help_flare_today_and_the_practice_open_without_signal(ready, url, path):
    ready.context.set_offline(True)
    ready.goto(f"{url}{path}")
    heading = ready.get_by_role("heading", level=1).inner_text()
    assert heading
    assert heading != "There is no signal here"


def test_a_practice_plays_in_the_dark_without_signal(ready, url):
    ready.emulate_media(color_scheme="dark")
    ready.context.set_offline(True)
    ready.goto(f"{url}/practices/p15-first-five-minutes/1/")
    expect(ready.locator("html")).to_have_attribute("data-ready", "yes")
    ready.locator(".player").get_by_role("button", name="Start").click()
    expect(ready.locator(".steps > li:visible")).to_have_count(1)
    paper = ready.locator(".player-bar").evaluate("bar => getComputedStyle(bar).backgroundColor")
    assert paper == "rgb(30, 36, 37)"  # the card of the dark theme
    ready.locator(".player").get_by_role("button", name="Stop").click()
    expect(ready.locator("#after")).to_be_visible()


def test_a_page_never_opened_says_so_kindly(ready, url):
    ready.context.set_offline(True)
    ready.goto(f"{url}/sessions/9/")
    assert ready.get_by_role("heading", name="There is no signal here").is_visible()


def test_signing_out_clears_the_phone(ready, url):
    ready.goto(f"{url}/sign-out/")
    ready.locator("main").get_by_role("button", name="Sign out").click()
    ready.wait_for_url(f"{url}/")
    ready.wait_for_timeout(500)
    ready.context.set_offline(True)
    try:
        ready.goto(f"{url}/today/")
        shown = ready.content()
    except Exception:  # the worker itself is gone: nothing is shown at all
        shown = ""
    assert "Sample visitor" not in shown


def test_staff_on_the_same_device_leave_nothing_of_the_person_before(ready, url):
    ready.goto(f"{url}/demo/as/facilitator/")
    ready.wait_for_url(f"{url}/groups/")
    ready.wait_for_timeout(300)
    ready.context.set_offline(True)
    ready.goto(f"{url}/today/")
    assert ready.get_by_role("heading", name="There is no signal here").is_visible()
