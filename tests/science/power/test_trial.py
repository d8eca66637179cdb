"""Trials as they are drawn: what is said to be true of them is."""

import numpy as np
import pytest

from allay.science.evaluation.power.trial import Drawing, Size, Trial

SIGMA = np.array([[25.0, 12.0, 9.0], [12.0, 16.0, 10.0], [9.0, 10.0, 36.0]])
VISITS = ("baseline", "week 6", "week 12")
MANY = Size((20_000, 20_000))


def trial(**options):
    effect = np.array([[0.0, 0.0, 0.0], [0.0, -1.0, -2.0]])
    return Trial(("A", "B"), VISITS, effect, SIGMA, **options)


def drawn(truth, size=MANY, seed=1):
    return Drawing(truth, size).draw(np.random.default_rng(seed))


def test_means_and_covariance():
    found = drawn(trial())
    np.testing.assert_allclose(found.y[found.arm == 0].mean(axis=0), 0, atol=0.15)
    np.testing.assert_allclose(found.y[found.arm == 1].mean(axis=0), [0, -1, -2], atol=0.15)
    np.testing.assert_allclose(np.cov(found.y[found.arm == 0].T), SIGMA, rtol=0.06)


def test_people_of_a_group_are_alike_after_the_first_visit():
    found = drawn(trial(meets=1, between=4.0), Size((10, 40_000), 4000))
    inside = found.arm == 1
    sums = np.zeros((4000, 3))
    np.add.at(sums, found.group[inside], found.y[inside])
    spread = (sums / 10).var(axis=0)
    np.testing.assert_allclose(spread, [2.5, 1.6 + 4, 3.6 + 4], rtol=0.1)
    assert (found.group[found.arm == 0] == -1).all()


@pytest.mark.parametrize("strength", [0.0, 1.5])
def test_as_many_leave_as_was_said(strength):
    found = drawn(trial(dropout=np.array([0.0, 0.2, 0.1]), strength=strength))
    reference = found.stayed[found.arm == 0]
    assert reference[:, 1].mean() == pytest.approx(0.8, abs=0.01)
    again = reference[reference[:, 1], 2].mean()
    assert again == pytest.approx(0.9, abs=0.01 if not strength else 0.04)  # those who stay are better off
    assert not (reference[:, 2] & ~reference[:, 1]).any()


def test_leaving_depends_on_the_last_score_that_was_seen():
    found = drawn(trial(dropout=np.array([0.0, 0.3, 0.0]), strength=1.0))
    left = ~found.stayed[:, 1]
    assert found.y[left, 0].mean() > found.y[~left, 0].mean() + 2
    assert np.isnan(found.y[left, 1:]).all()


def test_gaps_are_not_the_end():
    found = drawn(trial(gaps=0.1))
    missing = np.isnan(found.y)
    assert not missing[:, 0].any()
    np.testing.assert_allclose(missing[:, 1:].mean(axis=0), 0.1, atol=0.01)
    assert found.stayed.all()


def test_scores_are_rounded_finely():
    found = drawn(trial(), Size((5, 5)))
    assert trial().decimals == 3
    np.testing.assert_array_equal(found.y, found.y.round(3))


def test_the_same_seed_the_same_trial():
    np.testing.assert_array_equal(drawn(trial(), seed=4).y, drawn(trial(), seed=4).y)
    assert (drawn(trial(), seed=4).y != drawn(trial(), seed=5).y).any()
