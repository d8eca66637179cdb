import math

import pytest

from allay.content.schema import Scale
from allay.science.scoring import ScoreValue, band_of, faults, score
from tests.parity.made_up import instrument, rule

ALL_ANSWERED = {"q1": 0, "q2": 1, "q3": 2, "q4": 3}
ITEMS = ("q1", "q2", "q3", "q4")
NOT_ANSWERS = [
    (-1, "-1"),
    (4, "4"),
    (1.5, "1.5"),
    (2.0, "2.0"),
    ("3", "'3'"),
    ("٣", r"'\u0663'"),
    (True, "true"),
    (False, "false"),
    (math.nan, "nan"),
    (math.inf, "inf"),
    ([], "a value of type list"),
    ({}, "a value of type dict"),
    (10**5000, "a very large number"),
    ("two\nlines", r"'two\nlines'"),
    ("\u202egnp", r"'\u202egnp'"),
    ("\udc80", r"'\udc80'"),
]


def only_score(made, answers):
    (value,) = score(made, answers)
    return value


def reason(made, answers):
    (fault,) = faults(made, answers)
    return fault.reason


def test_a_sum_adds_the_answers():
    assert only_score(instrument(), ALL_ANSWERED) == ScoreValue("total", 6.0, 4, 4, False)


def test_a_mean_divides_by_the_number_answered():
    made = instrument(rule("mean", ITEMS, method="mean", min_answered=3))
    assert only_score(made, {"q1": 0, "q2": 3, "q3": 2}).value == 5 / 3


def test_a_reversed_item_counts_as_its_mirror_image():
    made = instrument(rule("one", ("q1",)), reverse=("q1",))
    assert [only_score(made, {"q1": answer}).value for answer in (0, 1, 2, 3)] == [3, 2, 1, 0]


def test_reversing_uses_both_ends_of_the_scale():
    made = instrument(rule("one", ("q1",)), reverse=("q1",), scale=Scale(values=(1, 2, 3, 4, 5)))
    assert only_score(made, {"q1": 1}).value == 5


def test_a_sum_with_a_skipped_item_is_prorated():
    made = instrument(rule("total", ITEMS, min_answered=3))
    assert only_score(made, {**ALL_ANSWERED, "q1": None}) == ScoreValue("total", 8.0, 3, 4, True)


def test_an_absent_item_is_a_skipped_item():
    made = instrument(rule("total", ITEMS, min_answered=3))
    assert score(made, {"q2": 1, "q3": 2, "q4": 3}) == score(made, {**ALL_ANSWERED, "q1": None})


def test_with_too_few_answers_there_is_no_score():
    made = instrument(rule("total", ITEMS, min_answered=3))
    assert only_score(made, {"q2": 1, "q3": 2}) == ScoreValue("total", None, 2, 4, False)


def test_scores_come_in_the_order_of_the_definition():
    made = instrument(rule("second-half", ("q3", "q4")), rule("first-half", ("q1", "q2")))
    assert [value.id for value in score(made, ALL_ANSWERED)] == ["second-half", "first-half"]


def test_a_score_counts_only_its_own_items():
    made = instrument(rule("first-half", ("q1", "q2")))
    assert only_score(made, {"q1": 2, "q2": 3, "q3": None, "q4": 3}).value == 5


def test_good_and_skipped_answers_are_no_fault():
    assert faults(instrument(), {"q1": 0, "q2": None}) == ()


@pytest.mark.parametrize(("answer", "said"), NOT_ANSWERS, ids=[said for _, said in NOT_ANSWERS])
def test_anything_but_a_whole_number_of_the_scale_is_a_fault(answer, said):
    assert reason(instrument(), {"q2": answer}) == f"q2 takes a whole number from 0 to 3, not {said}."


def test_a_hole_in_a_scale_is_no_answer():
    made = instrument(scale=Scale(values=(0, 2, 5)))
    assert reason(made, {"q1": 1}) == "q1 takes one of 0, 2, 5, not 1."


def test_an_unknown_item_is_a_fault():
    assert reason(instrument(), {"q9": 1}) == "'q9' is not an item of made-up."


def test_a_fault_names_its_item():
    assert [fault.item for fault in faults(instrument(), {"q1": 9, "q2": 1, "q3": "x"})] == ["q1", "q3"]


@pytest.mark.parametrize(
    "answers",
    [{"q1": "x" * 5_000_000}, {"x" * 10_001: 1}, {"\0" * 300: 1}],
    ids=["long answer", "long item", "NUL item"],
)
def test_a_reason_is_short_and_on_one_line(answers):
    said = reason(instrument(), answers)
    assert len(said) <= 200
    assert said.isprintable()


def test_a_faulty_answer_is_never_scored():
    with pytest.raises(ValueError, match="q1 takes a whole number from 0 to 3, not 99"):
        score(instrument(), {**ALL_ANSWERED, "q1": 99})


@pytest.mark.parametrize(
    ("value", "band"), [(0, "few"), (4, "few"), (4.8, "few"), (5, "many"), (12, "many"), (-1, None)]
)
def test_a_score_belongs_to_the_last_band_it_has_reached(value, band):
    bands = ({"id": "few", "low": 0, "high": 4}, {"id": "many", "low": 5, "high": 12})
    found = band_of(rule("total", ITEMS, bands=bands), value)
    assert (found.id if found else None) == band


def test_without_bands_there_is_no_interpretation():
    assert band_of(rule("total", ITEMS), 3) is None
