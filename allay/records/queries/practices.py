"""Which practices somebody may open now, and what to offer when one does not suit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allay.content import library
from allay.content.schema import Practice, Session
from allay.records.errors import NotYours
from allay.records.models import Enrolment
from allay.records.queries.today import open_sessions, wording

FOR_A_FLARE = "p15-first-five-minutes"  # open to everybody from the first day
STEPS = ("mindfulness", "self-kindness", "common-humanity", "support", "body-and-pacing")


@dataclass(frozen=True)
class PracticeLine:
    id: str
    name: str
    about: str


@dataclass(frozen=True)
class StepShelf:
    """One of the steps of the programme, with the practices that serve it."""

    step: str
    practices: tuple[PracticeLine, ...]


def available(enrolment: Enrolment, at: datetime) -> tuple[Practice, ...]:
    """The written practices of the sessions that have come, with their alternatives.

    The practices of the first session and the one for a flare are open from the start, also to a waiting
    group. Practices that may stir strong feelings so come only with the session that prepares for them.
    """
    content = library.load()
    first = content.programmes[enrolment.study.programme].sessions[:1]
    named = {FOR_A_FLARE, *_named(first), *_named(open_sessions(enrolment, at))}
    return tuple(practice for practice in content.practices.values() if practice.id in named)


def _named(sessions: Iterable[Session]) -> set[str]:
    return {name for session in sessions for name in (*session.practices, *session.alternatives)}


def by_step(practices: Iterable[Practice], language: str) -> tuple[StepShelf, ...]:
    """The practices under their steps; a step without one is left out."""
    found = tuple(practices)
    shelves = (
        StepShelf(step, tuple(_line(practice, language) for practice in found if practice.step == step))
        for step in STEPS
    )
    return tuple(shelf for shelf in shelves if shelf.practices)


def _line(practice: Practice, language: str) -> PracticeLine:
    text = wording(practice.text, language)
    return PracticeLine(practice.id, text.name, text.about)


def one(enrolment: Enrolment, practice: str, at: datetime) -> Practice:
    """Raises NotYours for a practice that is not open to the person, or not there at all."""
    found = next((known for known in available(enrolment, at) if known.id == practice), None)
    if found is None:
        raise NotYours
    return found


def instead_of(practice: Practice, open_now: Iterable[Practice]) -> tuple[Practice, ...]:
    """What to offer in place of a practice: its own alternatives first, at most two."""
    others = [other for other in open_now if other.id != practice.id]
    suited = sorted(others, key=lambda other: other.id not in practice.alternatives)
    return tuple(suited[:2])
