"""One group on one screen: what it says, to whom, and what it never says."""

from datetime import timedelta
from html import unescape
from re import findall, search, sub
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from allay.records.services import checkins, contacts, enrolments, groups, practicelogs, responses


@pytest.fixture
def practised(cast, at):
    """Ana has done a practice some days ago."""

    def log(after, days=1, practice="p01-arriving", enrolment=None):
        enrolment = enrolment or cast.ana_enrolment
        moment = at - timedelta(days=days)
        practicelogs.record(
            id=uuid4(),
            enrolment=enrolment,
            practice=practice,
            minutes=1,
            after=after,
            day=moment.date(),
            by=enrolment.person,
            at=moment,
        )

    return log


def text(response) -> str:
    return " ".join(unescape(sub(r"<[^>]+>", " ", response.content.decode())).split())


def test_the_next_meeting_is_said_in_words(fay, north):
    said = text(fay.get(north))
    assert "Monday 9 March at 15:00, in 5 days" in said
    assert "Room 1" in said
    assert "Session 5: Doing, resting, pacing" in said


def test_a_meeting_in_the_evening_is_tonight(cast, desk, north, at):
    meeting = cast.group.meetings.get(week=5)
    groups.move(meeting=meeting, starts_at=at + timedelta(hours=4), by=cast.fay, at=at)
    assert "Tonight at 19:00" in text(desk(cast.fay).get(north))


def test_a_meeting_stays_the_next_one_until_it_is_over(cast, desk, north):
    during = desk(cast.fay, timedelta(days=5, hours=1))
    assert "Going on now" in text(during.get(north))


def test_the_week_is_said(fay, north):
    assert "Week 4 of 12" in text(fay.get(north))


def test_the_wrong_facilitator_finds_nothing(finn, north):
    assert finn.get(north).status_code == 404


def test_a_visitor_goes_to_the_sign_in_page(north, db):
    assert Client().get(north)["Location"].startswith("/sign-in/")


def test_the_reason_stands_beside_the_name(fay, north):
    said = text(fay.get(north))
    assert "Needs contact: 1" in said
    assert "Ana No sign of life since 9 February" in said


def test_had_to_stop_names_the_practice(fay, north, practised):
    practised("had-to-stop")
    assert "Had to stop a practice: Arriving yesterday" in text(fay.get(north))


def test_somebody_well_is_shown_as_well(fay, north, practised, join):
    join("Cleo")
    practised("easier")
    page = fay.get(north).content.decode()
    well = page[page.index('id="well"') : page.index('id="meetings"')]
    assert "Ana" in well and "Cleo" in well
    assert "Nobody needs a call now" in page


def test_somebody_who_has_not_joined_is_not_called_silent(fay, north, cast, at):
    enrolments.enrol(name="Dora", group=cast.group, by=cast.fay, at=at - timedelta(days=20))
    assert "Dora Has not used the joining code yet" in text(fay.get(north))


def test_who_left_is_named_apart(fay, north, cast, at):
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    said = text(fay.get(north))
    assert "Left: Ana (today)" in said
    assert "No sign of life" not in said


def test_a_worse_score_has_a_name_and_no_number(cast, desk, north, at):
    for week, key, answer in ((-2, "baseline", 0), (6, "week-6", 3)):
        moment = cast.group.weeks_count_from + timedelta(weeks=week)
        responses.record(
            id=uuid4(),
            enrolment=cast.ana_enrolment,
            timepoint=cast.study.timepoints.get(key=key),
            instrument="phq-8",
            answers={f"phq{item}": answer for item in range(1, 9)},
            by=cast.ana,
            at=moment,
        )
    page = desk(cast.fay, timedelta(weeks=3)).get(north)
    said = text(page)
    assert "Has got harder since the start: Low mood" in said
    assert "Talk first" in said
    reasons = findall(r'<span class="reason">(.*?)</span>', page.content.decode())
    assert reasons and not any(search(r"\d", reason) for reason in reasons)
    assert "PHQ" not in said


