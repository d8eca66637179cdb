"""From the code to leaving without a single script: only timers, times without signal and letters need one."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, agree
from tests.journeys.pages import to_date

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(new_context, watch):
    return watch.on(new_context(viewport=PHONE, java_script_enabled=False).new_page())


@pytest.fixture
def count(rows):
    """How many rows of a table belong to the person who joined last."""

    def number(table: str, where: str = "1") -> int:
        person = rows("SELECT id FROM records_enrolment ORDER BY number DESC LIMIT 1")[0][0]
        return rows(f"SELECT count(*) FROM records_{table} WHERE enrolment_id = ? AND {where}", person)[0][0]

    return number


def press(page, name: str, within: str = "main") -> None:
    """Presses a button that sends a form, and waits for the page that follows."""
    with page.expect_navigation():
        page.locator(within).get_by_role("button", name=name, exact=True).first.click()


def test_twelve_things_without_a_script(plain, url, invite, count):
    page = plain
    come_in(page, url, invite())
    to_date(page, url, 10)  # the second week of the group
    check_in_and_note(page, url, count)
    questionnaire(page, url, count)
    session_and_practice(page, url, count)
    flare(page, url, count)
    own_page(page, url, count)
    settings(page, url)
    page.goto(f"{url}/me/letters/")
    expect(page.get_by_role("heading", name="On paper, for now")).to_be_visible()
    page.goto(f"{url}/me/withdraw/")
    page.get_by_text("Leave altogether", exact=True).click()
    press(page, "Yes, leave altogether")
    expect(page.get_by_text("You have left the programme.")).to_be_visible()


def come_in(page, url, code) -> None:
    page.goto(f"{url}/join/")
    page.get_by_label("Your code").fill(code)
    press(page, "I'm here")
    agree(page)
    press(page, "Keep my choice")
    assert page.url == f"{url}/today/"


def check_in_and_note(page, url, count) -> None:
    page.goto(f"{url}/today/")
    form = page.locator("#check-in")
    form.locator('input[name="mood"][value="6"]').check()
    form.locator("summary").first.click()
    form.locator("details[open] input").first.check()
    press(page, "Save", "#check-in")
    assert count("checkin") == 1
    page.goto(f"{url}/weekly/")
    page.locator('#weekly-note input[name="outlook"][value="5"]').check()
    press(page, "Save", "#weekly-note")
    assert count("checkin", "outlook = 5") == 1


def questionnaire(page, url, count) -> None:
    page.goto(f"{url}/questions/baseline/phq-8/")
    for group in page.locator("#questions fieldset").all():
        group.locator("input").nth(1).check()
    press(page, "Finish")
    assert count("response", "instrument = 'phq-8'") == 1


def session_and_practice(page, url, count) -> None:
    page.goto(f"{url}/sessions/1/")
    page.locator("main summary").first.click()
    expect(page.locator("main details[open]").first).to_be_visible()
    page.goto(f"{url}/practices/p01-arriving/1/")
    expect(page.get_by_text("The clock needs a script")).to_be_visible()
    expect(page.locator(".steps > li").last).to_be_visible()
    press(page, "Easier", "#after")
    assert count("practicelog") == 1


def flare(page, url, count) -> None:
    page.goto(f"{url}/flare/")
    press(page, "No. This is a flare")
    expect(page.locator("main .card-flare").first).to_be_visible()
    press(page, "It has eased")
    assert count("flare") == 1
    assert count("flare", "ended_at IS NULL") == 0


def own_page(page, url, count) -> None:
    page.goto(f"{url}/plan/flare-plan/")
    line = page.locator("[data-item]").first
    line.locator("summary").click()
    line.locator("textarea").fill("Sit by the window.")
    press(page, "Save", f"#{line.get_attribute('id')}")
    assert count("sheetversion") == 1
    with page.expect_navigation():
        page.locator("button[name=share]").first.click()
    expect(page.get_by_text("can read this line").first).to_be_visible()
    with page.expect_navigation():
        page.locator("button[name=unshare]").first.click()
    expect(page.locator("button[name=unshare]")).to_have_count(0)


def settings(page, url) -> None:
    page.goto(f"{url}/me/reminders/")
    press(page, "Make an address")
    expect(page.get_by_text("This is the address of your calendar.")).to_be_visible()
    page.goto(f"{url}/me/look/")
    page.locator('input[name="text_size"][value="largest"]').check()
    press(page, "Save")
    expect(page.locator("html")).to_have_attribute("data-text", "largest")
