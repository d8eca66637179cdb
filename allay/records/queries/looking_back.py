"""A person's own days for "Looking back", and what they said of earlier statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allay.content import library
from allay.records.models import CheckIn, Enrolment, Verdict
from allay.records.queries import flares
from allay.records.queries.days import local_day
from allay.science.looking_back import WINDOW, DayNoted, LookingBack, look_back

MOVING = "body-and-pacing"  # the step of practices that are about moving and pacing


@dataclass(frozen=True)
class Own:
    """quiet: a flare is on, and nothing is looked at. said: the last word on each statement, by its key."""

    quiet: bool
    found: LookingBack
    said: Mapping[str, str]


def own(enrolment: Enrolment, at: datetime) -> Own:
    """In four statements; in one while a flare is on."""
    if flares.current(enrolment) is not None:
        return Own(quiet=True, found=LookingBack(soon=False, links=(), shown=()), said={})
    today, words = local_day(enrolment, at), list(enrolment.verdicts.order_by("at", "pk"))
    hidden = {word.statement for word in words if word.says == Verdict.Says.HIDE}
    found = look_back(days(enrolment, today), things=library.load().things, today=today, hidden=hidden)
    return Own(quiet=False, found=found, said={word.statement: word.says for word in words})


def days(enrolment: Enrolment, today: date) -> list[DayNoted]:
    """The last twelve weeks: the latest check-in of each day that has one, and whether a practice was noted on it."""
    weekly = [name for name, form in library.load().checkins.items() if form.about == "week"]
    first = today - timedelta(days=WINDOW)
    checked = enrolment.check_ins.filter(day__gt=first, not_today=False).exclude(form__in=weekly)
    practised = _practised(enrolment, first)
    latest = {row.day: row for row in checked.order_by("received_at", "pk")}
    return [_noted(row, practised) for row in latest.values()]


def _practised(enrolment: Enrolment, first: date) -> dict[date, bool]:
    """Days with a practice, and whether one of them was about moving."""
    index, found = library.load().practice_index, {}
    for day, practice in enrolment.practice_logs.filter(day__gt=first).values_list("day", "practice"):
        moving = practice in index and index[practice].step == MOVING
        found[day] = moving or found.get(day, False)
    return found


def _noted(row: CheckIn, practised: Mapping[date, bool]) -> DayNoted:
    values = row.values
    return DayNoted(
        row.day,
        {name: value for name, value in values.items() if type(value) is int},
        str(values.get("helped", "")),
        practised=row.day in practised,
        moved=practised.get(row.day, False),
    )
