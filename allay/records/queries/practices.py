"""Which practices somebody may open now, and what to offer when one does not suit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from allay.content import library
from allay.content.schema import Practice, Session
from allay.records.errors import NotReady, NotYours
from allay.records.models import Enrolment
from allay.records.queries import reviewing, rules
from allay.records.queries.today import in_programme, open_sessions, wording
from allay.science import rules as science

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
    """Those that have come and may be shown: reviewed here, or accepted without."""
    return tuple(practice for practice in come(enrolment, at) if is_ready(practice, enrolment, at))


def is_ready(practice: Practice, enrolment: Enrolment, at: datetime) -> bool:
    accepts = rules.standing(enrolment, at).accepts_unreviewed
    return reviewing.is_ready(practice.text, enrolment.person.language, accepts_unreviewed=accepts)


def may_open(enrolment: Enrolment, practice: str, at: datetime) -> bool:
    return any(known.id == practice for known in available(enrolment, at))


def come(enrolment: Enrolment, at: datetime) -> tuple[Practice, ...]:
    """The written practices of the sessions that have come, with their alternatives.

    The practices of the first session and the one for a flare are open from the start, also to a waiting
    group, and so is, in the programme, what a rule puts first. Practices that may stir strong feelings so come only with the session that prepares for them.
    """
    content = library.load()
    first = content.programmes[enrolment.study.programme].sessions[:1]
    opened = () if not in_programme(enrolment) else science.opened(rules.effects(enrolment, at))
    close = rules.standing(enrolment, at).favourites  # one that a rule had opened stays
    named = {FOR_A_FLARE, *close, *_named(first), *_named(open_sessions(enrolment, at)), *opened}
    return tuple(practice for practice in content.practices.values() if practice.id in named)


@dataclass(frozen=True)
class Offered:
    """The practices as the rules and the person's own marks arrange them, and those that are set aside."""

    practices: tuple[Practice, ...]  # those kept close first
    favourites: frozenset[str]  # ids of those
    set_aside: tuple[Practice, ...]  # by a rule, until they are chosen
    not_for_me: tuple[Practice, ...]  # by the person, until they bring them back
    not_ready: tuple[Practice, ...]  # named only, until somebody here has reviewed them
    effects: tuple[science.Effect, ...]  # of the rules on this list


def offered(enrolment: Enrolment, at: datetime) -> Offered:
    """What is open now, arranged."""
    everything, so_far = available(enrolment, at), come(enrolment, at)
    here = tuple(effect for effect in rules.effects(enrolment, at) if effect.place == "practices")
    hidden, unwanted = science.hidden(here), rules.situation(enrolment, at).unwanted
    favourites = frozenset(rules.standing(enrolment, at).favourites)
    wanted = [practice for practice in everything if practice.id not in unwanted]
    arranged = science.arranged(wanted, here)
    return Offered(
        practices=tuple(sorted(arranged, key=lambda practice: practice.id not in favourites)),
        favourites=favourites,
        set_aside=tuple(practice for practice in wanted if practice.id in hidden),
        not_for_me=tuple(practice for practice in everything if practice.id in unwanted),
        not_ready=tuple(practice for practice in so_far if practice not in everything),
        effects=_touching(here, {practice.id for practice in wanted}),
    )


def _touching(effects: Iterable[science.Effect], there: set[str]) -> tuple[science.Effect, ...]:
    """Those that change something among what is there."""
    return tuple(effect for effect in effects if there & set(effect.practices))


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


def lines(practices: Iterable[Practice], language: str) -> tuple[PracticeLine, ...]:
    return tuple(_line(practice, language) for practice in practices)


def _line(practice: Practice, language: str) -> PracticeLine:
    text = wording(practice.text, language)
    return PracticeLine(practice.id, text.name, text.about)


def one(enrolment: Enrolment, practice: str, at: datetime) -> Practice:
    """Raises NotYours for a practice that is not open to the person, or not there at all; NotReady without review."""
    found = next((known for known in come(enrolment, at) if known.id == practice), None)
    if found is None:
        raise NotYours
    if not is_ready(found, enrolment, at):
        raise NotReady(
            _("This practice is not ready here yet. It will come. There is nothing you need to do.")
        )
    return found


def instead_of(practice: Practice, open_now: Iterable[Practice]) -> tuple[Practice, ...]:
    """What to offer in place of a practice: its own alternatives first, at most two."""
    others = [other for other in open_now if other.id != practice.id]
    suited = sorted(others, key=lambda other: other.id not in practice.alternatives)
    return tuple(suited[:2])
