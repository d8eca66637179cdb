"""Instruments: words copied exactly, worked examples that come out, bands without gaps."""

from datetime import date

import pytest

from allay.content import library

CONTENT = library.load()
INSTRUMENTS = CONTENT.instruments.values()
each = pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda instrument: instrument.id)

PHQ_STEM = "Over the last 2 weeks, how often have you been bothered by any of the following problems?"
PHQ_OPTIONS = ["Not at all", "Several days", "More than half the days", "Nearly every day"]
PHQ_8 = [
    "Little interest or pleasure in doing things",
    "Feeling down, depressed, or hopeless",
    "Trouble falling or staying asleep, or sleeping too much",
    "Feeling tired or having little energy",
    "Poor appetite or overeating",
    "Feeling bad about yourself — or that you are a failure or have let yourself or your family down",
    "Trouble concentrating on things, such as reading the newspaper or watching television",
    "Moving or speaking so slowly that other people could have noticed? Or the opposite — being so fidgety "
    "or restless that you have been moving around a lot more than usual",
]
GAD_7 = [
    "Feeling nervous, anxious or on edge",
    "Not being able to stop or control worrying",
    "Worrying too much about different things",
    "Trouble relaxing",
    "Being so restless that it is hard to sit still",
    "Becoming easily annoyed or irritable",
    "Feeling afraid as if something awful might happen",
]

SCS_STEM = (
    "How I typically act towards myself in difficult times. Please read each statement carefully before answering "
    "and say how often you behave in the stated manner."
)
SCS_SF = [
    "When I fail at something important to me I become consumed by feelings of inadequacy.",
    "I try to be understanding and patient towards those aspects of my personality I don't like.",
    "When something painful happens I try to take a balanced view of the situation.",
    "When I'm feeling down, I tend to feel like most other people are probably happier than I am.",
    "I try to see my failings as part of the human condition.",
    "When I'm going through a very hard time, I give myself the caring and tenderness I need.",
    "When something upsets me I try to keep my emotions in balance.",
    "When I fail at something that's important to me, I tend to feel alone in my failure.",
    "When I'm feeling down I tend to obsess and fixate on everything that's wrong.",
    "When I feel inadequate in some way, I try to remind myself that feelings of inadequacy are shared by most people.",
    "I'm disapproving and judgmental about my own flaws and inadequacies.",
    "I'm intolerant and impatient towards those aspects of my personality I don't like.",
]


def scored(instrument, answers):
    """The declared rules once more, in the shortest way, so that examples are checked without science."""
    scores = {}
    for rule in instrument.scores:
        given = [
            scale.low + scale.high - answers[item.id] if item.reverse else answers[item.id]
            for item in instrument.items
            for scale in [instrument.scale_of(item)]
            if item.id in rule.items and answers[item.id] is not None
        ]
        mean = sum(given) / len(given) if len(given) >= rule.min_answered else None
        scores[rule.id] = mean * len(rule.items) if mean is not None and rule.method == "sum" else mean
    return scores


def test_examples_come_out_by_a_second_reckoning():
    assert library.check(scorer=scored) == []


def test_a_wrong_reckoning_is_named():
    faults = library.check(scorer=lambda instrument, answers: {rule.id: 99.0 for rule in instrument.scores})
    shown = "phq-8/examples.toml: examples.0.scores: total is 0 in the file and comes out as 99"
    assert any(shown in str(fault) for fault in faults)


@pytest.mark.parametrize(("name", "items"), [("phq-8", PHQ_8), ("gad-7", GAD_7)])
def test_public_questionnaires_are_copied_word_for_word(name, items):
    words = CONTENT.instruments[name].wording["en"]
    assert words.instruction == PHQ_STEM
    assert list(words.items.values()) == items
    assert [words.options["frequency"][str(value)] for value in range(4)] == PHQ_OPTIONS


def test_the_short_self_compassion_scale_is_copied_word_for_word():
    words = CONTENT.instruments["scs-sf"].wording["en"]
    assert words.instruction == SCS_STEM
    assert list(words.items.values()) == SCS_SF
    assert words.ends["often"] == ("Almost never", "Almost always")
    assert "Raes" in words.credit


def test_the_short_self_compassion_scale_is_scored_as_published():
    scale = CONTENT.instruments["scs-sf"]
    turned = [number for number, item in enumerate(scale.items, start=1) if item.reverse]
    assert turned == [1, 4, 8, 9, 11, 12]
    assert {rule.id: [int(item[3:]) for item in rule.items] for rule in scale.scores} == {
        "total": list(range(1, 13)),
        "compassionate": [2, 3, 5, 6, 7, 10],
        "less-uncompassionate": [1, 4, 8, 9, 11, 12],
    }
    assert {rule.method for rule in scale.scores} == {"mean"}
    assert not any(rule.change or rule.bands for rule in scale.scores)  # no standard deviation was found


def test_worry_has_its_own_change_numbers():
    change = CONTENT.instruments["gad-7"].rule("total").change
    assert (change.borrowed_from, change.reliability, change.sd, change.important) == (None, 0.83, 4.76, None)


@pytest.mark.parametrize(
    ("timepoint", "most"), [("baseline", 10), ("week-6", 3), ("week-12", 10), ("month-3", 10)]
)
def test_no_sitting_takes_longer_than_it_may(timepoint, most):
    (asked,) = [one for one in CONTENT.schedules["compassion-12"].timepoints if one.id == timepoint]
    assert asked.minutes == most
    assert sum(CONTENT.instruments[name].wording["en"].minutes for name in asked.instruments) <= most


def test_phq_8_says_whose_change_numbers_it_borrows():
    change = CONTENT.instruments["phq-8"].rule("total").change
    assert (change.borrowed_from, change.reliability, change.sd, change.important) == ("PHQ-9", 0.84, 6.3, 5)


@pytest.mark.parametrize(("value", "band"), [(0, "minimal"), (4.57, "minimal"), (5, "mild"), (24, "severe")])
def test_a_prorated_score_has_a_band_too(value, band):
    assert CONTENT.instruments["phq-8"].rule("total").band_of(value).id == band


def test_global_change_runs_from_worse_to_better():
    labels = CONTENT.instruments["global-change"].wording["en"].options["change"]
    assert (labels["1"], labels["4"], labels["7"]) == (
        "Very much worse",
        "About the same",
        "Very much better",
    )


@each
def test_licence_says_why_the_words_may_stand_here(instrument):
    assert instrument.licence.status in ("bundled", "own")
    assert instrument.licence.checked_on == date(2026, 11, 22)


@each
def test_examples_cover_the_ends_and_a_missing_score(instrument):
    low, high = instrument.score_range(instrument.scores[0])
    found = {example.scores[instrument.scores[0].id] for example in instrument.examples}
    assert {low, high, None} <= found


@each
def test_fingerprint_is_a_sha_256(instrument):
    assert len(instrument.fingerprint) == 64
    assert int(instrument.fingerprint, 16)


@each
def test_own_words_carry_a_review_mark(instrument):
    marked = instrument.wording["en"].review is not None
    assert marked == (instrument.licence.status == "own")
