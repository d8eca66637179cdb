"""A person's own weeks and scores, for their own eyes.

A score that is reliably worse than at the start is held back until somebody has talked with the person.
"""

from dataclasses import dataclass
from datetime import date, datetime

from allay.content.schema import ScoreRule
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
    instrument: str
    title: str
    label: str
    better: str
    range: tuple[float, float]
    points: tuple[Point, ...]
    change: str  # "", "improved" or "unchanged"; "worsened" only after a contact
    threshold: float | None  # smallest change that is more than chance variation
    borrowed_from: str | None
    held_back: bool  # something is left out until somebody has been in touch


@dataclass(frozen=True)
class OwnDay:
    day: date
    mood: int | None
    comfort: int | None


def days(enrolment: Enrolment) -> list[OwnDay]:
    """The latest check-in of each day that has one."""
    rows = enrolment.check_ins.filter(not_today=False).order_by("day", "received_at")
    return list({row.day: OwnDay(row.day, row.mood, row.comfort) for row in rows}.values())


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


def own_scores(enrolment: Enrolment, language: str) -> list[OwnScore]:
    """One line for each score that has at least one value."""
    by_instrument: dict[str, list[Response]] = {}
    for response in completed(enrolment):
        by_instrument.setdefault(response.instrument, []).append(response)
    talked = last_talk(enrolment)
    lines = []
    for responses in by_instrument.values():
        definition = editions.instrument(responses[-1].edition)
        for rule in definition.scores:
            if line := _line(definition, rule, responses, talked, language):
                lines.append(line)
    return lines


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


def _line(definition, rule, responses, talked, language) -> OwnScore | None:  # type: ignore[no-untyped-def]
    hidden = {
        response.pk
        for response, _value in worse_since(rule, responses)
        if talked is None or response.completed_at is None or talked < response.completed_at
    }
    values = [(response, value) for response, value in _values(rule, responses) if response.pk not in hidden]
    if not values:
        return None
    words = wording(definition.wording, language)
    norms = rule.change
    latest = ""
    if norms is not None and len(values) > 1:
        latest = _classify(rule, values[0][1], values[-1][1]).reliable
    return OwnScore(
        instrument=definition.id,
        title=words.title,
        label=words.scores[rule.id],
        better=rule.better,
        range=definition.score_range(rule),
        points=tuple(
            _point(response, value, norms, definition.score_range(rule)) for response, value in values
        ),
        change=latest,
        threshold=change.reliable_change(0, 0, norms.sd, norms.reliability).threshold if norms else None,
        borrowed_from=norms.borrowed_from if norms else None,
        held_back=bool(hidden),
    )


def _point(response, value, norms, limits) -> Point:  # type: ignore[no-untyped-def]
    if norms is None:
        return Point(response.timepoint.title, value, None, None)
    low, high = change.change_band(value, norms.sd, norms.reliability)
    return Point(response.timepoint.title, value, max(low, limits[0]), min(high, limits[1]))
