"""Every row of the table of rules, with what it must do written out by hand."""

import random
from dataclasses import dataclass
from datetime import timedelta

import pytest

from allay.content import library
from allay.science import rules
from allay.science.rules import Effect, Situation

P01, P02, P04, P05 = (
    "p01-arriving",
    "p02-anchor",
    "p04-soothing-rhythm-breathing",
    "p05-rhythm-without-breath",
)
P08, P09, P10, P11, P12 = (
    "p08-movement-as-a-kindness",
    "p09-kind-place",
    "p10-compassionate-self",
    "p11-someone-or-something-kind",
    "p12-supportive-hand",
)
P13, P14, P15, P16, P17 = (
    "p13-two-chairs-one-breath",
    "p14-tone-practice",
    "p15-first-five-minutes",
    "p16-compassionate-letter",
    "p17-just-like-me",
)
P22, P23, P24 = "p22-kind-body-tour", "p23-sixty-kind-seconds", "p24-stopping-is-part-of-it"
TO_SELF = (P10, P12, P13, P14, P16, P23)

NOBODY = Situation()
ROWS = {
    "nothing said": (NOBODY, []),
    "energy-limited": (
        Situation(circumstances=frozenset({"energy-limited"})),
        [
            ("energy-limited", "today", "first", (P24,)),
            ("energy-limited", "practices", "first", (P24,)),
            ("energy-limited", f"practice/{P08}", "first-form", (P08,)),
        ],
    ),
    "touch-sensitive": (
        Situation(circumstances=frozenset({"touch-sensitive"})),
        [("touch-sensitive", f"practice/{P12}", "first-form", (P12,))],
    ),
    "breath-hard": (
        Situation(circumstances=frozenset({"breath-hard"})),
        [
            ("breath-hard", "today", "instead", (P04, P05)),
            ("breath-hard", "practices", "instead", (P04, P05)),
            ("breath-hard", f"practice/{P04}", "instead", (P04, P05)),
        ],
    ),
    "go gently": (
        Situation(circumstances=frozenset({"go-gently"})),
        [
            ("go-gently", "today", "hidden", (P09, P22)),
            ("go-gently", "practices", "hidden", (P09, P22)),
            ("go-gently", "today", "first", (P02,)),
            ("go-gently", "practices", "first", (P02,)),
        ],
    ),
    "had to stop, and chose one of the two": (
        Situation(had_to_stop=True, chosen=frozenset({P09})),
        [
            ("go-gently", "today", "hidden", (P22,)),
            ("go-gently", "practices", "hidden", (P22,)),
            ("go-gently", "today", "first", (P02,)),
            ("go-gently", "practices", "first", (P02,)),
        ],
    ),
    "kindness hard": (
        Situation(circumstances=frozenset({"kindness-hard"})),
        [
            ("kindness-hard", "today", "first", (P17, P11)),
            ("kindness-hard", "practices", "first", (P17, P11)),
            ("kindness-hard", "today", "last", TO_SELF),
            ("kindness-hard", "practices", "last", TO_SELF),
            ("kindness-hard", "group", "call", ()),
        ],
    ),
    "does too much": (
        Situation(circumstances=frozenset({"over"})),
        [
            ("doing-over", "today", "first", (P24,)),
            ("doing-over", "practices", "first", (P24,)),
            ("doing-over", "session/5", "other-words", ()),
        ],
    ),
    "does too little": (
        Situation(circumstances=frozenset({"under"})),
        [
            ("doing-under", "today", "first", (P08,)),
            ("doing-under", "practices", "first", (P08,)),
            ("doing-under", "session/5", "other-words", ()),
        ],
    ),
    "does both": (
        Situation(circumstances=frozenset({"over", "under"})),
        [
            ("doing-both", "today", "first", (P24, P08)),
            ("doing-both", "practices", "first", (P24, P08)),
            ("doing-both", "session/5", "other-words", ()),
        ],
    ),
    "a flare": (
        Situation(flare=True),
        [
            ("flare", "today", "plan-first", (P15,)),
            ("flare", "today", "shortest", ()),
            ("flare", "practice", "shortest", ()),
            ("flare", "reminders", "no-reminders", ()),
        ],
    ),
    "a flare for two days": (
        Situation(flare=True, flare_asks=True),
        [
            ("flare", "today", "plan-first", (P15,)),
            ("flare", "today", "shortest", ()),
            ("flare", "practice", "shortest", ()),
            ("flare", "reminders", "no-reminders", ()),
            ("flare-asks", "today", "ask-whether-on", ()),
        ],
    ),
    "thirteen days away": (Situation(away=timedelta(days=14) - timedelta(seconds=1)), []),
    "fourteen days away": (
        Situation(away=timedelta(days=14)),
        [("away", "today", "one-message", ()), ("away", "reminders", "one-message", ())],
    ),
    "chose to hear": (Situation(voice_first=True), [("voice-first", "practice", "voice-first", ())]),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_of_the_table(row):
    person, expected = ROWS[row]
    assert rules.applied(person) == tuple(Effect(*effect) for effect in expected)


def session(week: int):
    return library.load().programmes["compassion-12"].session(week).text["en"]


@pytest.mark.parametrize("understood", ["primary", "secondary", "mixed", "unknown"])
def test_session_2_is_worded_by_what_is_understood_of_the_pain(understood):
    (effect,) = rules.of_session(session(2), 2, Situation(circumstances=frozenset({understood})))
    assert effect == Effect("pain-understanding", "session/2", "other-words")


def test_a_session_names_each_rule_once_and_only_those_that_change_it():
    person = Situation(
        circumstances=frozenset({"unknown", "energy-limited", "online", "over", "touch-sensitive"})
    )
    named = [effect.rule for effect in rules.of_session(session(5), 5, person)]
    assert named == ["energy-limited", "online", "doing-over"]
    assert rules.of_session(session(5), 5, NOBODY) == ()


def test_the_note_of_a_practice_is_said_with_the_rule_behind_it_once():
    variants = library.load().practices[P08].text["en"].variants
    person = Situation(circumstances=frozenset({"energy-limited"}), voice_first=True)
    named = [effect.rule for effect in rules.of_practice(P08, variants, person)]
    assert named == ["energy-limited", "voice-first"]


@dataclass(frozen=True)
class Thing:
    id: str


def order(names, person):
    return [thing.id for thing in rules.arranged([Thing(name) for name in names], rules.applied(person))]


@pytest.mark.parametrize(
    ("circumstances", "before", "after"),
    [
        ((), [P01, P04, P05, P09], [P01, P04, P05, P09]),
        (("breath-hard",), [P01, P04, P06 := "p06-wide-sky", P05], [P01, P05, P06, P04]),
        (("go-gently",), [P01, P02, P09, P22], [P02, P01]),
        (("kindness-hard",), [P01, P10, P11, P12, P17], [P17, P11, P01, P10, P12]),
        (("energy-limited",), [P01, P08, P24], [P24, P01, P08]),
        (("under",), [P01, P08, P24], [P08, P01, P24]),
        (("over", "under"), [P01, P08, P24], [P24, P08, P01]),
    ],
)
def test_practices_are_arranged(circumstances, before, after):
    assert order(before, Situation(circumstances=frozenset(circumstances))) == after


@pytest.mark.parametrize(
    ("person", "week", "main", "by"),
    [
        (NOBODY, [P04, P05], P04, None),
        (Situation(circumstances=frozenset({"breath-hard"})), [P04, P05], P05, "breath-hard"),
        (Situation(flare=True), [P08, P24], P15, "flare"),
        (Situation(had_to_stop=True), [P09, P10, P11], P02, "go-gently"),
        (Situation(had_to_stop=True, chosen=frozenset({P09, P22})), [P09, P10, P11], P09, None),
        (Situation(circumstances=frozenset({"kindness-hard"})), [P09, P10, P11], P11, "kindness-hard"),
        (Situation(circumstances=frozenset({"kindness-hard"})), [P13, P14, P12], P17, "kindness-hard"),
        (Situation(circumstances=frozenset({"energy-limited"})), [P08, P24, P01], P24, "energy-limited"),
        (Situation(circumstances=frozenset({"under"})), [P08, P24, P01], P08, None),
        (Situation(circumstances=frozenset({"over"})), [P01, P02], P01, None),
    ],
)
def test_the_practice_of_today_and_the_rule_that_chose_it(person, week, main, by):
    found, effect = rules.main_practice(week, rules.applied(person))
    assert (found, effect and effect.rule) == (main, by)


@pytest.mark.parametrize(
    ("said", "own", "alternatives", "offered", "by"),
    [
        ((), (P09, P10), (P11, P12), (P09, P10), []),
        (("go-gently",), (P09, P10), (P11, P12), (P02, P10), ["go-gently"]),
        (("kindness-hard",), (P09, P10), (P11, P12), (P11, P09, P10), ["kindness-hard"]),
        (("breath-hard",), (P04, P05), (P02,), (P05,), ["breath-hard"]),
        (("over",), (P08,), (P24, P01), (P24, P08), ["doing-over"]),
        (("under",), (P08,), (P24, P01), (P08,), []),
        (("over", "under"), (P08,), (P24, P01), (P24, P08), ["doing-both"]),
        (("energy-limited",), (P08,), (P24, P01), (P24, P08), ["energy-limited"]),
        (("energy-limited",), (P01,), (P02,), (P01,), []),
    ],
)
def test_what_a_session_offers_follows_the_rules(said, own, alternatives, offered, by):
    effects = rules.applied(Situation(circumstances=frozenset(said)))
    names, changed = rules.week_practices(own, alternatives, effects)
    assert (names, [effect.rule for effect in changed]) == (offered, by)


@pytest.mark.parametrize(
    ("person", "told", "sent"),
    [
        (NOBODY, False, "as chosen"),
        (Situation(flare=True), False, "none"),
        (Situation(away=timedelta(days=14)), False, "one plain message"),
        (Situation(away=timedelta(days=14)), True, "none"),
        (Situation(flare=True, away=timedelta(days=20)), False, "none"),
    ],
)
def test_what_may_be_sent(person, told, sent):
    assert rules.reminders(person, told=told) == sent


def test_the_same_person_gets_the_same_list_whatever_the_order_of_what_was_said():
    said = ["energy-limited", "breath-hard", "go-gently", "kindness-hard", "over", "touch-sensitive"]
    expected = rules.applied(Situation(circumstances=frozenset(said)))
    for seed in range(20):
        shuffled = random.Random(seed).sample(said, len(said))
        assert rules.applied(Situation(circumstances=frozenset(shuffled))) == expected


def test_every_practice_that_a_rule_names_is_written():
    named = {name for rule in rules.RULES for _place, _does, names in rule.effects for name in names}
    assert named <= set(library.load().practices)


def test_every_rule_has_its_plain_sentence():
    ids = {rule.id for rule in rules.RULES} | set(rules.WORDED.values())
    phrases = library.load().phrases
    assert ids == {key.removeprefix("rule.") for key in phrases if key.startswith("rule.")}


@pytest.mark.parametrize("understood", ["secondary", "mixed", "unknown"])
def test_nobody_else_reads_that_a_sensation_is_safe(understood):
    for week in range(1, 13):
        for passage in session(week).passages_for({understood}):
            words = passage.body.lower()
            assert "sensations are safe" not in words
            assert "sensation is safe" not in words
            assert "false alarm" not in words, (week, passage.heading)
