"""Rules by which pages suit a person: plain conditions on what people said, never on a score of a day.

A rule holds or it does not; nothing is weighed, learned or guessed. Each names the places it changes and what it
does there, and the page says so under "Why am I seeing this?". The same input gives the same list in the same order.

>>> [effect.place for effect in applied(Situation(circumstances=frozenset({"breath-hard"})))]
['today', 'practices', 'practice/p04-soothing-rhythm-breathing']
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol, TypeVar

from allay.content.schema import Circumstance, SessionText

QUIET = timedelta(days=14)  # without opening a page

ARRIVING, ANCHOR, RHYTHM, NO_BREATH = (
    "p01-arriving",
    "p02-anchor",
    "p04-soothing-rhythm-breathing",
    "p05-rhythm-without-breath",
)
MOVEMENT, KIND_PLACE, HAND, FLARE = (
    "p08-movement-as-a-kindness",
    "p09-kind-place",
    "p12-supportive-hand",
    "p15-first-five-minutes",
)
BODY_TOUR, PAUSE = "p22-kind-body-tour", "p24-stopping-is-part-of-it"
# kindness that goes to others, and that comes from them; then what turns to oneself
TO_OTHERS = ("p17-just-like-me", "p11-someone-or-something-kind")
TO_SELF = (
    "p10-compassionate-self",
    HAND,
    "p13-two-chairs-one-breath",
    "p14-tone-practice",
    "p16-compassionate-letter",
    "p23-sixty-kind-seconds",
)

Does = Literal[
    "other-words",  # a passage or a note is worded for the person
    "first-form",  # a form of the practice is named first
    "first",  # these practices come first, and are open from the start
    "last",  # these come last
    "instead",  # the second takes the place of the first
    "hidden",  # these are left out until the person chooses them
    "plan-first",  # the flare plan comes first
    "shortest",  # only the shortest form is offered
    "no-reminders",
    "ask-whether-on",  # whether the flare is still on
    "one-message",  # one plain message, then none
    "call",  # a facilitator is asked to call
    "voice-first",
]


@dataclass(frozen=True)
class Situation:
    """What the rules look at. `circumstances` as `content.schema.Circumstance` names them."""

    circumstances: frozenset[str] = frozenset()
    had_to_stop: bool = False  # any practice, at any time
    chosen: frozenset[str] = frozenset()  # practices that the person chose all the same, or keeps close
    unwanted: frozenset[str] = frozenset()  # practices of which the person said that they are not for them
    skipped: frozenset[str] = frozenset()  # places of the body that the person leaves out
    flare: bool = False
    flare_asks: bool = False  # two days went by since it was said to be on
    away: timedelta = timedelta()  # since a page was last opened or something was sent
    voice_first: bool = False


@dataclass(frozen=True)
class Effect:
    """What a rule does at a place: "today", "practices", "practice/<id>", "session/<week>", "reminders", "group"."""

    rule: str
    place: str
    does: Does
    practices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    id: str
    holds: Callable[[Situation], bool]
    effects: tuple[tuple[str, Does, tuple[str, ...]], ...] = ()  # place, what it does, with which practices


def _said(name: str) -> Callable[[Situation], bool]:
    return lambda person: name in person.circumstances


def _doing(*names: str) -> Callable[[Situation], bool]:
    return lambda person: person.circumstances & {"over", "under"} == set(names)


def _gently(person: Situation) -> bool:
    return "go-gently" in person.circumstances or person.had_to_stop


def _everywhere(does: Does, *practices: str) -> tuple[tuple[str, Does, tuple[str, ...]], ...]:
    return ("today", does, practices), ("practices", does, practices)


RULES: tuple[Rule, ...] = (
    Rule(
        "flare",
        lambda person: person.flare,
        (
            ("today", "plan-first", (FLARE,)),
            ("today", "shortest", ()),
            ("practice", "shortest", ()),
            ("reminders", "no-reminders", ()),
        ),
    ),
    Rule("flare-asks", lambda person: person.flare and person.flare_asks, (("today", "ask-whether-on", ()),)),
    Rule(
        "away",
        lambda person: person.away >= QUIET,
        (("today", "one-message", ()), ("reminders", "one-message", ())),
    ),
    Rule(
        "energy-limited",
        _said("energy-limited"),
        (*_everywhere("first", PAUSE), (f"practice/{MOVEMENT}", "first-form", (MOVEMENT,))),
    ),
    Rule("touch-sensitive", _said("touch-sensitive"), ((f"practice/{HAND}", "first-form", (HAND,)),)),
    Rule(
        "breath-hard",
        _said("breath-hard"),
        (
            *_everywhere("instead", RHYTHM, NO_BREATH),
            (f"practice/{RHYTHM}", "instead", (RHYTHM, NO_BREATH)),
        ),
    ),
    Rule(
        "go-gently",
        _gently,
        (*_everywhere("hidden", KIND_PLACE, BODY_TOUR), *_everywhere("first", ANCHOR)),
    ),
    Rule(
        "kindness-hard",
        _said("kindness-hard"),
        (*_everywhere("first", *TO_OTHERS), *_everywhere("last", *TO_SELF), ("group", "call", ())),
    ),
    Rule("doing-over", _doing("over"), (*_everywhere("first", PAUSE), ("session/5", "other-words", ()))),
    Rule("doing-under", _doing("under"), (*_everywhere("first", MOVEMENT), ("session/5", "other-words", ()))),
    Rule(
        "doing-both",
        _doing("over", "under"),
        (*_everywhere("first", PAUSE, MOVEMENT), ("session/5", "other-words", ())),
    ),
    Rule("voice-first", lambda person: person.voice_first, (("practice", "voice-first", ()),)),
    # What these two change is the person's own word: which steps (`places.without`), which practice (`main_practice`).
    Rule("leaves-out", lambda person: bool(person.skipped)),
    Rule("not-for-me", lambda person: bool(person.unwanted)),
)
# Words of sessions and practices that are chosen by a circumstance: which rule that is.
WORDED: dict[Circumstance, str] = {
    "primary": "pain-understanding",
    "secondary": "pain-understanding",
    "mixed": "pain-understanding",
    "unknown": "pain-understanding",
    "energy-limited": "energy-limited",
    "touch-sensitive": "touch-sensitive",
    "breath-hard": "breath-hard",
    "online": "online",
}


def applied(person: Situation) -> tuple[Effect, ...]:
    """Everything that the rules do for this person, in the order of the rules."""
    return tuple(_effects(person))


def _effects(person: Situation) -> Iterator[Effect]:
    for rule in RULES:
        if rule.holds(person):
            for place, does, practices in rule.effects:
                left = tuple(name for name in practices if name not in _spared(does, person))
                if left or not practices:
                    yield Effect(rule.id, place, does, left)


def _spared(does: Does, person: Situation) -> frozenset[str]:
    """What the person's own word keeps from a rule: it hides nothing they chose, and puts nothing unwanted first."""
    if does == "hidden":
        return person.chosen
    return person.unwanted if does == "first" else frozenset()


