"""What is read of a fortnight: its symmetries, against a plain computation, and whether it keeps its promise."""

from dataclasses import replace
from datetime import date, timedelta
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from allay.science.two_week_try import Block, arm_on, draw, read
from allay.science.two_week_try import reading as model
from tests.reference.two_week_try.worlds import World, tally

BEGAN = date(2026, 3, 20)  # the clocks change within
ALL = [BEGAN + timedelta(days=day) for day in range(14)]
taps = st.lists(st.one_of(st.none(), st.integers(0, 10)), min_size=14, max_size=14)
seeds = st.integers(0, 7)
PEOPLE = 400


def noted(values) -> dict[date, float]:
    return {day: value for day, value in zip(ALL, values, strict=True) if value is not None}


def swapped(blocks):
    return tuple(Block("second" if one.arm == "first" else "first", one.days) for one in blocks)


@settings(deadline=None, max_examples=40)
@given(seeds, taps)
def test_exchanging_the_two_turns_the_answer_round(seed, values):
    here, there = (read(blocks, BEGAN, noted(values)) for blocks in (draw(seed), swapped(draw(seed))))
    assert here.verdict == there.verdict
    if here.estimate is not None:
        assert (here.estimate, here.low, here.high) == pytest.approx(
            (-there.estimate, -there.high, -there.low), abs=1e-6
        )
    if here.with_first is not None:
        assert here.with_first != there.with_first


