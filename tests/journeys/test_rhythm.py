"""The rhythm of the weeks: the weekly note with and without signal, a traveller's day, reminders without JavaScript."""

import re
from datetime import datetime
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, tap
from tests.journeys.test_offline import KEPT
from tests.journeys.test_participant import latest_enrolment

pytestmark = pytest.mark.browser
NOTE = "SELECT form, mood, outlook, acceptance, comfort, connection, not_today FROM records_checkin WHERE enrolment_id = ?"


def wired(page) -> None:
    expect(page.locator("html")).to_have_attribute("data-ready", "yes")


def note(page, url: str, **taps: int) -> None:
    page.goto(f"{url}/weekly/")
    wired(page)
    for name, value in taps.items():
        tap(page.locator("#weekly-note"), name, value)


def test_five_taps_about_the_week(phone, url, come_in, rows):
    come_in(phone)
    note(phone, url, mood=6, outlook=4, acceptance=5, comfort=3, connection=9)
    phone.get_by_role("button", name="Save").click()
    phone.locator("#weekly-thanks [data-when=sent]").wait_for()
    assert rows(NOTE, latest_enrolment(rows)) == [("weekly", 6, 4, 5, 3, 9, 0)]


def test_nothing_tapped_is_asked_about_and_not_this_week_is_an_answer(phone, url, come_in, rows):
    come_in(phone)
    note(phone, url)
    phone.get_by_role("button", name="Save").click()
    expect(phone.locator("#weekly-empty")).to_be_visible()
    phone.get_by_role("button", name="Not this week").click()
    phone.locator("#no-note-thanks [data-when=sent]").wait_for()
    assert rows(NOTE, latest_enrolment(rows)) == [("weekly", None, None, None, None, None, 1)]


def test_the_week_can_be_noted_without_signal(phone, url, come_in, rows):
    come_in(phone)
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.reload()
    phone.evaluate(KEPT)
    phone.context.set_offline(True)
    note(phone, url, connection=2)
    phone.get_by_role("button", name="Save").click()
    phone.get_by_text("1 entry kept on this phone").wait_for()
    person = latest_enrolment(rows)
    assert rows(NOTE, person) == []
    phone.context.set_offline(False)
    phone.goto(f"{url}/today/")
    phone.locator("#outbox").wait_for(state="hidden")
    phone.reload()
    phone.wait_for_timeout(500)
    assert rows(NOTE, person) == [("weekly", None, None, None, None, 2, 0)]


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Pacific/Honolulu"])
def test_a_travellers_day_is_their_own(new_context, watch, url, come_in, rows, zone):
    page = watch.on(new_context(viewport=PHONE, locale="en-GB", timezone_id=zone).new_page())
    come_in(page)
    note(page, url, mood=5)
    before = datetime.now(ZoneInfo(zone)).date().isoformat()
    page.get_by_role("button", name="Save").click()
    page.locator("#weekly-thanks [data-when=sent]").wait_for()
    after = datetime.now(ZoneInfo(zone)).date().isoformat()
    ((day,),) = rows("SELECT day FROM records_checkin WHERE enrolment_id = ?", latest_enrolment(rows))
    assert day in (before, after)


def test_meetings_go_into_a_calendar_without_javascript(new_context, url, demo):
    page = new_context(java_script_enabled=False, viewport=PHONE).new_page()
    page.goto(f"{url}/demo/as/participant/")
    page.goto(f"{url}/me/")
    page.get_by_role("link", name="Reminders").click()
    page.get_by_role("button", name=re.compile("Make an? (new )?address")).click()
    address = page.locator("code").inner_text()
    assert page.get_by_role("link", name="Add to my calendar").get_attribute("href").startswith("webcal://")
    with urlopen(address) as answer:  # our own server
        feed = answer.read().decode()
    assert feed.count("SUMMARY:My evening") == 12
    page.get_by_label("What to call the meetings").fill("Choir")
    page.locator("form:has(select[name=calendar-practice_time])").get_by_role("button", name="Save").click()
    with urlopen(address) as answer:
        assert answer.read().decode().count("SUMMARY:Choir") == 12
    page.get_by_role("button", name="Take it away").click()
    assert page.get_by_role("button", name="Make an address").is_visible()
    assert demo.visit("GET", "/calendar/" + address.rsplit("/", 1)[1])[0] == 404
    assert page.get_by_text("Your service sends no e-mail").is_visible()
