"""Effects in units of the outcome's spread."""

import numpy as np
import pytest

from allay.science.evaluation.models import BadModel, growth, mmrm, standardise
from allay.science.evaluation.results import NotEstimable
from tests.science.models.trials import changed, days, trial


@pytest.fixture(scope="module")
def fit():
    return mmrm(trial(60, 3), "y ~ x + arm*visit", subject="id", visit="visit")


def test_the_spread_of_the_first_visit_is_the_unit(fit):
    effect = fit.differences()[-1]
    found = standardise(fit, effect)
    assert found.sd == pytest.approx(np.sqrt(fit.solution.covariances[0][0, 0]))
    assert found.d == pytest.approx((1 - 3 / (4 * effect.df - 1)) * effect.estimate / found.sd)
    assert found.low < found.d < found.high


def test_the_interval_knows_that_the_spread_is_estimated(fit):
    effect = fit.differences()[-1]
    found = standardise(fit, effect)
    assert found.se > (1 - 3 / (4 * effect.df - 1)) * effect.se / found.sd


def test_complete_data_at_one_visit_have_the_textbook_uncertainty():
    one = mmrm(trial(60, 1), "y ~ arm", subject="id", visit="visit")
    effect = one.differences()[-1]
    found = standardise(one, effect)
    g = effect.estimate / found.sd
    shrink = 1 - 3 / (4 * 58 - 1)
    assert found.se == pytest.approx(shrink * np.sqrt(1 / 30 + 1 / 30 + g**2 / (2 * 58)), rel=1e-6)


def test_two_covariances_have_a_pooled_spread():
    """At one visit: the pooled variance of two groups, whose own variances are estimated apart."""
    columns = trial(60, 1, seed=3)
    one = mmrm(columns, "y ~ arm", subject="id", visit="visit", covariance_by="arm", df="satterthwaite")
    arm, y = np.array(columns["arm"]), np.array(columns["y"])
    apart = np.array([y[arm == level].var(ddof=1) for level in (0, 1)])
    effect = one.differences()[-1]
    found = standardise(one, effect)
    shrink, variance = 1 - 3 / (4 * effect.df - 1), apart.mean()
    assert found.sd**2 == pytest.approx(variance)
    uncertain = (2 * apart**2 / 29).sum() / 4
    wanted = apart.sum() / 30 / variance + effect.estimate**2 * uncertain / (4 * variance**3)
    assert found.se == pytest.approx(shrink * np.sqrt(wanted), rel=1e-6)


@pytest.mark.parametrize("scale", [1e-6, 10.0])
def test_units_do_not_matter(fit, scale):
    columns = changed(trial(60, 3), y=lambda c: [v * scale for v in c["y"]])
    other = mmrm(columns, "y ~ x + arm*visit", subject="id", visit="visit")
    wanted = standardise(fit, fit.differences()[-1])
    found = standardise(other, other.differences()[-1])
    assert found.d == pytest.approx(wanted.d, rel=1e-8)
    assert found.se == pytest.approx(wanted.se, rel=1e-8)


def test_no_single_spread(fit):
    model = growth(days(30), "y ~ arm*day", random="day|id", subject="id")
    assert isinstance(standardise(model, model.differences()[-1]), NotEstimable)


def test_an_unknown_visit(fit):
    with pytest.raises(BadModel):
        standardise(fit, fit.differences()[-1], "week 99")
