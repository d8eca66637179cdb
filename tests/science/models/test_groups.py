"""Therapy groups in one arm: the partially nested model against the dense implementation."""

import numpy as np
import pytest

from allay.science.evaluation.models import BadModel, mmrm
from allay.science.evaluation.models.covariance import structure
from allay.science.evaluation.results import NotEstimable
from tests.science.models.dense import Dense, blocks
from tests.science.models.trials import changed, model_matrix, trial

FORMULA = "y ~ x + arm*visit"
OPTIONS = {"subject": "id", "visit": "visit", "group": "g", "group_arm": "1"}


@pytest.fixture(scope="module")
def columns():
    return trial(60, 3, groups=6, seed=4)


def dense_of(columns, fit, alike):
    x, names = model_matrix(columns, ["x"])
    people, visits = np.array(columns["id"]), np.array(columns["visit"]) - 1
    group = np.array(columns["g"])
    shape, scale = structure(fit.covariance, len(fit.visits)), fit.solution.basis.scale**2
    together = (group[:, None] == group[None, :]) & (group[:, None] >= 0)
    d = np.array(alike)[visits]
    if len(fit.names) < len(names):
        x = x[:, [names.index(name) for name in fit.names]]

    def covariance(theta):
        within = blocks(people, visits, shape.at(theta[:-1]).sigma * scale)
        return within + together * np.outer(d, d) * theta[-1] * scale

    return Dense(x, np.array(columns["y"]), people, covariance, fit.solution.parameters, fit.solution.reml)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("name", ["us", "toeph", "cs"])
def test_like_the_dense_model(columns, name, reml):
    fit = mmrm(columns, FORMULA, covariance=name, reml=reml, df="satterthwaite", **OPTIONS)
    dense, found = dense_of(columns, fit, [1, 1, 1]), fit.coefficients()
    assert fit.group.variance > 0
    assert fit.log_likelihood == pytest.approx(dense.log_likelihood(), abs=1e-8)
    sizes = np.sqrt(np.diag(dense.information()))
    assert np.abs(dense.gradient() / sizes).max() < 1e-6
    np.testing.assert_allclose([one.estimate for one in found], dense.beta, rtol=1e-7)
    np.testing.assert_allclose([one.se for one in found], np.sqrt(np.diag(dense.phi)), rtol=1e-7)
    wanted = [dense.satterthwaite(c) for c in np.eye(len(found))]
    np.testing.assert_allclose([one.df for one in found], wanted, rtol=1e-5)


@pytest.mark.parametrize("information", ["observed", "expected"])
def test_kenward_roger(columns, information):
    fit = mmrm(columns, FORMULA, information=information, **OPTIONS)
    wanted = np.sqrt(np.diag(dense_of(columns, fit, [1, 1, 1]).kenward_roger(information)))
    np.testing.assert_allclose([one.se for one in fit.coefficients()], wanted, rtol=1e-5)


@pytest.mark.parametrize("options", [{"constrained": "arm"}, {"group_from": "2"}])
def test_before_randomisation_nobody_is_in_a_group(columns, options):
    fit = mmrm(columns, FORMULA, df="satterthwaite", **options, **OPTIONS)
    dense = dense_of(columns, fit, [0, 1, 1])
    assert fit.log_likelihood == pytest.approx(dense.log_likelihood(), abs=1e-8)
    assert fit.group.correlations[0] == 0


def test_groups_widen_the_standard_error_of_the_arm(columns):
    ignored = mmrm(columns, FORMULA, subject="id", visit="visit").differences()[-1]
    honest = mmrm(columns, FORMULA, **OPTIONS).differences()[-1]
    assert honest.se > 1.1 * ignored.se
    assert honest.df < ignored.df


def test_no_variance_between_groups_is_the_model_without_them(columns):
    columns = changed(columns, g=lambda table: [person // 6 for person in table["id"]])
    random = np.random.default_rng(0)
    columns = changed(columns, y=lambda table: list(random.normal(size=len(table["y"])).round(2)))
    fit = mmrm(columns, FORMULA, **OPTIONS)
    plain = mmrm(columns, FORMULA, subject="id", visit="visit")
    assert fit.group.variance == 0
    assert fit.certificate.boundary == ("the variance of the groups is nought",)
    assert fit.certificate.holds
    assert fit.log_likelihood == plain.log_likelihood


def test_few_groups_are_called_too_few():
    fit = mmrm(trial(40, 3, groups=2, seed=4), FORMULA, **OPTIONS)
    assert any("2 therapy groups" in warning for warning in fit.warnings)


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (lambda table: [None] * len(table["id"]), 'have no "g"'),
        (lambda table: list(range(len(table["id"]))), '"g" changes within a person'),
    ],
)
def test_groups_that_cannot_be(columns, column, reason):
    fit = mmrm(changed(columns, g=column), FORMULA, **OPTIONS)
    assert isinstance(fit, NotEstimable)
    assert reason in fit.not_estimable


def test_groups_from_a_visit_that_is_none(columns):
    with pytest.raises(BadModel):
        mmrm(columns, FORMULA, group_from="week 9", **OPTIONS)
