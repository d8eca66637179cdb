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
