"""Reliable change: published worked examples, boundaries, and refusals."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allay.science.change import change_band, classify, crossed, cutoff, measurement_error, reliable_change

near = pytest.approx


def test_hypothetical_case_of_jacobson_and_truax_1991():
    change = reliable_change(32.5, 47.5, sd=7.5, reliability=0.80)
    assert change.measurement_error == near(3.354102, abs=1e-6)
    assert change.difference_error == near(4.743416, abs=1e-6)
    assert change.index == near(3.162278, abs=1e-6)


def test_smallest_reliable_change_of_that_case_with_the_rounded_z_of_the_paper():
    assert reliable_change(32.5, 47.5, sd=7.5, reliability=0.80, z=1.96).threshold == near(9.2971, abs=1e-4)


@pytest.mark.parametrize(("kind", "expected"), [("a", 55), ("b", 45), ("c", 50)])
def test_cutoffs_of_jacobson_and_truax_1991(kind, expected):
    assert cutoff(kind, (40, 7.5), (60, 7.5), "higher") == near(expected)


@pytest.mark.parametrize(("kind", "expected"), [("a", 68.35 - 2 * 22.33), ("b", 50 + 2 * 22), ("c", 59.1067)])
def test_cutoffs_for_a_scale_where_lower_is_better(kind, expected):
    assert cutoff(kind, (68.35, 22.33), (50, 22), "lower") == near(expected, abs=1e-4)


@pytest.mark.parametrize(("kind", "expected"), [("a", 18.169757), ("b", 24.0), ("c", 19.886998)])
def test_cutoff_b_uses_the_functional_deviation(kind, expected):
    assert cutoff(kind, (24.85, 3.3401213), (8, 8), "lower") == near(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("change", "index"),
    [(-8, -2.529822), (-4, -1.264911), (0, 0), (4, 1.264911), (8, 2.529822)],
)
def test_index_of_unit_examples(change, index):
    assert reliable_change(20, 20 + change, sd=5, reliability=0.8).index == near(index, abs=1e-6)


def test_error_band_is_z_measurement_errors_wide():
    low, high = change_band(20, sd=5, reliability=0.8)
    assert (low, high) == (near(20 - 1.959964 * 5 * math.sqrt(0.2)), near(20 + 1.959964 * 5 * math.sqrt(0.2)))


def test_change_exactly_at_z_is_not_reliable():
    z = reliable_change(20, 12, sd=5, reliability=0.8).index
    assert classify(20, 12, better="lower", sd=5, reliability=0.8, z=abs(z)).reliable == "unchanged"


@pytest.mark.parametrize(
    ("after", "better", "verdict"),
    [
        (10, "lower", "improved"),
        (30, "lower", "worsened"),
        (10, "higher", "worsened"),
        (30, "higher", "improved"),
    ],
)
def test_direction_decides_what_improved_means(after, better, verdict):
    assert classify(20, after, better=better, sd=5, reliability=0.8).reliable == verdict


def test_only_the_improved_can_recover():
    person = classify(20.5, 19.5, better="lower", sd=5, reliability=0.8, cutoff=20)
    assert (person.reliable, person.recovered) == ("unchanged", False)


def test_improved_and_crossed_is_recovered():
    assert classify(30, 15, better="lower", sd=5, reliability=0.8, cutoff=20).recovered


def test_improved_from_the_functional_side_is_not_recovered():
    assert not classify(19, 5, better="lower", sd=5, reliability=0.8, cutoff=20).recovered


@pytest.mark.parametrize(("before", "after"), [(24.0, 10), (30, 24.0)])
def test_standing_on_the_cutoff_is_not_crossing_it(before, after):
    assert not crossed(before, after, 24.0, "lower")


def test_without_a_cutoff_nobody_recovers():
    assert not classify(30, 5, better="lower", sd=5, reliability=0.8).recovered


@pytest.mark.parametrize(
    ("after", "gained", "lost"),
    [(13, True, False), (14, False, False), (27, False, True), (26, False, False)],
)
def test_important_change_includes_the_amount_itself(after, gained, lost):
    person = classify(20, after, better="lower", sd=5, reliability=0.8, important=7)
    assert (person.important, person.importantly_worse) == (gained, lost)


def test_important_change_forgives_binary_rounding():
    assert classify(2.3, 1.3, better="lower", sd=5, reliability=0.8, important=1).important


def test_without_an_important_amount_nothing_is_said():
    person = classify(20, 10, better="lower", sd=5, reliability=0.8)
    assert (person.important, person.importantly_worse) == (None, None)


@pytest.mark.parametrize(
    ("sd", "reliability"), [(0, 0.8), (-1, 0.8), (math.nan, 0.8), (5, 0), (5, 1), (5, math.nan)]
)
def test_impossible_norms_are_refused(sd, reliability):
    with pytest.raises(ValueError, match="must"):
        measurement_error(sd, reliability)


@pytest.mark.parametrize(("kind", "missing"), [("a", "clinical"), ("b", "functional"), ("c", "clinical")])
def test_a_cutoff_without_its_population_is_refused(kind, missing):
    with pytest.raises(ValueError, match=missing):
        cutoff(kind, None, None, "lower")


@given(st.floats(-100, 100), st.floats(-100, 100), st.floats(0.1, 50), st.floats(0.01, 0.99))
def test_turning_the_scale_round_turns_the_verdict_round(before, after, sd, reliability):
    there = classify(before, after, better="higher", sd=sd, reliability=reliability)
    mirrored = classify(-before, -after, better="lower", sd=sd, reliability=reliability)
    assert there.reliable == mirrored.reliable
