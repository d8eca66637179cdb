"""Which questions are open for whom, and when."""

from datetime import datetime

from allay.content.schema import Schedule, ScheduledTimepoint
from allay.records.models import Enrolment, Group, Timepoint
from allay.science import schedule


def windows(enrolment: Enrolment, timepoints: list[Timepoint]) -> dict[str, schedule.Window]:
    """The person's windows by timepoint key; empty while they are in no group."""
    if enrolment.group is None:
        return {}
    return {window.timepoint: window for window in group_windows(enrolment.group, timepoints)}


def group_windows(group: Group, timepoints: list[Timepoint]) -> tuple[schedule.Window, ...]:
    """The windows of a group, one for each timepoint, in their order."""
    if not timepoints:
        return ()
    shapes = tuple(
        ScheduledTimepoint(
            id=timepoint.key,
            title=timepoint.title,
            opens=timepoint.opens,
            due=timepoint.due,
            closes=timepoint.closes,
            instruments=tuple(timepoint.instruments),
        )
        for timepoint in timepoints
    )
    planned = Schedule(id="of-the-study", version="1", timepoints=shapes)
    return schedule.due_windows(planned, group.weeks_count_from, group.zone)


def state(enrolment: Enrolment, timepoint: Timepoint, at: datetime) -> str:
    """ "not-yet", "open" or "closed"."""
    window = windows(enrolment, [timepoint]).get(timepoint.key)
    return "not-yet" if window is None else schedule.state(window, at)
