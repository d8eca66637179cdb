"""From a group's first meeting and a schedule to the windows in which answers are taken.

Days are local calendar days of the group's zone: a window opens when its first day begins there and
closes when its last day has ended, whatever clocks do in between. Instants come back in UTC, because
two times of one zone are compared by Python as wall-clock readings, which is wrong around a clock change.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from allay.content.schema import Schedule, ScheduledTimepoint
from allay.science.clocks import first_midnight, instant, last_midnight, local_day, place

__all__ = ["Window", "due_windows", "local_day", "state", "week_of"]

WindowState = Literal["not-yet", "open", "closed"]


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
    where = place(zone)
    day_zero = local_day(first_meeting, zone)
    try:
        return tuple(_window(timepoint, day_zero, where) for timepoint in schedule.timepoints)
    except OverflowError:
        raise ValueError(f"a group cannot first meet on {day_zero}: outside the calendar") from None


def state(window: Window, at: datetime) -> WindowState:
    """Whether answers are taken at this moment. Raises ValueError for a time without a zone."""
    moment = instant(at)
    if moment < window.opens_at:
        return "not-yet"
    return "open" if moment < window.closes_at else "closed"


def week_of(first_meeting: datetime, at: datetime, zone: str) -> int:
    """The programme week of a moment: 1 from the local day of the first meeting, 0 or less before it."""
    return (local_day(at, zone) - local_day(first_meeting, zone)).days // 7 + 1


def _window(timepoint: ScheduledTimepoint, day_zero: date, where: ZoneInfo) -> Window:
    opens_on, due_on, closes_on = (
        day_zero + timedelta(days=days) for days in (timepoint.opens, timepoint.due, timepoint.closes)
    )
    return Window(
        timepoint=timepoint.id,
        title=timepoint.title,
        instruments=timepoint.instruments,
        opens_at=first_midnight(opens_on, where),
        due_on=due_on,
        closes_at=last_midnight(closes_on + timedelta(days=1), where),
        opens_on=opens_on,
        closes_on=closes_on,
    )
