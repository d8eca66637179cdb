"""Each answer is saved as it is given; what cannot be sent waits on the phone."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def answer(page, question, value):
    page.locator(f"label.choice:has(#{question}-{value})").click()


def given(server):
    return [
        (name, value) for fields in server.answers for name, value in fields.items() if name != "response_id"
    ]


def test_an_answer_is_saved_as_it_is_given(visit, server):
    page = visit("/questions/")
    answer(page, "q1", 2)
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    assert server.answers == [{"q1": "2", "response_id": "made-by-server"}]


def test_an_answer_tapped_before_the_script_came_is_saved_too(phone, server):
    page = phone.new_page()
    page.route("**/questionnaire.js", lambda route: (answer(page, "q2", 1), route.continue_()))
    page.goto("/questions/")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    assert given(server) == [("q2", "1")]


def test_a_changed_answer_is_sent_after_the_first(visit, server):
    server.delay = 0.1
    page = visit("/questions/")
    answer(page, "q1", 2)
    answer(page, "q1", 0)
    answer(page, "q2", 1)
    expect(page.get_by_text("Saved", exact=True)).to_have_count(2)
    assert given(server) == [("q1", "2"), ("q1", "0"), ("q2", "1")]


def test_an_answer_without_signal_is_sent_later(visit, phone, server):
    page = visit("/questions/")
    phone.set_offline(True)
    answer(page, "q1", 3)
    expect(page.get_by_text("Kept on this phone", exact=True)).to_be_visible()
    phone.set_offline(False)
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    assert given(server) == [("q1", "3")]


def test_an_answer_that_waits_is_there_after_coming_back(visit, server):
    server.mood = "down"
    page = visit("/questions/")
    answer(page, "q1", 3)
    expect(page.get_by_text("Kept on this phone", exact=True)).to_be_visible()
    again = visit("/questions/")
    expect(again.locator("#q1-3")).to_be_checked()


def test_finishing_without_signal_keeps_the_page(visit, phone, server):
    page = visit("/questions/")
    phone.set_offline(True)
    answer(page, "q1", 3)
    page.get_by_role("button", name="Finish").click()
    expect(page.locator("[data-finish-line]")).to_have_text("Kept on this phone")
    assert server.posted == []


def test_finishing_posts_the_whole_form(visit, server):
    page = visit("/questions/")
    answer(page, "q1", 3)
    page.get_by_role("button", name="Finish").click()
    expect(page).to_have_title("posted")
    assert server.posted == [("/questions/", {"response_id": "made-by-server", "q1": "3"})]
