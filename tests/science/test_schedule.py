from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allay.content.schema import Schedule, ScheduledTimepoint
from allay.science import clocks
from allay.science.schedule import due_windows, local_day, state, week_of

MOMENT = timedelta(seconds=1)
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
MOMENTS = st.datetimes(datetime(1900, 1, 3), datetime(2199, 12, 1)).map(lambda at: at.replace(tzinfo=UTC))
unhurried = settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])


def at(zone: str, *clock: int, fold: int = 0) -> datetime:
    return datetime(*clock, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def schedule_of(*days: tuple[int, int, int]) -> Schedule:
    timepoints = tuple(
        ScheduledTimepoint(
            id=f"t{number}", title="made up", opens=o, due=d, closes=c, instruments=("one", "two")
        )
        for number, (o, d, c) in enumerate(days)
    )
    return Schedule(id="made-up", version="1", timepoints=timepoints)


def window(first_meeting: datetime, zone: str, opens: int = 0, closes: int | None = None):
    last = opens if closes is None else closes
    return due_windows(schedule_of((opens, opens, last)), first_meeting, zone)[0]


@st.composite
def spans(draw) -> tuple[int, int]:
    opens = draw(st.integers(-60, 400))
    return opens, opens + draw(st.integers(0, 60))


def test_days_are_counted_from_the_local_day_of_the_first_meeting():
    made = due_windows(
        schedule_of((-7, 0, 6), (35, 42, 48)), at("Europe/London", 2026, 1, 8, 18), "Europe/London"
    )
    assert [(w.opens_on, w.due_on, w.closes_on) for w in made] == [
        (date(2026, 1, 1), date(2026, 1, 8), date(2026, 1, 14)),
        (date(2026, 2, 12), date(2026, 2, 19), date(2026, 2, 25)),
    ]


def test_a_window_says_what_is_asked():
    made = window(at("UTC", 2026, 1, 8), "UTC")
    assert (made.timepoint, made.title, made.instruments) == ("t0", "made up", ("one", "two"))


def test_a_window_lasts_from_local_midnight_to_local_midnight():
    made = window(at("Asia/Kathmandu", 2026, 3, 1, 18), "Asia/Kathmandu", closes=6)
    assert made.opens_at == at("Asia/Kathmandu", 2026, 3, 1)
    assert made.closes_at == at("Asia/Kathmandu", 2026, 3, 8)


def test_edges_are_given_in_utc():
    made = window(at("Australia/Eucla", 2026, 3, 1, 18), "Australia/Eucla")
    assert (made.opens_at.tzinfo, made.closes_at.tzinfo) == (UTC, UTC)


def test_the_first_meeting_may_be_given_in_another_zone():
    evening_in_auckland = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert window(evening_in_auckland, "Pacific/Auckland").due_on == date(2026, 7, 1)


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 1), 24)])
def test_a_day_on_which_clocks_change_is_one_day(day, hours):
    made = window(at("Europe/London", *day, 18), "Europe/London")
    assert made.closes_at - made.opens_at == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "day", "first_hour"),
    [
        ("Africa/Cairo", (2026, 4, 24), 1),
        ("America/Havana", (2026, 3, 8), 1),
        ("America/Sao_Paulo", (2018, 11, 4), 1),
    ],
)
def test_a_day_without_midnight_begins_when_the_gap_ends(zone, day, first_hour):
    assert window(at(zone, *day, 18), zone).opens_at == at(zone, *day, first_hour)


def test_where_midnight_comes_twice_within_a_day_the_day_begins_at_the_first():
    made = window(at("America/Havana", 2026, 11, 1, 18), "America/Havana")
    assert made.opens_at == at("America/Havana", 2026, 11, 1, fold=0)
    assert made.closes_at - made.opens_at == timedelta(hours=25)


def test_the_day_before_has_ended_at_the_first_midnight_when_clocks_go_back_to_midnight():
    made = window(at("America/Havana", 2026, 10, 31, 18), "America/Havana")
    assert made.closes_at == at("America/Havana", 2026, 11, 1, fold=0)


def test_an_evening_that_comes_back_after_midnight_still_belongs_to_its_day():
    """In St John's clocks went back from 00:01 to 23:01 of the day before, until 2011."""
    made = window(at("America/St_Johns", 2010, 11, 6, 18), "America/St_Johns")
    assert state(made, at("America/St_Johns", 2010, 11, 6, 23, 30, fold=1)) == "open"
    assert made.closes_at == at("America/St_Johns", 2010, 11, 7, fold=1)


def test_a_day_that_was_left_out_of_the_calendar_makes_an_empty_window():
    """Samoa crossed the date line: 30 December 2011 never was."""
    made = window(at("Pacific/Apia", 2011, 12, 29, 18), "Pacific/Apia", opens=1)
    assert made.opens_at == made.closes_at == at("Pacific/Apia", 2011, 12, 31)


def test_a_window_across_a_left_out_day_stays_open():
    made = window(at("Pacific/Apia", 2011, 12, 29, 18), "Pacific/Apia", closes=2)
    assert (made.opens_at, made.closes_at) == (
        at("Pacific/Apia", 2011, 12, 29),
        at("Pacific/Apia", 2012, 1, 1),
    )


def test_a_leap_day_counts():
    assert window(at("UTC", 2028, 2, 28), "UTC", opens=2).due_on == date(2028, 3, 1)


