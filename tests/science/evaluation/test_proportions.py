"""Intervals of shares and of their differences, and numbers needed: published figures, base R, edges."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allay.science.evaluation.intervals import wilson
from allay.science.evaluation.proportions import exact, newcombe, number_needed
from allay.science.evaluation.results.proportions import NeededEnd, ShareDifference

from .conftest import REFERENCE

near = pytest.approx
relaxed = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
PROPORTIONS = json.loads((REFERENCE.parent / "change" / "change.json").read_text())["proportions"]


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_intervals_printed_by_newcombe_1998(counts, low, high):
    ours = newcombe(*counts, 0.95)
    assert (ours.low, ours.high) == near((low, high), abs=5e-5)


@pytest.mark.parametrize("case", PROPORTIONS, ids=lambda case: "-".join(map(str, case["counts"])))
def test_intervals_of_base_r(case):
    count, n, other, m = case["counts"]
    difference, own = newcombe(count, n, other, m, 0.95), exact(count, n, 0.95)
    assert (difference.low, difference.high) == near(tuple(case["newcombe"]), abs=1e-9)
    assert (wilson(count, n, 0.95).low, wilson(count, n, 0.95).high) == near(tuple(case["wilson"]), abs=1e-9)
    assert (own.low, own.high) == near(tuple(case["exact"]), abs=1e-9)
    other_share = exact(other, m, 0.9)
    assert (other_share.low, other_share.high) == near(tuple(case["exact90"]), abs=1e-9)


@given(st.integers(1, 60), st.integers(1, 60), st.data())
@relaxed
def test_a_difference_turned_round_is_the_same(n, m, data):
    count, other = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    there, back = newcombe(count, n, other, m, 0.95), newcombe(other, m, count, n, 0.95)
    assert (there.low, there.high) == near((-back.high, -back.low), abs=1e-12)
    assert -1 - 1e-12 <= there.low <= there.estimate <= there.high <= 1 + 1e-12


def test_number_needed_to_benefit_as_altman_1998_writes_it():
    """A difference of 10 points, from -5 to 25: 10 to benefit; from 4 to benefit, through infinity, to 20 to harm."""
    needed = number_needed(ShareDifference(0.10, -0.05, 0.25), "benefit")
    assert needed.estimate == NeededEnd("benefit", near(10))
    assert (needed.best, needed.worst) == (NeededEnd("benefit", near(4)), NeededEnd("harm", near(20)))
    assert needed.through_infinity


def test_an_interval_on_one_side_is_turned_over():
    needed = number_needed(ShareDifference(0.25, 0.10, 0.40), "benefit")
    assert (needed.estimate.people, needed.best.people, needed.worst.people) == near((4, 2.5, 10))
    assert {needed.best.direction, needed.worst.direction} == {"benefit"}
    assert not needed.through_infinity


def test_more_of_a_harm_is_a_number_needed_to_harm():
    needed = number_needed(ShareDifference(0.10, 0.02, 0.20), "harm")
    assert needed.estimate == NeededEnd("harm", near(10))
    assert (needed.best, needed.worst) == (NeededEnd("harm", near(50)), NeededEnd("harm", near(5)))


def test_fewer_of_a_harm_is_a_benefit():
    assert number_needed(ShareDifference(-0.2, -0.3, -0.1), "harm").estimate == NeededEnd("benefit", near(5))


def test_no_difference_needs_infinitely_many():
    needed = number_needed(ShareDifference(0.0, -0.1, 0.2), "benefit")
    assert needed.estimate.people is None
    assert (needed.best, needed.worst) == (NeededEnd("benefit", near(5)), NeededEnd("harm", near(10)))


def test_an_end_at_nought_is_infinitely_many():
    needed = number_needed(ShareDifference(0.2, 0.0, 0.4), "benefit")
    assert needed.worst == NeededEnd("harm", None)
    assert needed.through_infinity


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1), st.sampled_from(["benefit", "harm"]))
@relaxed
def test_the_numbers_are_inverses(estimate, below, above, more_is):
    difference = ShareDifference(estimate, estimate - below, estimate + above)
    needed = number_needed(difference, more_is)
    gains = sorted(
        difference_end if more_is == "benefit" else -difference_end
        for difference_end in (difference.low, difference.high)
    )
    for end, gain in ((needed.worst, gains[0]), (needed.best, gains[1])):
        if end.people is None:
            assert abs(gain) < 1e-12
        else:
            assert (1 / end.people, end.direction) == (near(abs(gain)), "benefit" if gain > 0 else "harm")
