"""Which questions are open for whom, and when."""

from datetime import datetime

from allay.content.schema import Schedule, ScheduledTimepoint
from allay.records.models import Enrolment, Timepoint
from allay.science import schedule


def windows(enrolment: Enrolment, timepoints: list[Timepoint]) -> dict[str, schedule.Window]:
    """The person's windows by timepoint key; empty while they are in no group."""
    if enrolment.group is None or not timepoints:
        return {}
    group = enrolment.group
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
    due = schedule.due_windows(planned, group.weeks_count_from, group.zone)
    return {window.timepoint: window for window in due}


def state(enrolment: Enrolment, timepoint: Timepoint, at: datetime) -> str:
    """"not-yet", "open" or "closed"."""
    window = windows(enrolment, [timepoint]).get(timepoint.key)
    return "not-yet" if window is None else schedule.state(window, at)
