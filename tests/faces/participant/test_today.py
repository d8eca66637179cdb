"""Today: what stands on it for whom, and how little it asks of the database."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test.utils import CaptureQueriesContext

from allay.records.services import checkins, circumstances, flares, ownpractices, practicelogs


def text(response) -> str:
    return response.content.decode()


def test_it_greets_by_name_and_shows_the_session_of_the_week(ana):
    page = text(ana.get("/today/"))
    assert "Hello, Ana" in page
    assert 'href="/sessions/4/"' in page


def test_the_next_meeting_is_said_in_words_in_the_zone_of_the_group(ana):
    page = text(ana.get("/today/"))
    assert "Your group meets on Monday 9 March at 3 p.m.: Room 1." in page
    assert "(London time)" in page


def test_it_offers_a_practice_in_its_lengths(ana):
    page = text(ana.get("/today/"))
    offered = re.findall(r'href="/practices/([a-z0-9-]+)/(\d+)/"', page)
    assert len({practice for practice, _minutes in offered}) == 1
    assert "1" in {minutes for _practice, minutes in offered}


def test_a_waiting_group_has_check_in_and_practice_but_no_session(wim):
    page = text(wim.get("/today/"))
    assert "/sessions/4/" not in page
    assert 'data-outbox="check-in"' in page
    assert "Your group starts later" in page


def test_before_the_first_meeting_it_says_when_and_where(cast, as_person):
    page = text(as_person(cast.ana, moved=-timedelta(days=26)).get("/today/"))
    assert "Your first meeting" in page
    assert "9 February at 3 p.m." in page


def test_after_the_last_week_it_stays_open_and_warm(cast, as_person):
    page = text(as_person(cast.ana, moved=timedelta(weeks=12)).get("/today/"))
    assert "The meetings are over" in page
    assert "All your sessions" in page


def test_nothing_needed_is_said_when_no_questions_are_open(ana):
    assert "Nothing needed today." in text(ana.get("/today/"))


def test_open_questions_stand_there_with_their_minutes(cast, as_person):
    page = text(as_person(cast.ana, moved=timedelta(weeks=2)).get("/today/"))
    assert "/questions/week-6/phq-8/" in page
    assert "about 2 minutes" in page


def test_it_lists_what_the_phone_keeps_for_a_day_without_signal(ana):
    page = text(ana.get("/today/"))
    assert '<script id="precache" type="application/json">' in page
    assert "/practices/p15-first-five-minutes/3/" in page


def test_not_today_stands_before_the_first_question_and_is_not_what_enter_presses(ana):
    form = text(ana.get("/today/")).split('id="check-in"')[1].split("</form>")[0]
    buttons = re.findall(r"<button[^>]*type=\"submit\"[^>]*>", form)
    assert "not_today" not in buttons[0]
    assert form.index('name="not_today"') < form.index('name="mood"')


def test_every_question_after_the_first_has_a_fold_of_its_own(ana):
    page = text(ana.get("/today/"))
    assert page.count('<details class="ask fold">') == 2


def fill(enrolment, at, days):
    for back in range(days):
        when = at - timedelta(days=back)
        checkins.record(
            id=uuid4(), enrolment=enrolment, day=when.date(), mood=5, by=enrolment.person, at=when
        )
        practicelogs.record(
            id=uuid4(),
            enrolment=enrolment,
            practice="p01-arriving",
            minutes=1,
            after="same",
            day=when.date(),
            by=enrolment.person,
            at=when,
        )


@pytest.mark.parametrize("days", [1, 84])
def test_it_needs_at_most_twelve_statements_however_long_somebody_is_here(
    cast, ana, at, days, django_assert_max_num_queries
):
    fill(cast.ana_enrolment, at, days)
    with django_assert_max_num_queries(12):
        ana.get("/today/")


def test_it_needs_no_more_with_every_rule_in_a_flare_and_with_questions_open(
    cast, as_person, at, django_assert_max_num_queries
):
    enrolment, by = cast.ana_enrolment, cast.ana
    fill(enrolment, at, 84)
    said = dict.fromkeys(circumstances.TICKS, True) | {"doing": "both"}
    circumstances.say(enrolment=enrolment, said=said, by=by, at=at)
    ownpractices.choose(enrolment=enrolment, practice="p09-kind-place", by=by, at=at)
    flares.declare(id=uuid4(), enrolment=enrolment, by=by, at=at)
    browser = as_person(cast.ana, moved=timedelta(weeks=2))
    with django_assert_max_num_queries(12):
        page = text(browser.get("/today/"))
    assert "/questions/week-6/phq-8/" in page
    assert "Is it still a flare?" in page


def test_the_number_of_statements_does_not_grow_with_the_diary(cast, ana, at):
    from django.db import connection

    fill(cast.ana_enrolment, at, 1)
    with CaptureQueriesContext(connection) as early:
        ana.get("/today/")
    fill(cast.ana_enrolment, at, 84)
    with CaptureQueriesContext(connection) as late:
        ana.get("/today/")
    assert len(early) == len(late)
