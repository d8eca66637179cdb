"""The feed: the same twelve meetings at the clocks of their place, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allay.faces.participant import calendar
from allay.records.access import SYSTEM
from allay.records.models import Arm, CalendarFeed, Enrolment, Group, Meeting, Person
from allay.records.queries.reminders import Calendar
from allay.records.services import groups, reminders

ALL = sorted(available_timezones() - {"localtime", "Factory"})


def made_up(zone: str, first: datetime, practice: time | None = None, practice_zone: str = "UTC") -> Calendar:
    """Twelve weekly meetings at the same time of day, and perhaps a daily entry; nothing is kept."""
    begun = first.replace(tzinfo=ZoneInfo(zone))
    group = Group(zone=zone, weeks_count_from=begun, created_at=begun.astimezone(UTC) - timedelta(days=30))
    enrolment = Enrolment(person=Person(), group=group, arm=Arm(kind=Arm.Kind.PROGRAMME))
    feed = CalendarFeed(
        enrolment=enrolment, practice_time=practice, zone=practice_zone,
        changed_at=begun.astimezone(UTC).replace(microsecond=0) - timedelta(days=3),
    )  # fmt: skip
    meetings = tuple(
        Meeting(group=group, week=week + 1, starts_at=begun + timedelta(weeks=week), minutes=120)
        for week in range(12)
    )
    return Calendar(feed, enrolment, meetings)


def read(text: bytes) -> list:
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def clocks_of(text: bytes) -> dict:
    """The zones as a calendar program that knows none by itself would make them from the file."""
    return {
        str(zone["TZID"]): zone.to_tz(lookup_tzid=False)
        for zone in icalendar.Calendar.from_ical(text).walk("VTIMEZONE")
    }


def moment(property, zones: dict) -> datetime:
    """What the file alone says: its own clocks, none of this machine's."""
    shown = property.dt
    tzid = property.params.get("TZID")
    return (shown.replace(tzinfo=zones[tzid]) if tzid else shown).astimezone(UTC)


def check(zone: str, first: datetime) -> list[str]:
    """What is wrong with the feed of a group that first meets then."""
    asked = made_up(zone, first)
    text = calendar.feed_text(asked)
    zones, events, wrong = clocks_of(text), read(text), []
    for meeting, event in zip(asked.meetings, events, strict=True):
        if moment(event["DTSTART"], zones) != meeting.starts_at.astimezone(UTC):
            wrong.append(f"{zone} week {meeting.week}: begins {event['DTSTART'].dt}")
        if moment(event["DTEND"], zones) != meeting.starts_at.astimezone(UTC) + timedelta(hours=2):
            wrong.append(f"{zone} week {meeting.week}: ends {event['DTEND'].dt}")
    return wrong


def test_in_every_zone_each_meeting_is_at_the_clocks_of_its_place():
    """Twelve weeks across spring and across autumn, in every zone there is, read from the file alone."""
    wrong = [
        fault
        for zone in ALL
        for first in (datetime(2026, 2, 5, 18), datetime(2026, 9, 3, 18))
        for fault in check(zone, first)
    ]
    assert not wrong


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(zone=st.sampled_from(ALL), first=st.datetimes(datetime(1990, 1, 3), datetime(2036, 1, 1)))
def test_at_any_hour_too(zone, first):
    assert not check(zone, first.replace(second=0, microsecond=0))