@settings(deadline=None, max_examples=40)
@given(seeds, taps, st.integers(-3, 3))
def test_only_differences_count(seed, values, more):
    higher = [None if value is None else value + more for value in values]
    here, there = read(draw(seed), BEGAN, noted(values)), read(draw(seed), BEGAN, noted(higher))
    assert here.verdict == there.verdict
    if here.low is not None:
        assert (here.low, here.high) == pytest.approx((there.low, there.high), abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(seeds, taps)
def test_a_direction_is_told_only_when_the_interval_is_on_one_side(seed, values):
    found = read(draw(seed), BEGAN, noted(values))
    if found.verdict == "too-few":
        assert (found.estimate, found.low, found.high, found.with_first) == (None,) * 4
        return
    assert found.low < found.estimate < found.high
    assert (found.with_first is None) == (found.low <= 0 <= found.high) == (found.verdict == "too-close")
    assert (found.verdict == "better") == (found.low >= 1 or found.high <= -1)


@settings(deadline=None, max_examples=40)
@given(seeds, taps, st.integers(1, 60))
def test_days_outside_the_plan_do_not_count(seed, values, away):
    more = {BEGAN - timedelta(days=away): 10, ALL[-1] + timedelta(days=away): 0}
    assert read(draw(seed), BEGAN, noted(values)) == read(draw(seed), BEGAN, noted(values) | more)


def test_same_taps_all_along_are_too_close_to_call():
    for seed in range(8):
        found = read(draw(seed), BEGAN, dict.fromkeys(ALL, 5))
        assert found.verdict == "too-close"
        assert found.low == pytest.approx(-found.high, abs=1e-6)


def test_too_few_days_is_said_and_nothing_computed():
    blocks = draw(0)  # 3 + 3, 4 + 4
    one_each = {ALL[0]: 1, ALL[3]: 9, ALL[6]: 1, ALL[10]: 9}
    only_first = {day: 5 for day in ALL if arm_on(blocks, BEGAN, day) == "first"}
    across = {ALL[0]: 5, ALL[1]: 5, ALL[10]: 9, ALL[11]: 9}  # two and two, but never in one pair
    for answers in ({}, one_each, only_first, across):
        assert read(blocks, BEGAN, answers).verdict == "too-few"
    assert read(blocks, BEGAN, one_each | {ALL[1]: 1, ALL[4]: 9}).verdict != "too-few"


def test_a_large_steady_difference_is_seen_and_named():
    blocks = draw(5)
    answers = {day: 8 if arm_on(blocks, BEGAN, day) == "first" else 2 for day in ALL}
    answers[ALL[2]] = 7
    found = read(blocks, BEGAN, answers)
    assert (found.verdict, found.with_first, found.days) == ("better", True, (7, 7))
    assert found.means == (pytest.approx(55 / 7), 2) or found.means == (8, pytest.approx(19 / 7))


def test_the_posterior_is_that_of_the_model_as_it_is_written():
    """Against plain multivariate normals with the level as one more unknown, wide, and d on a grid."""
    blocks, random = draw(6), np.random.default_rng(4)
    answers = {day: float(random.integers(2, 9)) for day in ALL if random.random() < 0.7}
    found = read(blocks, BEGAN, answers)
    t = np.array([(day - BEGAN).days + 1 for day in answers])
    y = np.array(list(answers.values()))
    first = np.array([arm_on(blocks, BEGAN, day) == "first" for day in answers], dtype=float)
    pair = (t > blocks[0].days + blocks[1].days).astype(int)
    effects = np.linspace(-9, 9, 721)
    density = np.zeros_like(effects)
    steps = np.linspace(-3, 3, 31)
    apart = np.abs(np.subtract.outer(t, t))
    for like in (-0.3, -0.15, 0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9):
        for step in steps:
            variance = (1.5 * np.exp(step)) ** 2 + 1 / 12
            days = np.where(apart == 0, 1.0, np.sign(like) ** apart * np.abs(like) ** apart)
            slope = 0.05**2 * np.outer(t - 7.5, t - 7.5)
            covariance = variance * (days + slope + 0.25**2 * np.equal.outer(pair, pair)) + 1e6
            left = y[None, :] - effects[:, None] * first
            height = stats.multivariate_normal(np.zeros(len(y)), covariance).logpdf(left)
            density += np.exp(height + stats.norm.logpdf(step) + stats.norm.logpdf(effects, scale=4))
    density /= density.sum()
    below = np.cumsum(density)
    assert found.estimate == pytest.approx(density @ effects, abs=0.01)
    assert found.low == pytest.approx(effects[np.searchsorted(below, 0.015)], abs=0.04)
    assert found.high == pytest.approx(effects[np.searchsorted(below, 0.985)], abs=0.04)


PROMISED = [
    World(),
    World(like=0.8),
    World(effect=2, like=0.5),
    World(effect=0.5, like=0.3, missing=0.5),
    World(trend=2, like=0.5),
]


@pytest.mark.parametrize("world", PROMISED, ids=str)
def test_the_interval_keeps_its_promise(world):
    """Two points about 97 and what chance does to so few people (3 standard errors)."""
    found = tally(world, PEOPLE, seed=20)
    allowed = 0.02 + 3 * (0.97 * 0.03 / found.read) ** 0.5
    assert abs(found.holds - 0.97) <= allowed
    if world.effect == 0:
        assert found.direction <= 0.05 + 2 * (0.05 * 0.95 / found.read) ** 0.5


def test_the_promise_would_fail_if_the_days_were_taken_as_unlike_each_other(monkeypatch):
    """The same bounds refuse a model without likeness of days: so they can fail."""
    monkeypatch.setattr(model, "LIKENESS", (0.0,))
    model._grid.cache_clear()
    try:
        found = tally(World(like=0.8), PEOPLE, seed=20)
    finally:
        model._grid.cache_clear()
    assert found.holds < 0.97 - 0.02 - 3 * (0.97 * 0.03 / found.read) ** 0.5
    assert found.direction > 0.05 + 2 * (0.05 * 0.95 / found.read) ** 0.5


def test_more_days_make_a_narrower_interval():
    assert tally(World(), 60, seed=1).width < tally(replace(World(), missing=0.4), 60, seed=1).width


def test_a_page_can_wait_for_it():
    answers = {day: float(place % 4) for place, day in enumerate(ALL)}
    read(draw(1), BEGAN, answers)
    began = process_time()
    read(draw(1), BEGAN, answers)
    assert process_time() - began < 0.1
