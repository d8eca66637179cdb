"""Clocks of every place there is: one moment for each time of day, and every change where it happens."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allay.science import clocks

ALL = sorted(available_timezones() - {"localtime", "Factory"})
HOURS = timedelta(hours=3)
EVERY_DAY = range(7)
DAY = timedelta(days=1)
unhurried = settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])


def utc(*clock: int) -> datetime:
    return datetime(*clock, tzinfo=UTC)


@cache
def changing_days(zone: str) -> tuple[date, ...]:
    """The days of two years around which the clocks of a place change."""
    found = clocks.changes(utc(2026, 1, 1), utc(2028, 1, 1), zone)
    return tuple(change.moment.astimezone(ZoneInfo(zone)).date() for change in found)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "moment"),
    [
        ("Europe/London", date(2026, 6, 1), time(8), utc(2026, 6, 1, 7)),
        ("Europe/London", date(2026, 3, 29), time(1, 30), utc(2026, 3, 29, 1)),  # left out: when the gap ends
        ("Europe/London", date(2026, 10, 25), time(1, 30), utc(2026, 10, 25, 0, 30)),  # twice: the first
        ("Africa/Cairo", date(2026, 4, 24), time(0, 15), utc(2026, 4, 23, 22)),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 10), utc(2026, 10, 3, 15, 30)),  # half an hour
        ("Pacific/Apia", date(2011, 12, 30), time(9), None),  # a day that never was
        ("Pacific/Apia", date(2011, 12, 31), time(9), utc(2011, 12, 30, 19)),
    ],
)
def test_the_moment_of_a_time_of_day(zone, day, clock, moment):
    assert clocks.moment_of(day, clock, zone) == moment


def reminders(zone: str, clock: time, days: list[date]) -> list[date]:
    """What a worker that looks every five minutes around these days would send, once for each day."""
    sent: list[date] = []
    at = datetime.combine(days[0] - DAY, time(), UTC)
    until = datetime.combine(days[-1] + 2 * DAY, time(), UTC)
    while at < until:
        day = clocks.due_day(at, clock, zone, EVERY_DAY, HOURS)
        if day is not None and day not in sent:
            sent.append(day)
        at += timedelta(minutes=5)
    return sent


@pytest.mark.parametrize("clock", [time(0, 0), time(1, 30), time(2, 15), time(9, 0), time(23, 50)])
@pytest.mark.parametrize(
    "zone",
    [
        "Europe/London",
        "America/New_York",
        "Africa/Cairo",
        "America/Havana",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
    ],
)
def test_a_worker_that_looks_again_and_again_sends_one_on_each_day_of_a_change(zone, clock):
    for day in changing_days(zone):
        around = [day - DAY, day, day + DAY]
        assert Counter(reminders(zone, clock, around))[day] == 1
        assert set(around) <= set(reminders(zone, clock, around))


@pytest.mark.parametrize(
    "clock", [time(0, 0), time(0, 30), time(1, 30), time(2, 30), time(3, 0), time(23, 59)]
)
def test_in_every_zone_each_day_has_one_moment_for_a_time_of_day(clock):
    """Every zone there is, every day on which its clocks change in two years, and the days beside it."""
    wrong = []
    for zone in ALL:
        where = ZoneInfo(zone)
        for change in changing_days(zone):
            days = [change + timedelta(days=number) for number in (-1, 0, 1)]
            moments = [clocks.moment_of(day, clock, zone) for day in days]
            if None in moments or sorted(set(moments)) != moments:
                wrong.append((zone, change, moments))
                continue
            if [moment.astimezone(where).date() for moment in moments] != days:
                wrong.append((zone, change, "another day"))
            due = [clocks.due_day(moment, clock, zone, EVERY_DAY, HOURS) for moment in moments]
            early = [
                clocks.due_day(moment - clocks.SECOND, clock, zone, EVERY_DAY, HOURS) for moment in moments
            ]
            if due != days or set(due) & set(early):
                wrong.append((zone, change, due, early))
    assert not wrong


@unhurried
@given(
    zone=st.sampled_from(ALL),
    day=st.dates(date(1900, 1, 3), date(2199, 12, 1)),
    clock=st.times(),
)
def test_a_moment_shows_its_time_or_there_is_no_such_time(zone, day, clock):
    clock = clock.replace(second=0, microsecond=0)
    moment = clocks.moment_of(day, clock, zone)
    where = ZoneInfo(zone)
    if moment is None:  # the whole day was left out
        assert clocks.first_midnight(day, where) >= clocks.first_midnight(day + DAY, where)
        return
    shown = moment.astimezone(where)
    assert shown.date() == day
    if shown.time().replace(microsecond=0, fold=0) != clock:
        exists = datetime.combine(day, clock, where).astimezone(UTC).astimezone(where)
        assert exists.time() != clock


@unhurried
@given(zone=st.sampled_from(ALL), first=st.datetimes(datetime(1971, 1, 3), datetime(2036, 1, 1)))
def test_changes_tell_every_offset_between(zone, first):
    first = first.replace(tzinfo=UTC, microsecond=0)
    where, found = ZoneInfo(zone), clocks.changes(first, first + 400 * DAY, zone)
    offset = clocks.offset_at(first, where)
    for change in found:
        assert (change.before, change.after) == (offset, clocks.offset_at(change.moment, where))
        assert clocks.offset_at(change.moment - clocks.SECOND, where) == change.before
        offset = change.after
    assert offset == clocks.offset_at(first + 400 * DAY, where)


@unhurried
@given(
    zone=st.sampled_from(ALL), at=st.datetimes(datetime(1971, 1, 3), datetime(2036, 1, 1)), clock=st.times()
)
def test_nothing_is_due_before_its_time_or_long_after(zone, at, clock):
    at = at.replace(tzinfo=UTC)
    day = clocks.due_day(at, clock, zone, EVERY_DAY, HOURS)
    if day is not None:
        moment = clocks.moment_of(day, clock, zone)
        assert moment <= at < moment + HOURS


def test_only_on_the_days_that_were_chosen():
    monday = utc(2026, 3, 2, 9, 10)
    assert clocks.due_day(monday, time(9), "Europe/London", [0], HOURS) == date(2026, 3, 2)
    assert clocks.due_day(monday, time(9), "Europe/London", [1, 2, 3, 4, 5, 6], HOURS) is None


def test_late_in_the_evening_it_may_come_after_midnight_and_counts_for_its_own_day():
    late = utc(2026, 3, 3, 0, 20)
    assert clocks.due_day(late, time(23, 30), "Europe/London", [0], HOURS) == date(2026, 3, 2)