@pytest.mark.parametrize("clock", [time(1, 30), time(7), time(23, 45)])
@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Asia/Kathmandu", "Africa/Casablanca"])
def test_the_daily_entry_is_at_the_same_time_every_day(zone, clock):
    from dateutil.rrule import rrulestr

    asked = made_up("Europe/London", datetime(2026, 2, 5, 18), clock, zone)
    text = calendar.feed_text(asked)
    (daily,) = [event for event in read(text) if "RRULE" in event]
    rule = rrulestr(daily["RRULE"].to_ical().decode(), dtstart=daily["DTSTART"].dt)
    shown = [one.astimezone(ZoneInfo(zone)) for one in rule]
    assert {one.replace(tzinfo=None).time() for one in shown} == {clock}
    days = [one.date() for one in shown]
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert 84 <= len(days) <= 86
    place, known = clocks_of(text)[zone], ZoneInfo(zone)
    for day in days:
        bare = datetime.combine(day, clock)
        real = bare.replace(tzinfo=known)
        if real.astimezone(UTC).astimezone(known).replace(tzinfo=None, fold=0) == bare:  # not in a gap
            assert bare.replace(tzinfo=place).astimezone(UTC) == real.astimezone(UTC), day


def test_an_evening_that_comes_twice_means_the_one_that_was_planned():
    second = datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/London"), fold=1)
    asked = made_up("Europe/London", datetime(2026, 10, 25, 1, 30))
    asked.meetings[0].starts_at = second
    begins = read(calendar.feed_text(asked))[0]["DTSTART"].dt
    assert begins.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.fixture
def feed(cast, at):
    secret = reminders.make_feed(enrolment=cast.ana_enrolment, zone="Europe/London", by=cast.ana, at=at)

    def fetch() -> bytes:
        answer = Client().get(f"/calendar/{secret}.ics")
        assert answer.status_code == 200
        return answer.content

    return fetch


def choose(cast, at, **fields):
    usual = {
        "title": "",
        "show_place": False,
        "practice_time": None,
        "practice_title": "",
        "zone": "Europe/London",
    }
    reminders.choose_feed(enrolment=cast.ana_enrolment, **{**usual, **fields}, by=cast.ana, at=at)


def test_it_holds_twelve_meetings_under_the_same_ids_each_time(cast, feed):
    first, second = feed(), feed()
    assert first == second
    events = read(first)
    assert [str(event["UID"]) for event in events] == [str(one.pk) for one in cast.group.meetings.all()]
    assert len(events) == 12
    assert {event["STATUS"] for event in events} == {"CONFIRMED"}


