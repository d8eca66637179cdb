"""A person's own two-week tries: what may be chosen, what is on, and what came out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean
from typing import Literal

from allay.content import library
from allay.content.schema import CheckInForm, CheckInItem, Practice
from allay.records.models import Enrolment, TwoWeekTry
from allay.records.queries import practices, rules, weekly_note
from allay.records.queries.days import local_day
from allay.records.queries.today import in_programme
from allay.records.queries.words import wording
from allay.science import two_week_try as science

Stage = Literal["before", "on", "over", "stopped"]
SHOWN_AFTER = timedelta(days=7)  # for as long Today leads to what came out


def choices(enrolment: Enrolment, at: datetime) -> tuple[Practice, ...]:
    """Practices that may be compared, as the rules arrange them: open to this person, and not set aside."""
    if not in_programme(enrolment):
        return ()
    here = rules.effects(enrolment, at)
    replaced = {effect.practices[0] for effect in here if effect.does == "instead"}
    offered = practices.offered(enrolment, at).practices
    return tuple(one for one in offered if one.comparable and one.id not in replaced)


def outcomes(enrolment: Enrolment) -> tuple[CheckInItem, ...]:
    """Rows of the study's daily check-in that say which end is better."""
    daily = weekly_note.asked_daily(enrolment)
    return tuple(item for item in daily.items if item.kind == "row" and item.better)


def blocks_of(row: TwoWeekTry) -> tuple[science.Block, ...]:
    return tuple(science.Block(**block) for block in row.blocks)


def last_day(row: TwoWeekTry) -> date:
    return science.last_day(blocks_of(row), row.began_on)


def stage(row: TwoWeekTry, day: date) -> Stage:
    if row.stopped_on is not None:
        return "stopped"
    if day < row.began_on:
        return "before"
    return "on" if day <= last_day(row) else "over"


def on(enrolment: Enrolment, day: date) -> TwoWeekTry | None:
    """The one that is on, or begins tomorrow; one statement."""
    row = enrolment.two_week_tries.filter(stopped_on=None).order_by("-began_on").first()
    return row if row is not None and last_day(row) >= day else None


@dataclass(frozen=True)
class Part:
    """One block in words; `name` is empty where there is to be no practice."""

    practice: str
    name: str
    starts: date
    ends: date


@dataclass(frozen=True)
class Shown:
    """A try as its page shows it. `today`: the part that this day belongs to."""

    row: TwoWeekTry
    stage: Stage
    first: str  # name
    second: str  # name; empty: without a practice
    outcome: CheckInItem | None  # None where no check-in knows it any more
    parts: tuple[Part, ...]
    today: Part | None
    set_aside: bool  # one of the two is not for this person now: nothing is asked of them
    asked: bool  # the outcome is still among the study's questions


def shown(row: TwoWeekTry, at: datetime) -> Shown:
    """In no statement of its own."""
    enrolment, day = row.enrolment, local_day(row.enrolment, at)
    language = enrolment.person.language
    parts = tuple(_parts(row, language))
    return Shown(
        row=row,
        stage=stage(row, day),
        first=_name(row.first, language),
        second=_name(row.second, language),
        outcome=outcome_of(row),
        parts=parts,
        today=next((part for part in parts if part.starts <= day <= part.ends), None),
        set_aside=not {row.first, row.second} - {""} <= {one.id for one in choices(enrolment, at)},
        asked=row.outcome in {item.id for item in weekly_note.asked_daily(enrolment).items},
    )


def _parts(row: TwoWeekTry, language: str) -> Iterator[Part]:
    for block, starts, ends in science.spans(blocks_of(row), row.began_on):
        practice = row.first if block.arm == "first" else row.second
        yield Part(practice, _name(practice, language), starts, ends)


def _name(practice: str, language: str) -> str:
    """The practice's name; its id where the content knows it no more."""
    known = library.load().practices.get(practice)
    return wording(known.text, language).name if known else practice


def outcome_of(row: TwoWeekTry) -> CheckInItem | None:
    """The row that was chosen: as the study asks it now, else as any check-in of the day does."""
    forms = (weekly_note.asked_daily(row.enrolment), *_daily())
    return next((item for form in forms for item in form.items if item.id == row.outcome), None)


def _daily() -> Iterator[CheckInForm]:
    return (form for form in library.load().checkins.values() if form.about == "day")


def reading(row: TwoWeekTry) -> science.Reading:
    """What came out, from the check-ins that are here; one statement."""
    return science.read(blocks_of(row), row.began_on, _answers(row))


def _answers(row: TwoWeekTry) -> dict[date, float]:
    """By day, more is better; several of a day count as their mean."""
    item = outcome_of(row)
    if item is None:
        return {}
    here = row.enrolment.check_ins.filter(
        day__range=(row.began_on, last_day(row)), form__in=[form.id for form in _daily()], not_today=False
    )
    days: dict[date, list[int]] = {}
    for check_in in here:
        value = check_in.values.get(row.outcome)
        if isinstance(value, int):
            days.setdefault(check_in.day, []).append(10 - value if item.better == "less" else value)
    return {day: fmean(values) for day, values in days.items()}


def of(enrolment: Enrolment) -> list[TwoWeekTry]:
    """Everything that was begun, the newest first; one statement."""
    rows = list(enrolment.two_week_tries.order_by("-began_on", "-received_at"))
    for row in rows:
        row.enrolment = enrolment
    return rows


@dataclass(frozen=True)
class Line:
    """What Today says of a try."""

    id: object
    stage: Stage
    name: str  # of today's practice; empty: none
    plain: bool  # nothing is said of today's practice


def line(enrolment: Enrolment, at: datetime) -> Line | None:
    """Of the try that is on, begins tomorrow, or was over in the last days: in no statement of its own."""
    row, day = rules.standing(enrolment, at).two_week_try, local_day(enrolment, at)
    if row is None or day > last_day(row) + SHOWN_AFTER:
        return None
    told = shown(row, at)
    return Line(row.pk, told.stage, told.today.name if told.today else "", told.set_aside)