def test_no_diary_value_is_shown(cast, fay, north, at):
    checkins.record(
        id=uuid4(),
        enrolment=cast.ana_enrolment,
        day=at.date(),
        mood=1,
        comfort=2,
        helped="",
        by=cast.ana,
        at=at,
    )
    said = text(fay.get(north)).lower()
    assert "mood" not in said and "comfort" not in said
    assert "ana today" in said


def test_coming_to_a_meeting_is_a_sign_of_life(cast, fay, north, at):
    meeting = cast.group.meetings.get(week=4)
    groups.mark_attendance(meeting=meeting, states={cast.ana_enrolment: "here"}, by=cast.fay, at=at)
    said = text(fay.get(north))
    assert "Ana on Monday closed" in said
    assert "Nobody needs a call now" in said


def test_states_of_questions_are_words(fay, north):
    assert "Ana on 4 February closed not yet not yet not yet" in text(fay.get(north))


def test_a_begun_response_says_how_far(cast, desk, at):
    responses.answer(
        id=uuid4(),
        enrolment=cast.ana_enrolment,
        timepoint=cast.study.timepoints.get(key="baseline"),
        instrument="phq-8",
        answers={"phq1": 1},
        by=cast.ana,
        at=at - timedelta(weeks=4),
    )
    page = desk(cast.fay, -timedelta(weeks=4)).get(f"/groups/{cast.group.pk}/")
    assert "begun, 0 of 4 done" in text(page)


def test_a_waiting_group_has_no_attendance(cast, finn):
    said = text(finn.get(f"/groups/{cast.waiting_group.pk}/"))
    assert "Waiting group, week 4" in said
    assert "Attendance" not in said
    assert "Wim" in said


def test_the_number_of_statements_does_not_grow_with_the_group(fay, north, join, django_assert_num_queries):
    fay.get(north)
    with CaptureQueriesContext(connection) as one:
        fay.get(north)
    for number in range(11):
        join(f"Person {number}")
    with django_assert_num_queries(len(one)):
        fay.get(north)


def test_the_list_of_groups_takes_as_many_statements_for_one_as_for_two(
    cast, fay, at, django_assert_num_queries
):
    fay.get("/groups/")
    with CaptureQueriesContext(connection) as one:
        fay.get("/groups/")
    groups.assign(person=cast.fay, group=cast.other_group, by=cast.ada, at=at)
    with django_assert_num_queries(len(one)):
        fay.get("/groups/")


def test_the_list_of_groups_says_who_may_need_a_call(fay):
    said = text(fay.get("/groups/"))
    assert "North" in said and "South" not in said
    assert "1 person may need a call" in said
    assert "Monday 9 March at 15:00" in said


def test_somebody_without_a_group_is_told_so(cast, desk):
    assert "No groups yet" in text(desk(cast.sam).get("/groups/"))


def test_a_researcher_has_no_groups_page(cast, desk):
    assert desk(cast.rae).get("/groups/").status_code == 404


def test_names_are_shown_as_text(fay, north, join):
    join("<b>Eve</b>")
    assert b"<b>Eve</b>" not in fay.get(north).content


def test_a_contact_today_keeps_its_line_with_what_was_done(cast, fay, north, at):
    contacts.log(
        id=uuid4(), enrolment=cast.ana_enrolment, mode="call", reasons=["silence"], by=cast.fay, at=at
    )
    said = text(fay.get(north))
    assert "Called today at 15:00, by you" in said
    assert "Needs contact Ana No sign of life" in said


def test_a_contact_of_yesterday_is_off_the_list(cast, desk, north, at):
    contacts.log(
        id=uuid4(), enrolment=cast.ana_enrolment, mode="call", reasons=["silence"], by=cast.fay, at=at
    )
    assert "Nobody needs a call now" in text(desk(cast.fay, timedelta(days=1)).get(north))


def test_somebody_not_reached_stays_on_the_list(cast, fay, north, at):
    contacts.log(
        id=uuid4(), enrolment=cast.ana_enrolment, mode="not-reached", reasons=["silence"], by=cast.fay, at=at
    )
    said = text(fay.get(north))
    assert "Needs contact: 1" in said
    assert "Last: Could not reach today at 15:00, by you" in said
