"""The tipping point: exact, honest, and the same as repeating the analysis at every delta."""

import numpy as np
import pytest

from allay.science.evaluation.missing import delta_grid, reference_based
from tests.science.missing.trials import cohort, trial


@pytest.fixture(scope="module")
def people():
    return cohort(*trial(60, 3, seed=21, effect=4))


def tipping(people, deltas, raised="active"):
    return reference_based(people, ["MAR"], deltas=deltas, raised=[raised]).tipping[0]


def test_the_interval_reaches_nought_exactly_at_the_tipping_point(people):
    found = tipping(people, delta_grid(40))
    assert found.verdict == "tips"
    assert 0 < found.tips_at < 40
    ends = tipping(people, [found.tips_at]).grid[0].effect
    assert min(abs(ends.low), abs(ends.high)) == pytest.approx(0, abs=1e-8 * ends.se)
    grid = [one.delta for one in found.grid]
    assert found.first == min(delta for delta in grid if delta >= found.tips_at)
    assert f"{found.tips_at:+.3g}" in found.says


def test_the_grid_crosses_nought_between_the_deltas_around_it(people):
    found = tipping(people, delta_grid(40))
    clear = [one.effect.low * one.effect.high > 0 for one in found.grid if one.delta <= found.first]
    assert clear == [True] * (len(clear) - 1) + [False]


def test_not_reached_is_said(people):
    found = tipping(people, delta_grid(1))
    assert found.tips_at is None
    assert found.first is None
    assert found.verdict == "not reached"
    assert found.says.startswith("not reached within the grid, 0 to 1 points")


def test_a_finding_that_is_none_cannot_tip():
    found = tipping(cohort(*trial(30, 3, effect=0)), delta_grid(5))
    assert found.tips_at is None
    assert "no finding that could tip" in found.says
    assert found.verdict == "nothing to tip"


def test_the_other_direction_tips_elsewhere_or_not_at_all(people):
    assert tipping(people, delta_grid(-3)).tips_at is None


def test_equal_shifts_in_all_arms_matter_less_than_in_one(people):
    one, both = tipping(people, [5]).grid[0].effect, tipping(people, [5], "all").grid[0].effect
    none = tipping(people, [0]).grid[0].effect
    assert abs(both.estimate - none.estimate) < abs(one.estimate - none.estimate)


def test_without_missing_values_a_shift_does_nothing():
    found = tipping(cohort(*trial(30, 3, seed=21, effect=4, complete=True)), delta_grid(50))
    assert len({one.effect.estimate for one in found.grid}) == 1
    assert found.says.startswith("not reached")


def test_delta_grid():
    assert delta_grid(-10, 3) == [0, -5, -10]
    assert len(delta_grid(4)) == 21
    np.testing.assert_allclose(np.diff(delta_grid(4)), 0.2)
