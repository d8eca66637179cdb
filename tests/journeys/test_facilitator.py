"""A facilitator before, during and after a meeting."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(new_context, url, watch):
    page = watch.on(new_context(viewport={"width": 1280, "height": 900}).new_page())
    page.goto(f"{url}/demo/as/facilitator/")
    return page


def test_from_the_groups_to_a_contact_by_one_tap(desk, rows):
    desk.get_by_role("link", name="Evening group").first.click()
    before = rows("SELECT count(*) FROM records_contact")[0][0]
    desk.get_by_role("button", name="Called").first.click()
    desk.wait_for_load_state("networkidle")
    assert rows("SELECT count(*) FROM records_contact")[0][0] == before + 1


def test_attendance_by_tap(desk, rows):
    desk.get_by_role("link", name="Evening group").first.click()
    before = rows("SELECT count(*) FROM records_attendance WHERE state = 'online'")[0][0]
    desk.get_by_role("button", name=re.compile("Online"), pressed=False).first.click()
    desk.wait_for_load_state("networkidle")
    desk.wait_for_timeout(300)
    assert rows("SELECT count(*) FROM records_attendance WHERE state = 'online'")[0][0] == before + 1


def test_the_guide_of_the_week_prints(desk, url):
    desk.get_by_role("link", name="Evening group").first.click()
    desk.get_by_role("link", name=re.compile("guide", re.I)).first.click()
    desk.get_by_text("Arrive").first.wait_for()
    desk.emulate_media(media="print")
    assert not desk.locator("nav").first.is_visible()


def test_a_code_is_shown_once_and_lets_somebody_in(desk, url, new_context):
    desk.get_by_role("link", name="Next group").first.click()
    desk.get_by_role("link", name="Add a person").first.click()
    desk.get_by_label("Name").fill("Sample guest")
    desk.get_by_role("button", name="Add and show the code").click()
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", desk.locator("main").inner_text()).group()
    assert code not in desk.url
    guest = new_context().new_page()
    guest.goto(f"{url}/join/#{code}")
    expect(guest.locator("#code")).not_to_have_value("", timeout=30_000)
    guest.get_by_role("button", name="I'm here").click()
    guest.wait_for_url(re.compile("/consent/|/today/"))
