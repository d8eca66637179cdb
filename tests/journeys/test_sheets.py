"""Own pages: filled by taps, words and a finger, without signal too; two phones that disagree; one line shared."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_flare import until

pytestmark = pytest.mark.browser
PLAN = "/plan/flare-plan/"  # open from the first week on


@pytest.fixture
def person(demo, url, new_context, watch, rows):
    """A phone of the demo's participant, whose group is in its fourth week."""
    context = new_context(viewport={"width": 390, "height": 844}, has_touch=True, locale="en-GB")
    page = watch.on(context.new_page())
    page.goto(f"{url}/demo/as/participant/")
    return page


def open_line(page, item: str):
    line = page.locator(f"#item-{item}")
    fold = line.locator("details").first
    if fold.get_attribute("open") is None:
        fold.locator("summary").first.click()
    return line


def test_a_line_is_filled_by_taps_words_and_a_finger(person, url):
    person.goto(f"{url}{PLAN}")
    expect(person.locator("html")).to_have_attribute("data-ready", "yes")
    line = open_line(person, "first-hour")
    line.locator("input[type=checkbox]").first.check()
    line.locator("textarea").fill("Lie on the left side. شكرا")
    line.locator("svg.sketch").scroll_into_view_if_needed()
    box = line.locator("svg.sketch").bounding_box()
    person.mouse.move(box["x"] + 30, box["y"] + 30)
    person.mouse.down()
    person.mouse.move(box["x"] + 90, box["y"] + 60, steps=5)
    person.mouse.up()
    line.get_by_role("button", name="Save").click()
    expect(person.get_by_text("Saved. You can change it whenever you like.")).to_be_visible()
    shown = person.locator("#item-first-hour [data-shown]")
    expect(shown).to_contain_text("Lie on the left side. شكرا")
    expect(shown.locator("figure svg polyline, figure svg path")).to_have_count(1)


def test_without_signal_it_waits_on_the_phone_and_two_versions_are_both_kept(person, url, new_context, rows):
    person.goto(f"{url}{PLAN}")
    expect(person.locator("html")).to_have_attribute("data-ready", "yes")
    line = open_line(person, "after")
    line.locator("textarea").fill("Tell Sam nothing. Rest.")
    person.context.set_offline(True)
    line.get_by_role("button", name="Save").click()
    expect(person.locator("#sheet-kept")).to_contain_text("Kept on this phone")
    # meanwhile another phone of the same person changes the page
    other = new_context(viewport={"width": 390, "height": 844}).new_page()
    other.goto(f"{url}/demo/as/participant/")
    other.goto(f"{url}{PLAN}")
    there = open_line(other, "first-day")
    there.locator("textarea").fill("Ask for help with the shopping.")
    there.get_by_role("button", name="Save").click()
    expect(other.get_by_text("Saved. You can change it whenever you like.")).to_be_visible()
    person.context.set_offline(False)
    person.goto(f"{url}/today/")
    waiting = "SELECT count(*) FROM records_sheetversion WHERE content LIKE '%Tell Sam nothing%'"
    until(person, lambda: rows(waiting) == [(1,)])
    person.goto(f"{url}{PLAN}")
    person.get_by_role("link", name="See both and choose").click()
    expect(person.get_by_text("Tell Sam nothing. Rest.")).to_be_visible()
    expect(person.get_by_text("Ask for help with the shopping.")).to_be_visible()
    person.locator("main form").get_by_role("button").last.click()
    expect(person.get_by_text("Kept as you chose.")).to_be_visible()


def test_a_shared_line_is_read_by_the_facilitator_until_it_is_taken_back(person, url, new_context):
    person.goto(f"{url}{PLAN}")
    line = open_line(person, "first-five-minutes")
    line.locator("textarea").fill("Warm pad, then the blue chair.")
    line.get_by_role("button", name="Save").click()
    person.get_by_role("button", name="read this line").first.click()
    expect(person.get_by_text("Shared. You can take it back at any time.")).to_be_visible()
    desk = new_context(viewport={"width": 1280, "height": 900}).new_page()
    desk.goto(f"{url}/demo/as/facilitator/")
    name = person.request.get(f"{url}/me/").text().split("<h1>")[1].split("</h1>")[0]
    desk.get_by_role("link", name="Evening group").first.click()
    desk.get_by_role("link", name=name).first.click()
    expect(desk.get_by_text("What they let you read")).to_be_visible()
    person.get_by_role("button", name="Take it back").first.click()
    expect(person.get_by_text("Taken back. Only you can see it now.")).to_be_visible()
    desk.reload()
    expect(desk.get_by_text("Warm pad, then the blue chair.")).to_have_count(0)


def test_a_ring_is_tapped_together_without_a_script(new_context, url):
    page = new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{url}/demo/as/participant/")
    page.goto(f"{url}/plan/pain-cycle/")
    page.locator("details:has([data-ring]) > summary").first.click()
    for place in (0, 1, 2):
        page.locator("[data-ring] [role=group] button").nth(place).click()
    expect(page.locator("ol.places > li")).to_have_count(3)
    page.locator("details:has([data-ring])").first.get_by_role("button", name="Save").click()
    expect(page.locator("[data-shown] figure svg").first).to_be_visible()
    page.goto(f"{url}/plan/pain-cycle/print/?size=large")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