def of_session(text: SessionText, week: int, person: Situation) -> tuple[Effect, ...]:
    """What the rules do to the words of a session: those whose passages this person reads, each once."""
    worded = _worded(text.variants, f"session/{week}", person)
    return (*worded, *(effect for effect in applied(person) if effect.place == f"session/{week}"))


class _Variant(Protocol):
    @property
    def when(self) -> tuple[Circumstance, ...]: ...


def _worded(variants: Iterable[_Variant], place: str, person: Situation) -> tuple[Effect, ...]:
    fitting = [name for variant in variants for name in variant.when if name in person.circumstances]
    return tuple(
        Effect(rule, place, "other-words") for rule in dict.fromkeys(WORDED[name] for name in fitting)
    )


def of_practice(practice: str, variants: Iterable[_Variant], person: Situation) -> tuple[Effect, ...]:
    """What the rules do on the page of a practice; a note of its own is said once, with the rule behind it."""
    place = f"practice/{practice}"
    own = [effect for effect in applied(person) if effect.place in (place, "practice")]
    named = {effect.rule for effect in own}
    return (*own, *(effect for effect in _worded(variants, place, person) if effect.rule not in named))


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Thing = TypeVar("Thing", bound=_Named)


def arranged(
    practices: Iterable[Thing], effects: Iterable[Effect], place: str = "practices"
) -> tuple[Thing, ...]:
    """Practices in the order the rules give them; what is hidden is left out, nothing else is lost."""
    here = [effect for effect in effects if effect.place == place]
    left = [thing for thing in practices if thing.id not in _all(here, "hidden")]
    first, last = _all(here, "first"), _all(here, "last")
    order = {thing.id: position for position, thing in enumerate(left)}
    for before, after in (effect.practices for effect in here if effect.does == "instead"):
        if before in order and after in order:
            order[after] = min(order[after], order[before])
            order[before] = len(left)
    return tuple(sorted(left, key=lambda thing: (*_rank(thing.id, first, last), order[thing.id])))


def _rank(name: str, first: tuple[str, ...], last: tuple[str, ...]) -> tuple[int, int]:
    if name in first:
        return -1, first.index(name)
    return (1, last.index(name)) if name in last else (0, 0)


