"""A person joins, practises, checks in, answers half a questionnaire, leaves, comes back and finishes."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import agree, tap

pytestmark = pytest.mark.browser


def latest_enrolment(rows):
    return rows("SELECT id FROM records_enrolment ORDER BY number DESC LIMIT 1")[0][0]


def test_the_code_fills_itself_in_and_leaves_the_address_bar(phone, url, invite):
    code = invite()
    phone.goto(f"{url}/join/#{code}")
    expect(phone.get_by_label("Your code")).not_to_have_value("", timeout=30_000)
    assert phone.get_by_label("Your code").input_value().replace("-", "") == code.replace("-", "")
    assert "#" not in phone.evaluate("location.href")


def test_from_the_code_to_a_finished_questionnaire(phone, url, come_in, rows):
    come_in(phone)
    # a practice, ended with one tap
    phone.goto(f"{url}/practices/p01-arriving/1/")
    phone.get_by_role("button", name="Start").click()
    phone.get_by_role("button", name="Stop").click()
    phone.get_by_role("button", name="Easier").click()
    phone.get_by_text("Thank you. It counts, however it went.").wait_for()
    # a check-in
    phone.goto(f"{url}/today/")
    form = phone.locator("#check-in")
    tap(form, "mood", 7)
    tap(form, "comfort", 4)
    form.get_by_role("button", name="Save").click()
    phone.locator("#check-in-thanks [data-when=sent]").wait_for()
    person = latest_enrolment(rows)
    assert rows("SELECT mood, comfort FROM records_checkin WHERE enrolment_id = ?", person) == [(7, 4)]
    assert rows('SELECT "after" FROM records_practicelog WHERE enrolment_id = ?', person) == [("easier",)]
    # half of a questionnaire, left and taken up again
    phone.goto(f"{url}/questions/baseline/phq-8/")
    for number in range(4):
        phone.locator("#questions fieldset").nth(number).locator("input").nth(1).check()
    phone.wait_for_load_state("networkidle")
    phone.goto(f"{url}/today/")
    phone.get_by_text("Finish where you stopped").wait_for()
    phone.goto(f"{url}/questions/baseline/phq-8/")
    assert phone.locator("#questions input[type=radio]:checked").count() == 4
    for number in range(4, 8):
        phone.locator("#questions fieldset").nth(number).locator("input").nth(2).check()
    phone.get_by_role("button", name="Finish").click()
    phone.wait_for_url(lambda address: "questions" not in address)
    score = rows(
        "SELECT s.value FROM records_score s JOIN records_response r ON r.id = s.response_id"
        " WHERE r.enrolment_id = ? AND r.instrument = 'phq-8'",
        person,
    )
    assert score == [(12.0,)]


def test_with_the_keyboard_alone(phone, url, come_in, rows):
    come_in(phone)
    phone.goto(f"{url}/today/")
    focus = "document.activeElement"

    def tab_until(wanted: str) -> None:
        for _ in range(80):
            phone.keyboard.press("Tab")
            if phone.evaluate(f"{focus}.matches({wanted!r})"):
                return
        raise AssertionError(f"never reached {wanted}")

    tab_until("#check-in input[type=radio]")
    phone.keyboard.press("Space")
    phone.keyboard.press("ArrowRight")
    tab_until("#check-in button[type=submit]")
    phone.keyboard.press("Enter")
    phone.locator("#check-in-thanks [data-when=sent]").wait_for()
    assert rows("SELECT count(*) FROM records_checkin WHERE enrolment_id = ?", latest_enrolment(rows)) == [
        (1,)
    ]


def test_without_javascript(new_context, url, invite, rows):
    page = new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{url}/join/")
    page.get_by_label("Your code").fill(invite())
    page.get_by_role("button", name="I'm here").click()
    agree(page)
    page.get_by_role("button", name="Keep my choice").click()
    tap(page.locator("#check-in"), "mood", 3)
    page.locator("#check-in").get_by_role("button", name="Save").click()
    page.goto(f"{url}/practices/p01-arriving/1/")
    assert page.locator("ol.steps li").count() > 1
    page.get_by_role("button", name="About the same").or_(
        page.get_by_role("button", name="Same")
    ).first.click()
    page.goto(f"{url}/questions/baseline/phq-8/")
    for number in range(8):
        page.locator("#questions fieldset").nth(number).locator("input").nth(0).check()
    page.get_by_role("button", name="Finish").click()
    person = latest_enrolment(rows)
    for table in ("checkin", "practicelog", "score"):
        where = (
            "response_id IN (SELECT id FROM records_response WHERE enrolment_id = ?)"
            if table == "score"
            else "enrolment_id = ?"
        )
        assert rows(f"SELECT count(*) FROM records_{table} WHERE {where}", person) == [(1,)]
    page.goto(f"{url}/me/")
    assert page.get_by_role("heading").count() > 1


def test_own_file_and_leaving(phone, url, come_in):
    come_in(phone)
    phone.goto(f"{url}/me/")
    phone.get_by_role("link", name="Everything in one file").click()
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Save as data").click()
    assert download.value.suggested_filename.endswith(".json")
    phone.goto(f"{url}/me/withdraw/")
    assert phone.get_by_role("button").count() >= 1