def test_a_window_is_not_yet_open_then_open_then_closed():
    made = window(at("UTC", 2026, 1, 8), "UTC")
    moments = (made.opens_at - MOMENT, made.opens_at, made.closes_at - MOMENT, made.closes_at)
    assert [state(made, moment) for moment in moments] == ["not-yet", "open", "open", "closed"]


def test_state_is_judged_by_the_moment_not_by_the_clock_on_the_wall():
    made = window(at("Europe/London", 2026, 1, 8, 18), "Europe/London")
    assert state(made, at("Pacific/Auckland", 2026, 1, 8, 9)) == "not-yet"


@pytest.mark.parametrize(
    ("days", "week"), [(-8, -1), (-7, 0), (-1, 0), (0, 1), (6, 1), (7, 2), (83, 12), (84, 13)]
)
def test_weeks_begin_on_the_weekday_of_the_first_meeting(days, week):
    first = at("Europe/London", 2026, 3, 25, 18)  # clocks change four days later
    assert week_of(first, first + timedelta(days=days), "Europe/London") == week


def test_a_week_begins_at_local_midnight():
    first, zone = at("Asia/Tokyo", 2026, 1, 8, 18), "Asia/Tokyo"
    new_week = at("Asia/Tokyo", 2026, 1, 15)
    assert [week_of(first, moment, zone) for moment in (new_week - MOMENT, new_week)] == [1, 2]


@pytest.mark.parametrize("zone", ["", "Nowhere/Town", "../../etc/passwd", "/etc/localtime", "America", "\0"])
def test_an_unknown_zone_is_refused_in_words(zone):
    with pytest.raises(ValueError, match="unknown time zone"):
        week_of(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), zone)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="has no time zone"):
        due_windows(schedule_of((0, 0, 0)), datetime(2026, 1, 1), "UTC")


@pytest.mark.parametrize("year", [1, 9999])
def test_a_date_at_the_end_of_the_calendar_is_refused(year):
    edge = datetime(year, 12 if year > 1 else 1, 31 if year > 1 else 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="outside the calendar"):
        due_windows(schedule_of((-1, 0, 1)), edge, "Pacific/Kiritimati" if year > 1 else "Pacific/Niue")


@unhurried
@given(first=MOMENTS, zone=ZONES, span=spans())
def test_edges_lie_where_the_local_day_changes(first, zone, span):
    made = window(first, zone, *span)
    assert local_day(made.opens_at - MOMENT, zone) < made.opens_on <= local_day(made.opens_at, zone)
    assert local_day(made.closes_at - MOMENT, zone) <= made.closes_on < local_day(made.closes_at, zone)


@unhurried
@given(first=MOMENTS, zone=ZONES, span=spans(), data=st.data())
def test_answers_are_taken_on_every_moment_of_the_window_s_days(first, zone, span, data):
    made = window(first, zone, *span)
    seconds = round((made.closes_at - made.opens_at).total_seconds())
    moment = made.opens_at + timedelta(seconds=data.draw(st.integers(-90_000, seconds + 90_000)))
    if made.opens_on <= local_day(moment, zone) <= made.closes_on:
        assert state(made, moment) == "open"


@unhurried
@given(first=MOMENTS, zone=ZONES, opens=st.integers(-60, 400), length=st.integers(0, 40))
def test_windows_that_meet_in_the_calendar_leave_no_moment_between(first, zone, opens, length):
    early = window(first, zone, opens, opens + length)
    late = window(first, zone, opens + length + 1)
    assert late.opens_at <= early.closes_at <= late.opens_at + timedelta(hours=24)


@unhurried
@given(first=MOMENTS, zone=ZONES, days=st.integers(-400, 800))
def test_weeks_are_seven_local_days(first, zone, days):
    later = first + timedelta(days=days)
    passed = (local_day(later, zone) - local_day(first, zone)).days
    week = week_of(first, later, zone)
    assert 7 * (week - 1) <= passed < 7 * week


def test_in_every_zone_a_window_is_whole_days_and_a_week_begins_at_midnight():
    """Every zone there is, around every change of its clocks in two years: none left out, none twice."""
    wrong = []
    for zone in sorted(available_timezones() - {"localtime", "Factory"}):
        place = ZoneInfo(zone)
        for change in clocks.changes(at("UTC", 2026, 1, 1), at("UTC", 2028, 1, 1), zone):
            day = change.moment.astimezone(place).date()
            first = datetime.combine(day - timedelta(days=7), time(18), place)
            opened = window(first, zone, opens=7)  # the one day on which clocks change
            inside = [opened.opens_at, opened.closes_at - MOMENT]
            outside = [opened.opens_at - MOMENT, opened.closes_at]
            days = [moment.astimezone(place).date() for moment in (*inside, *outside)]
            if days != [day, day, day - timedelta(days=1), day + timedelta(days=1)]:
                wrong.append((zone, day, days))
            if [state(opened, moment) for moment in (*inside, *outside)] != [
                "open",
                "open",
                "not-yet",
                "closed",
            ]:
                wrong.append((zone, day, "states"))
            if [week_of(first, moment, zone) for moment in (*inside, *outside)] != [2, 2, 1, 2]:
                wrong.append((zone, day, "weeks"))
    assert not wrong