def _all(effects: Iterable[Effect], does: Does) -> tuple[str, ...]:
    found = (name for effect in effects if effect.does == does for name in effect.practices)
    return tuple(dict.fromkeys(found))


def hidden(effects: Iterable[Effect]) -> tuple[str, ...]:
    """Practices that are left out until the person chooses them."""
    return _all(effects, "hidden")


def opened(effects: Iterable[Effect]) -> tuple[str, ...]:
    """Practices that a rule opens before the week of their session: what it puts first or in place of another."""
    instead = tuple(effect.practices[-1] for effect in effects if effect.does == "instead")
    return tuple(dict.fromkeys((*_all(effects, "first"), *instead)))


def main_practice(
    offered: Iterable[str], effects: Iterable[Effect], unwanted: frozenset[str] = frozenset()
) -> tuple[str | None, Effect | None]:
    """The practice of Today and, where a rule chose it, what that rule did; None where all that fits is unwanted.

    `offered` are the week's main practices, then its alternatives. Raises ValueError when there is none.
    """
    week, here = list(offered), [effect for effect in effects if effect.place == "today"]
    found, effect = _by_rules(week, here)
    if found not in unwanted:
        return found, effect
    barred = {*unwanted, *_all(here, "hidden"), *_all(here, "last")}
    barred |= {effect.practices[0] for effect in here if effect.does == "instead"}
    calm = effect is not None and effect.does == "plan-first"  # in a flare nothing that asks for more
    others = (ANCHOR, ARRIVING) if calm else (*week, ARRIVING, ANCHOR)
    mine = Effect("not-for-me", "today", "hidden", (found,))
    return next((name for name in others if name not in barred), None), mine


def _by_rules(week: list[str], here: list[Effect]) -> tuple[str, Effect | None]:
    for effect in here:
        if effect.does == "plan-first":
            return effect.practices[0], effect
    if not week:
        raise ValueError("no practice is offered")
    wanted = week[0]
    for effect in here:
        if effect.does == "instead" and wanted == effect.practices[0]:
            return effect.practices[1], effect
        if effect.does in ("hidden", "last") and wanted in effect.practices:
            return _in_place_of(effect, here, week), effect
    return _preferred(wanted, week, here)


def _in_place_of(effect: Effect, here: list[Effect], week: list[str]) -> str:
    """What the same rule puts first, else the next of the week that nothing hides or puts last."""
    firsts = [other.practices[0] for other in here if other.rule == effect.rule and other.does == "first"]
    barred = {*_all(here, "hidden"), *_all(here, "last")}
    return next(iter(firsts), next((name for name in week if name not in barred), ARRIVING))


def _preferred(wanted: str, week: list[str], here: list[Effect]) -> tuple[str, Effect | None]:
    """Of the week's own, the one that a rule puts first; rules do not change what a week is about."""
    for effect in here:
        if effect.does == "first":
            for name in effect.practices:
                if name in week:
                    return name, effect if name != wanted else None
    return wanted, None


def week_practices(
    names: Iterable[str], alternatives: Iterable[str], effects: Iterable[Effect]
) -> tuple[tuple[str, ...], tuple[Effect, ...]]:
    """The practices of a session as this person is offered them, and the effects that changed some.

    What a rule puts first comes first where the session has it among its alternatives.
    """
    here = [effect for effect in effects if effect.place == "practices"]
    own = list(names)
    week = {*own, *alternatives}
    found, used = [], []
    for effect in here:
        ahead = [name for name in effect.practices if effect.does == "first" and name in week]
        found += ahead
        used += [effect] if ahead and ahead != own[: len(ahead)] else []
    for name in own:
        replaced_by = next((one for one in here if _replaces(one, name)), None)
        found.append(_swapped(name, replaced_by, here))
        used += [replaced_by] if replaced_by else []
    return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(used))


def _replaces(effect: Effect, name: str) -> bool:
    return (effect.does == "hidden" and name in effect.practices) or (
        effect.does == "instead" and name == effect.practices[0]
    )


def _swapped(name: str, effect: Effect | None, here: list[Effect]) -> str:
    if effect is None:
        return name
    return effect.practices[1] if effect.does == "instead" else _in_place_of(effect, here, [])


def only_shortest(effects: Iterable[Effect]) -> bool:
    return any(effect.does == "shortest" for effect in effects)


Reminders = Literal["as chosen", "one plain message", "none"]


def reminders(person: Situation, *, told: bool) -> Reminders:
    """What may be sent: nothing in a flare; after two weeks away one plain message, and when it went out nothing."""
    here = {effect.does for effect in applied(person) if effect.place == "reminders"}
    if "no-reminders" in here:
        return "none"
    if "one-message" in here:
        return "none" if told else "one plain message"
    return "as chosen"
