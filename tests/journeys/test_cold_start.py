"""A cold start of the browser without signal, and a phone that has lost what it kept."""

import re
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import agree
from tests.journeys.test_letter import ready
from tests.journeys.test_offline import KEPT, check_in

pytestmark = pytest.mark.browser
WEEK = 8  # the flare plan is open
FAVOURITE = "p06-wide-sky"  # no practice of this week, of a flare, or of the first days
PAGES = {
    "/today/": "Hello",
    "/practices/": "Practices",
    f"/practices/{FAVOURITE}/": "Wide sky",
    f"/practices/{FAVOURITE}/1/": "Wide sky",
    f"/practices/{FAVOURITE}/10/": "Wide sky",
    f"/sessions/{WEEK}/": "",
    "/plan/flare-plan/": "My flare plan",
    "/flare/": "",
    "/help/": "",
    "/help/signs/": "",
}
ONLY_STORES = "indexeddb,local_storage,cache_storage,service_workers"  # as some browsers do after some days


def join(page, url: str, code: str) -> None:
    page.goto(f"{url}/join/#{code}")
    expect(page.locator("#code")).not_to_have_value("")
    page.get_by_role("button", name="I'm here").click()
    agree(page)
    page.get_by_role("button", name="Keep my choice").click()
    page.wait_for_url(f"{url}/today/")


def clear(page, url: str, what: str) -> None:
    session = page.context.new_cdp_session(page)
    page.goto("about:blank")
    session.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": what})


@pytest.fixture
def to_week(url, rows):
    """Moves the demo's clock to the second day of a week of the group that begins next."""

    def go(page, week: int) -> None:
        begins = rows("SELECT weeks_count_from FROM records_group WHERE name = 'Next group'")[0][0]
        first = datetime.fromisoformat(str(begins)).replace(tzinfo=UTC)
        days = (first + timedelta(weeks=week - 1, days=1)).date() - datetime.now(UTC).date()
        page.goto(f"{url}/demo/")
        page.locator("#days").fill(str(days.days))
        page.get_by_role("button", name="Go to that date").click()

    return go


def test_favourites_the_week_the_flare_plan_and_help_open_after_a_cold_start_without_signal(
    browser_on_disk, url, invite, to_week
):
    first = browser_on_disk()
    page = first.new_page()
    join(page, url, invite())
    to_week(page, WEEK)
    page.goto(f"{url}/practices/{FAVOURITE}/")
    ready(page)
    page.get_by_role("button", name="Keep it close").click()
    expect(page.locator("#marked-favourite [data-when=sent]")).to_be_visible()
    page.goto(f"{url}/today/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.evaluate(KEPT)
    first.close()

    second = browser_on_disk(offline=True)
    page = second.new_page()
    missing = []
    page.on("requestfailed", lambda request: missing.append(request.url))
    for path, heading in PAGES.items():
        page.goto(f"{url}{path}")
        ready(page)
        assert heading in page.get_by_role("heading", level=1).inner_text(), path
        assert not page.get_by_role("heading", name="There is no signal here").count(), path
    assert [address for address in missing if re.search(r"\.(js|css|woff2)$", address)] == []
    page.goto(f"{url}/practices/")
    close = page.locator("section", has=page.get_by_role("heading", name="Kept close"))
    expect(close.get_by_role("link", name="Wide sky")).to_be_visible()
    second.close()


def test_a_mark_made_without_signal_arrives_later(browser_on_disk, url, invite, rows):
    context = browser_on_disk()
    page = context.new_page()
    join(page, url, invite())
    person = rows("SELECT id FROM records_enrolment ORDER BY number DESC LIMIT 1")[0][0]
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.evaluate(KEPT)
    context.set_offline(True)
    page.goto(f"{url}/practices/p01-arriving/")
    ready(page)
    page.get_by_role("button", name="Not for me").click()
    expect(page.locator("#marked-aside [data-when=kept]")).to_be_visible()
    context.set_offline(False)
    page.goto(f"{url}/practices/")
    expect(page.locator("#outbox")).to_be_hidden()
    asked = "SELECT mark FROM records_ownpractice WHERE enrolment_id = ?"
    for _ in range(200):
        if rows(asked, person) == [("not-for-me",)]:
            break
        page.wait_for_timeout(50)
    assert rows(asked, person) == [("not-for-me",)]
    context.close()


def test_a_phone_that_lost_its_stores_still_knows_the_person_by_its_cookie(phone, url, come_in, rows):
    page = come_in(phone)
    person = rows("SELECT id FROM records_enrolment ORDER BY number DESC LIMIT 1")[0][0]
    clear(page, url, ONLY_STORES)
    page.goto(f"{url}/today/")
    ready(page)
    assert page.url == f"{url}/today/"
    check_in(page, "6")
    expect(page.locator("#check-in-thanks [data-when=sent]")).to_be_visible()
    assert rows("SELECT mood FROM records_checkin WHERE enrolment_id = ?", person) == [(6,)]


def test_a_phone_that_lost_everything_is_back_within_a_minute_by_the_way_back_code(phone, url, come_in, rows):
    page = come_in(phone)
    person = rows("SELECT person_id FROM records_enrolment ORDER BY number DESC LIMIT 1")[0][0]
    page.goto(f"{url}/me/way-back/")
    page.get_by_role("button", name="Make my code").click()
    code = page.locator("p.code").inner_text()
    clear(page, url, "all")
    page.goto(f"{url}/today/")
    assert "/sign-in/" in page.url
    began = monotonic()
    page.goto(f"{url}/join/")
    page.locator("#code").press_sequentially(code)
    page.get_by_role("button", name="I'm here").click()
    page.wait_for_url(f"{url}/today/")
    assert monotonic() - began < 60
    page.goto(f"{url}/me/way-back/")
    assert rows("SELECT count(*) FROM records_enrolment WHERE person_id = ?", person) == [(1,)]
