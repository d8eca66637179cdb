"""One person's twelve weeks, from the joining code to the file they keep, with the clock passed in.

The service's clock is the demo's; the phone's own clock goes with it.
"""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.test_flare import open_page
from tests.journeys.test_letter import found, ready, write

pytestmark = pytest.mark.browser
MARK = "quiet lantern on the blue stairs"


@pytest.fixture
def go_to(url, rows):
    """Moves both clocks to the second day of a week of the group that begins next."""

    def go(page, week: int) -> None:
        begins = rows("SELECT weeks_count_from FROM records_group WHERE name = 'Next group'")[0][0]
        first = datetime.fromisoformat(str(begins)).replace(tzinfo=UTC)
        days = (first.date() - datetime.now(UTC).date()).days + 7 * (week - 1) + 1
        page.goto(f"{url}/demo/")
        page.locator("#days").fill(str(days))
        page.get_by_role("button", name="Go to that date").click()
        page.clock.set_system_time(datetime.now(UTC) + timedelta(days=days))

    return go


def grow(page, address: str) -> None:
    """Fills one line as somebody with sore hands would: a tap where there is one, else a few words."""
    open_page(page, address)
    line = page.locator(f"#{address.partition('#')[2]}")
    line.locator("summary").first.click()
    tap, ring = line.locator("input[type=checkbox]"), line.locator("[data-ring] [role=group] button")
    if ring.count():
        begun = line.locator("ol.places > li").count()
        for place in range(0 if begun else 3):
            ring.nth(place).click()
        line.get_by_role("button", name="Strongest arrow from here").last.click()
    elif tap.count():
        tap.first.check()
    else:
        line.locator("textarea").fill("In my own words.")
    line.locator("button[name=item]").click()
    expect(page.get_by_text("Saved. You can change it whenever you like.")).to_be_visible()
    expect(line.locator("[data-shown] .hush")).to_have_count(0)


def kept_lines(rows, person: str) -> set[str]:
    found = rows("SELECT DISTINCT sheet FROM records_sheetversion WHERE enrolment_id = ?", person)
    return {sheet for (sheet,) in found}


def test_from_the_first_week_to_the_file_that_stays(phone, url, come_in, go_to, rows, demo, tmp_path):
    page = come_in(phone)
    page.goto(f"{url}/me/way-back/")
    page.get_by_role("button", name="Make my code").click()
    person = rows("SELECT id FROM records_enrolment ORDER BY number DESC LIMIT 1")[0][0]
    grown = {}
    for week in range(1, 13):
        go_to(page, week)
        if week < 12:
            assert page.goto(f"{url}/sessions/{week + 1}/").status == 404
        assert page.goto(f"{url}/sessions/{week}/").status == 200
        links = page.locator("a[href*='#item-']").evaluate_all("links => links.map((link) => link.href)")
        grown[week] = len(links)
        for address in links:
            grow(page, address)
        if week == 6:
            flare(page, url, rows, person)
        if week == 9:
            write(page, url, MARK)
            expect(page.locator("[data-when=sent]")).to_be_visible()
    assert all(grown[week] for week in (2, 4, 5, 8, 11)), grown
    assert {"my-plan", "pain-cycle", "flare-plan"} <= kept_lines(rows, person)
    assert rows("SELECT count(*) FROM records_sealedletter WHERE enrolment_id = ?", person) == [(1,)]

    go_to(page, 14)  # the group has ended; nothing goes dark
    for path in ("/today/", "/sessions/12/", "/plan/my-plan/", "/plan/flare-plan/", "/flare/", "/practices/"):
        assert page.goto(f"{url}{path}").status == 200
    open_page(page, f"{url}/me/keep/")
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save the file").click()
    file = tmp_path / "my-allay.html"
    saving.value.save_as(file)
    whole = file.read_text("utf-8")
    assert MARK in whole
    assert "In my own words." in whole or "My plan" in whole

    lose_the_key(page, url)
    page.goto(f"{url}/me/letters/")
    ready(page)
    expect(page.get_by_role("heading", name="The key is not on this phone")).to_be_visible()
    assert found(demo, MARK) == []


def flare(page, url, rows, person) -> None:
    states = "SELECT ended_at IS NULL FROM records_flare WHERE enrolment_id = ?"
    open_page(page, f"{url}/flare/")
    page.get_by_role("button", name="This is a flare").click()
    expect(page.locator("#flare-thanks [data-when=sent]")).to_be_visible()
    assert rows(states, person) == [(1,)]
    open_page(page, f"{url}/today/")
    page.locator("#main").get_by_role("button", name="It has eased").click()
    expect(page.locator("#eased-thanks [data-when=sent]")).to_be_visible()
    assert rows(states, person) == [(0,)]


def lose_the_key(page, url) -> None:
    """The phone's storage is evicted; the sign-in stays."""
    session = page.context.new_cdp_session(page)
    page.goto("about:blank")
    kinds = "indexeddb,local_storage,service_workers,cache_storage"
    session.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": kinds})
