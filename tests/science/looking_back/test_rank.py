"""The rank correlation of one person's days, and its interval."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr, t

from allay.science.looking_back import rank

START = date(2026, 1, 5)
ROW = st.integers(0, 10)
DIARY = st.lists(st.tuples(st.integers(1, 3), ROW, ROW), min_size=14, max_size=60)


def read(diary):
    """(gap, first, second) after one another, as days and two lists."""
    day, days = START, []
    for gap, _, _ in diary:
        day += timedelta(days=gap)
        days.append(day)
    return days, [a for _, a, _ in diary], [b for _, _, b in diary]


def varied(*sides):
    return all(len(side) - max(map(side.count, side)) >= 5 for side in sides)


@settings(max_examples=60, deadline=None)
@given(DIARY, st.randoms(use_true_random=False))
def test_the_order_in_which_days_are_given_changes_nothing(diary, random):
    days, first, second = read(diary)
    assume(varied(first, second))
    shuffled = list(zip(days, first, second, strict=True))
    random.shuffle(shuffled)
    assert rank.association(days, first, second) == rank.association(*map(list, zip(*shuffled, strict=True)))


@settings(max_examples=60, deadline=None)
@given(DIARY)
def test_turning_one_thing_round_turns_the_interval_round(diary):
    days, first, second = read(diary)
    assume(varied(first, second))
    found = rank.association(days, first, second)
    turned = rank.association(days, first, [10 - value for value in second])
    swapped = rank.association(days, second, first)
    assume(found is not None)
    low, high = found.interval(0.95)
    assert turned.interval(0.95) == pytest.approx((-high, -low), abs=1e-9)
    assert swapped.interval(0.95) == pytest.approx((low, high), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(DIARY)
def test_only_the_order_of_values_counts(diary):
    days, first, second = read(diary)
    assume(varied(first, second))
    found = rank.association(days, first, second)
    assert found == rank.association(days, [value**3 for value in first], second)


@settings(max_examples=60, deadline=None)
@given(DIARY)
def test_intervals_are_numbers_hold_their_estimate_and_grow_with_their_level(diary):
    days, first, second = read(diary)
    assume(varied(first, second))
    found = rank.association(days, first, second)
    assume(found is not None)
    narrow, wide = found.interval(0.8), found.interval(0.99)
    assert -1 <= wide[0] < narrow[0] < found.estimate < narrow[1] < wide[1] <= 1
    assert found.alike >= 1
    assert found.df >= 4


def test_a_straight_drift_of_both_is_not_going_together():
    random = np.random.default_rng(3)
    days = [START + timedelta(days=number) for number in range(60)]
    rising = np.arange(60) / 6
    first, second = rising + random.normal(size=60), rising + random.normal(size=60)
    assert spearmanr(first, second).statistic > 0.8
    low, high = rank.association(days, first, second).interval(0.95)
    assert low < 0 < high


def test_what_only_drifts_has_no_association():
    days = [START + timedelta(days=number) for number in range(20)]
    assert rank.association(days, list(range(20)), [number % 3 for number in range(20)]) is None


def test_without_a_drift_the_estimate_is_nearly_spearmans():
    random = np.random.default_rng(5)
    days = [START + timedelta(days=number) for number in range(84)]
    first = random.integers(0, 11, 84)
    second = first + random.integers(0, 6, 84)
    expected = spearmanr(first, second).statistic
    assert rank.association(days, first, second).estimate == pytest.approx(expected, abs=0.03)


def test_lasting_days_are_worth_fewer():
    """Two things that change slowly need a wider interval than two that change from day to day."""
    days = [START + timedelta(days=number) for number in range(84)]
    random = np.random.default_rng(8)
    slow = np.cumsum(random.normal(size=(84, 2)), axis=0) % 7
    quick = random.permuted(slow, axis=0)
    lasting, changing = (rank.association(days, *both.T) for both in (slow, quick))
    assert lasting.alike > 1.5 > changing.alike
    assert lasting.se > changing.se


@pytest.mark.parametrize("df", [4.0, 7.5, 12.0, 60.0])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.975, 0.99375, 0.9999])
def test_quantiles_of_t_are_scipys(share, df):
    assert rank.t_quantile(share, df) == pytest.approx(t.ppf(share, df), abs=2e-4, rel=1e-4)
