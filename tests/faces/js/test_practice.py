"""A practice at a calm pace. The clock of the page is moved by the test."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visit, phone):
    phone.clock.install()
    opened = visit("/practice/")
    expect(opened.get_by_role("button", name="Start")).to_be_visible()
    opened.clock.pause_at("2100-01-01")
    return opened


def start(page):
    page.get_by_role("button", name="Start").click()


def shown(page):
    return page.locator(".steps > li:visible").all_inner_texts()


def test_nothing_moves_before_it_is_started(page):
    page.clock.run_for(60_000)
    assert len(shown(page)) == 3


def test_one_step_at_a_time(page):
    start(page)
    assert shown(page) == ["Arrive."]
    page.clock.run_for(21_000)
    assert shown(page) == ["Feel what holds you."]


def test_pause_holds_the_step(page):
    start(page)
    page.clock.run_for(15_000)
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(60_000)
    assert shown(page) == ["Arrive."]
    page.get_by_role("button", name="Go on").click()
    page.clock.run_for(6_000)
    assert shown(page) == ["Feel what holds you."]


def test_back_goes_fifteen_seconds_back(page):
    start(page)
    page.clock.run_for(30_000)
    page.get_by_role("button", name="Back").click()
    assert shown(page) == ["Arrive."]


def test_stop_ends_at_once_and_asks_how_it_was(page):
    start(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Had to stop")).to_be_visible()
    expect(page.locator(".player")).to_be_hidden()


def test_the_form_waits_for_the_end(page):
    start(page)
    page.clock.run_for(119_000)
    expect(page.get_by_role("button", name="Easier")).to_be_hidden()
    page.clock.run_for(2_000)
    expect(page.get_by_role("button", name="Easier")).to_be_visible()


def test_time_left_shows_only_when_asked(page):
    start(page)
    expect(page.locator(".player-time")).to_be_hidden()
    page.get_by_role("button", name="Time left").click()
    expect(page.locator(".player-time")).to_have_text("about 2 minutes")


def test_one_tap_at_the_end_is_the_whole_answer(page, server):
    start(page)
    page.get_by_role("button", name="Stop").click()
    page.clock.resume()
    page.get_by_role("button", name="Had to stop").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    (entry,) = server.rows.values()
    assert entry["kind"] == "practice"
    content = {"practice": "p01-arriving", "minutes": 1, "after": "had-to-stop"}
    assert {name: entry["content"][name] for name in content} == content


def test_without_scripts_all_steps_and_the_form_can_be_read(browser, server):
    context = browser.new_context(java_script_enabled=False, base_url=server.url)
    page = context.new_page()
    page.goto("/practice/")
    assert len(shown(page)) == 3
    expect(page.get_by_role("button", name="Easier")).to_be_visible()
    expect(page.get_by_role("button", name="Start")).to_be_hidden()
    context.close()
