"""A person's own weeks and scores, for their own eyes.

A score that is reliably worse than at the start is held back until somebody has talked with the person, and
with it everything else answered at that timepoint: one empty place among others would tell what it hides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from allay.content.schema import ChangeNorms, Instrument, ScoreRule
from allay.records.models import Contact, Enrolment, Response
from allay.records.queries import editions
from allay.records.queries.today import wording
from allay.science import change


@dataclass(frozen=True)
class Point:
    """One score at one timepoint, with its error band where the instrument's precision is known."""

    timepoint: str
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class OwnScore:
    label: str
    better: str
    range: tuple[float, float]
    points: tuple[Point, ...]  # where there is a value, in order
    change: str  # from the first to the last point: "", "improved", "unchanged" or "worsened"
    threshold: float | None  # smallest change that is more than chance variation
    borrowed_from: str | None


@dataclass(frozen=True)
class OwnInstrument:
    """The scores of one instrument at the timepoints that are shown, in the order of the schedule."""

    instrument: str
    title: str
    timepoints: tuple[str, ...]
    scores: tuple[OwnScore, ...]


@dataclass(frozen=True)
class OwnDay:
    day: date
    values: Mapping[str, object]  # item id -> 0 to 10, or the id of a choice; without what was left out


def days(enrolment: Enrolment) -> tuple[list[OwnDay], list[OwnDay]]:
    """The latest check-in of each day that has one, and the weekly notes in the same way: one statement."""
    daily: dict[date, OwnDay] = {}
    weekly: dict[date, OwnDay] = {}
    for row in enrolment.check_ins.filter(not_today=False).order_by("day", "received_at"):
        kind = weekly if row.form == enrolment.study.weekly_note else daily
        kind[row.day] = OwnDay(row.day, row.values)
    return list(daily.values()), list(weekly.values())


def completed(enrolment: Enrolment) -> list[Response]:
    return list(
        enrolment.responses.exclude(completed_at=None)
        .select_related("edition", "timepoint")
        .prefetch_related("scores")
        .order_by("timepoint__position", "completed_at")
    )


def last_talk(enrolment: Enrolment) -> datetime | None:
    """When somebody of the staff last reached the person."""
    talks = enrolment.contacts.exclude(mode=Contact.Mode.NOT_REACHED)
    return talks.order_by("-at").values_list("at", flat=True).first()


def own_scores(enrolment: Enrolment, language: str) -> list[OwnInstrument]:
    """Every instrument with a score to show."""
    by_instrument: dict[str, list[Response]] = {}
    for response in completed(enrolment):
        by_instrument.setdefault(response.instrument, []).append(response)
    waiting = _waiting(by_instrument.values(), last_talk(enrolment))
    shown = (
        [response for response in responses if response.timepoint_id not in waiting]
        for responses in by_instrument.values()
    )
    found = (_instrument(responses, language) for responses in shown if responses)
    return [own for own in found if own.scores]


def _waiting(answered: Iterable[list[Response]], talked: datetime | None) -> set[object]:
    """The timepoints with a reliably worse score after which nobody of the staff has reached the person yet."""
    return {
        response.timepoint_id
        for responses in answered
        for rule in editions.instrument(responses[-1].edition).scores
        for response, _value in worse_since(rule, responses)
        if talked is None or response.completed_at is None or talked < response.completed_at
    }


def _instrument(responses: list[Response], language: str) -> OwnInstrument:
    definition = editions.instrument(responses[-1].edition)
    words = wording(definition.wording, language)
    lines = (_line(definition, rule, responses, words.scores[rule.id]) for rule in definition.scores)
    return OwnInstrument(
        instrument=definition.id,
        title=words.title,
        timepoints=tuple(response.timepoint.title for response in responses),
        scores=tuple(line for line in lines if line.points),
    )


def worse_since(rule: ScoreRule, responses: list[Response]) -> list[tuple[Response, float]]:
    """The responses whose score is reliably worse than the first, with the score."""
    values = _values(rule, responses)
    if rule.change is None or len(values) < 2:
        return []
    _first, before = values[0]
    return [
        (response, after)
        for response, after in values[1:]
        if _classify(rule, before, after).reliable == "worsened"
    ]


def _classify(rule: ScoreRule, before: float, after: float) -> change.PersonChange:
    norms = rule.change
    assert norms is not None
    return change.classify(
        before,
        after,
        better=rule.better,
        sd=norms.sd,
        reliability=norms.reliability,
        important=norms.important,
    )


def _values(rule: ScoreRule, responses: list[Response]) -> list[tuple[Response, float]]:
    return [
        (response, score.value)
        for response in responses
        for score in response.scores.all()
        if score.key == rule.id and score.value is not None
    ]


def _line(definition: Instrument, rule: ScoreRule, responses: list[Response], label: str) -> OwnScore:
    values, norms, limits = _values(rule, responses), rule.change, definition.score_range(rule)
    compared = norms is not None and len(values) > 1
    return OwnScore(
        label=label,
        better=rule.better,
        range=limits,
        points=tuple(_point(response, value, norms, limits) for response, value in values),
        change=_classify(rule, values[0][1], values[-1][1]).reliable if compared else "",
        threshold=change.reliable_change(0, 0, norms.sd, norms.reliability).threshold if norms else None,
        borrowed_from=norms.borrowed_from if norms else None,
    )


def _point(response: Response, value: float, norms: ChangeNorms | None, limits: tuple[float, float]) -> Point:
    if norms is None:
        return Point(response.timepoint.title, value, None, None)
    low, high = change.change_band(value, norms.sd, norms.reliability)
    return Point(response.timepoint.title, value, max(low, limits[0]), min(high, limits[1]))
