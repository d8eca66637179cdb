"""Clocks of a place: its days, its times of day, and when it puts its clocks forward or back.

Instants come back in UTC, because two times of one zone are compared by Python as wall-clock readings, which is wrong
around a clock change.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def place(name: str) -> ZoneInfo:
    """The zone of this name. Raises ValueError where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"unknown time zone: {name[:60]!r}") from None


def instant(at: datetime) -> datetime:
    """The moment in UTC. Raises ValueError for a time without a zone."""
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return at.astimezone(UTC)


def local_day(at: datetime, zone: str) -> date:
    """The calendar day of a moment in a zone."""
    try:
        return instant(at).astimezone(place(zone)).date()
    except OverflowError:
        raise ValueError(f"{at.isoformat()} lies outside the calendar") from None


def day_begins(day: date, zone: str) -> datetime:
    """The first moment of a calendar day in a zone, in UTC; of a day that was left out, when the next one begins."""
    return first_midnight(day, place(zone))


def first_midnight(day: date, where: ZoneInfo) -> datetime:
    """When the day begins: its first midnight, or the end of the gap in which midnight was left out."""
    midnight = datetime.combine(day, time.min, where)
    moment = midnight.astimezone(UTC)
    return moment if wall_clock(moment, where) == midnight.replace(tzinfo=None) else end_of_gap(midnight)


def last_midnight(day: date, where: ZoneInfo) -> datetime:
    """When the day before has ended for good: the second midnight where clocks went back across it.

    Not where they went back to midnight itself, as in Havana: there the day before was over already.
    """
    again = datetime.combine(day, time.min, where).replace(fold=1).astimezone(UTC)
    crossed = wall_clock(again - SECOND, where).date() < day
    return max(again, first_midnight(day, where)) if crossed else first_midnight(day, where)


def moment_of(day: date, clock: time, zone: str) -> datetime | None:
    """When the clocks of a place show this time on this day, in UTC; None for a day that was left out.

    Of a time that comes twice, the first; for a time that is left out, the moment at which the gap ends, or the last
    second of the day where it ends in the next one.
    """
    where = place(zone)
    shown = datetime.combine(day, clock, where)
    moment = shown.astimezone(UTC)
    if wall_clock(moment, where) != shown.replace(tzinfo=None):
        moment = end_of_gap(shown)
        if moment.astimezone(where).date() != day:
            moment -= SECOND
    return moment if moment.astimezone(where).date() == day else None


def due_day(
    at: datetime, clock: time, zone: str, weekdays: Collection[int], within: timedelta
) -> date | None:
    """The day whose time of day has come, and no longer ago than `within`; None while none has.

    Weekdays are those of the place: 0 Monday to 6 Sunday. A worker that slept through the time stays quiet
    afterwards, rather than ringing in the night.
    """
    today = local_day(at, zone)
    for day in (today, today - DAY):
        moment = moment_of(day, clock, zone) if day.weekday() in weekdays else None
        if moment is not None and moment <= at < moment + within:
            return day
    return None


@dataclass(frozen=True)
class Change:
    """A moment (UTC) at which the offset from UTC changes, from `before` to `after`."""

    moment: datetime
    before: timedelta
    after: timedelta
    name: str  # of the time from then on, for example BST
    summer: bool


def offset_at(moment: datetime, where: ZoneInfo) -> timedelta:
    return moment.astimezone(where).utcoffset() or timedelta()


def changes(first: datetime, last: datetime, zone: str) -> tuple[Change, ...]:
    """Every change of the offset between two moments, found by looking at each day and halving."""
    where, moment, found = place(zone), instant(first), list[Change]()
    until = instant(last)
    while moment < until:
        following = min(moment + DAY, until)
        before, after = offset_at(moment, where), offset_at(following, where)
        if before != after:
            found.append(_change(moment, following, before, where))
        moment = following
    return tuple(found)


def _change(early: datetime, late: datetime, before: timedelta, where: ZoneInfo) -> Change:
    while late - early > SECOND:
        middle = early + (late - early) // (2 * SECOND) * SECOND
        if offset_at(middle, where) == before:
            early = middle
        else:
            late = middle
    there = late.astimezone(where)
    return Change(late, before, offset_at(late, where), there.tzname() or "", bool(there.dst()))


def wall_clock(moment: datetime, where: ZoneInfo) -> datetime:
    return moment.astimezone(where).replace(tzinfo=None, fold=0)


def end_of_gap(missing: datetime) -> datetime:
    """The first moment after a wall-clock time that never was, found by halving."""
    where = missing.tzinfo
    assert isinstance(where, ZoneInfo)
    before, after = missing.replace(fold=1).astimezone(UTC), missing.astimezone(UTC)
    while after - before > SECOND:
        middle = before + (after - before) // (2 * SECOND) * SECOND
        if wall_clock(middle, where) < missing.replace(tzinfo=None):
            before = middle
        else:
            after = middle
    return after
