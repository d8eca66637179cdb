"""From a group's first meeting and a schedule to the windows in which answers are taken.

Days are local calendar days of the group's zone: a window opens when its first day begins there and
closes when its last day has ended, whatever clocks do in between. Instants come back in UTC, because
two times of one zone are compared by Python as wall-clock readings, which is wrong around a clock change.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from allay.content.schema import Schedule, ScheduledTimepoint

WindowState = Literal["not-yet", "open", "closed"]
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Window:
    """When one timepoint's instruments may be answered: from `opens_at` until before `closes_at`."""

    timepoint: str
    title: str
    instruments: tuple[str, ...]
    opens_at: datetime  # UTC: the first moment of opens_on in the group's zone
    due_on: date
    closes_at: datetime  # UTC: the moment at which closes_on has ended in the group's zone
    opens_on: date
    closes_on: date  # the last day on which answers are taken


def due_windows(schedule: Schedule, first_meeting: datetime, zone: str) -> tuple[Window, ...]:
    """One window for each timepoint, in the schedule's order.

    Raises ValueError for a time without a zone, an unknown zone and dates outside the calendar.
    """
    place = _zone(zone)
    day_zero = local_day(first_meeting, zone)
    try:
        return tuple(_window(timepoint, day_zero, place) for timepoint in schedule.timepoints)
    except OverflowError:
        raise ValueError(f"a group cannot first meet on {day_zero}: outside the calendar") from None


def state(window: Window, at: datetime) -> WindowState:
    """Whether answers are taken at this moment. Raises ValueError for a time without a zone."""
    moment = _instant(at)
    if moment < window.opens_at:
        return "not-yet"
    return "open" if moment < window.closes_at else "closed"


def week_of(first_meeting: datetime, at: datetime, zone: str) -> int:
    """The programme week of a moment: 1 from the local day of the first meeting, 0 or less before it."""
    return (local_day(at, zone) - local_day(first_meeting, zone)).days // 7 + 1


def local_day(at: datetime, zone: str) -> date:
    """The calendar day of a moment in a zone."""
    try:
        return _instant(at).astimezone(_zone(zone)).date()
    except OverflowError:
        raise ValueError(f"{at.isoformat()} lies outside the calendar") from None


def day_begins(day: date, zone: str) -> datetime:
    """The first moment of a calendar day in a zone, in UTC; of a day that was left out, when the next one begins."""
    return _first_midnight(day, _zone(zone))


def _window(timepoint: ScheduledTimepoint, day_zero: date, place: ZoneInfo) -> Window:
    opens_on, due_on, closes_on = (
        day_zero + timedelta(days=days) for days in (timepoint.opens, timepoint.due, timepoint.closes)
    )
    return Window(
        timepoint=timepoint.id,
        title=timepoint.title,
        instruments=timepoint.instruments,
        opens_at=_first_midnight(opens_on, place),
        due_on=due_on,
        closes_at=_last_midnight(closes_on + timedelta(days=1), place),
        opens_on=opens_on,
        closes_on=closes_on,
    )


def _first_midnight(day: date, place: ZoneInfo) -> datetime:
    """When the day begins: its first midnight, or the end of the gap in which midnight was left out."""
    midnight = datetime.combine(day, time.min, place)
    moment = midnight.astimezone(UTC)
    if _wall_clock(moment, place) == midnight.replace(tzinfo=None):
        return moment
    return _end_of_gap(midnight, place)


def _last_midnight(day: date, place: ZoneInfo) -> datetime:
    """When the day before has ended for good: the second midnight where clocks went back across it.

    Not where they went back to midnight itself, as in Havana: there the day before was over already.
    """
    again = datetime.combine(day, time.min, place).replace(fold=1).astimezone(UTC)
    crossed = _wall_clock(again - SECOND, place).date() < day
    return max(again, _first_midnight(day, place)) if crossed else _first_midnight(day, place)


def _end_of_gap(missing: datetime, place: ZoneInfo) -> datetime:
    """The first moment after a wall-clock time that never was, found by halving."""
    before, after = missing.replace(fold=1).astimezone(UTC), missing.astimezone(UTC)
    while after - before > SECOND:
        middle = before + (after - before) // (2 * SECOND) * SECOND
        if _wall_clock(middle, place) < missing.replace(tzinfo=None):
            before = middle
        else:
            after = middle
    return after


def _wall_clock(moment: datetime, place: ZoneInfo) -> datetime:
    return moment.astimezone(place).replace(tzinfo=None, fold=0)


def _instant(at: datetime) -> datetime:
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return at.astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"unknown time zone: {name[:60]!r}") from None