def test_it_is_fetched_without_a_sign_in_and_kept_by_nobody(cast, at):
    secret = reminders.make_feed(enrolment=cast.ana_enrolment, zone="UTC", by=cast.ana, at=at)
    answer = Client().get(f"/calendar/{secret}.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers and not answer.cookies
    assert Client().head(f"/calendar/{secret}.ics").status_code == 200
    assert Client().post(f"/calendar/{secret}.ics").status_code == 405


HEALTH = (
    "pain",
    "health",
    "compassion",
    "therapy",
    "clinic",
    "group",
    "patient",
    "session",
    "mood",
    "north",
    "ana",
)


def test_nothing_in_it_is_about_health_or_says_who(feed):
    text = feed().decode().replace("\r\n ", "").lower()
    assert not [word for word in HEALTH if word in text]
    assert "room 1" not in text


def test_the_person_chooses_the_words_and_whether_the_place_stands_there(cast, feed, at):
    choose(cast, at, title="Choir, with “friends”; \\ here", show_place=True)
    events = read(feed())
    assert {str(event["SUMMARY"]) for event in events} == {"Choir, with “friends”; \\ here"}
    assert {str(event["LOCATION"]) for event in events} == {"Room 1"}


def test_a_title_cannot_add_a_line_of_its_own(cast, feed, at):
    choose(cast, at, title="Choir\r\nATTENDEE:mailto:x@example.org", practice_time=time(8))
    text = feed()
    assert b"\r\nATTENDEE" not in text
    assert len(read(text)) == 13


def test_lines_are_folded_at_75_octets(cast, feed, at):
    choose(cast, at, title="Ö" * 60)
    assert max(len(line) for line in feed().split(b"\r\n")) <= 75
    assert str(read(feed())[0]["SUMMARY"]) == "Ö" * 60


def test_a_moved_meeting_keeps_its_id_and_says_that_it_changed(cast, feed, at):
    before = {str(event["UID"]): event for event in read(feed())}
    meeting = cast.group.meetings.select_related("group").get(week=6)
    groups.move(
        meeting=meeting,
        starts_at=meeting.starts_at + timedelta(hours=1),
        by=cast.fay,
        at=at + timedelta(hours=2),
    )
    after = {str(event["UID"]): event for event in read(feed())}
    assert before.keys() == after.keys()
    old, new = before[str(meeting.pk)], after[str(meeting.pk)]
    assert (old["SEQUENCE"], new["SEQUENCE"]) == (0, 1)
    assert new["LAST-MODIFIED"].dt == at + timedelta(hours=2)
    assert new["DTSTART"].dt - old["DTSTART"].dt == timedelta(hours=1)
    others = before.keys() - {str(meeting.pk)}
    assert all(before[uid].to_ical() == after[uid].to_ical() for uid in others)


def test_a_cancelled_meeting_stays_and_says_so_until_it_has_a_time_again(cast, feed, at):
    meeting = cast.group.meetings.select_related("group").get(week=6)
    groups.cancel(meeting=meeting, by=cast.fay, at=at)
    events = read(feed())
    assert [event["STATUS"] for event in events].count("CANCELLED") == 1 and len(events) == 12
    assert events[5]["SEQUENCE"] == 1
    groups.move(meeting=meeting, starts_at=meeting.starts_at, by=cast.fay, at=at)
    assert (read(feed())[5]["STATUS"], read(feed())[5]["SEQUENCE"]) == ("CONFIRMED", 2)


def test_somebody_who_waits_has_a_feed_without_meetings(cast, at):
    secret = reminders.make_feed(enrolment=cast.wim_enrolment, zone="Europe/London", by=cast.wim, at=at)
    assert read(Client().get(f"/calendar/{secret}.ics").content) == []


def test_it_takes_two_statements(feed, django_assert_num_queries):
    with django_assert_num_queries(2):
        feed()


@pytest.mark.parametrize(
    "guess", ["x", "A" * 43, "0" * 64, "a" * 5000, "..", "%2e%2e", "%00", "a/b", "' OR 1=1", "%F0%9F%98%80"]
)
def test_a_guess_is_not_found(cast, feed, guess):
    assert Client().get(f"/calendar/{guess}.ics").status_code == 404


def test_neither_the_digest_nor_another_case_opens_it(cast, at):
    secret = reminders.make_feed(enrolment=cast.ana_enrolment, zone="UTC", by=cast.ana, at=at)
    row = CalendarFeed.objects.get()
    for guess in (row.digest, str(row.pk), secret.swapcase(), secret[:-1], f"{secret}x", secret.upper()):
        assert Client().get(f"/calendar/{guess}.ics").status_code == 404


def test_the_meetings_of_a_traveller_stay_at_the_clocks_of_the_group(cast, feed, at):
    choose(cast, at, practice_time=time(8), zone="Pacific/Auckland")
    events = read(feed())
    assert {event["DTSTART"].params["TZID"] for event in events[:12]} == {"Europe/London"}
    assert events[12]["DTSTART"].params["TZID"] == "Pacific/Auckland"
    assert events[0]["DTSTART"].dt.date() == date(2026, 2, 9)


def test_a_meeting_that_is_cancelled_is_not_the_next_one_on_today_and_nobody_missed_it(
    cast, ana, at, as_person
):
    nine = cast.group.meetings.select_related("group").get(week=5)
    groups.cancel(meeting=nine, by=cast.fay, at=at)
    page = ana.get("/today/").content.decode()
    assert "16 March" in page and "9 March" not in page
    screen = as_person(cast.fay).get(f"/groups/{cast.group.pk}/").content.decode()
    assert "does not take place" in screen


def test_a_system_actor_may_set_things_up(cast, at):
    reminders.end_feed(enrolment=cast.ana_enrolment, by=SYSTEM, at=at)
