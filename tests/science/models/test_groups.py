"""Therapy groups in one arm: the partially nested model against the dense implementation."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from allay.science.evaluation.models import BadModel, mmrm
from allay.science.evaluation.models.certificate import certify
from allay.science.evaluation.models.compressed import compress
from allay.science.evaluation.models.covariance import structure
from allay.science.evaluation.models.groups import Grouped
from allay.science.evaluation.results import NotEstimable
from tests.science.models.dense import Dense, blocks
from tests.science.models.trials import changed, model_matrix, trial

FORMULA = "y ~ x + arm*visit"
OPTIONS = {"subject": "id", "visit": "visit", "group": "g", "group_arm": "1"}


@pytest.fixture(scope="module")
def columns():
    return trial(60, 3, groups=6, seed=4)


def dense_of(columns, fit, alike, *, weighted=False, clustered=False):
    x, names = model_matrix(columns, ["x"] if "x" in fit.names else [])
    people, visits = np.array(columns["id"]), np.array(columns["visit"]) - 1
    group = np.array(columns["g"])
    shape, scale = structure(fit.covariance, len(fit.visits)), fit.solution.basis.scale**2
    together = (group[:, None] == group[None, :]) & (group[:, None] >= 0)
    d = np.array(alike)[visits]
    weights = np.array(columns["weight"]) if weighted else None
    inside = (group >= 0) & (np.array(columns["arm"]) == 1)
    clusters = np.where(inside, group, 1000 + people) if clustered else people
    if len(fit.names) < len(names):
        x = x[:, [names.index(name) for name in fit.names]]

    def covariance(theta):
        within = blocks(people, visits, shape.at(theta[: shape.size]).sigma * scale, weights)
        return within + together * np.outer(d, d) * psi(theta) * scale

    def psi(theta):
        return theta[shape.size] if len(theta) > shape.size else 0.0

    return Dense(x, np.array(columns["y"]), clusters, covariance, fit.solution.parameters, fit.solution.reml)


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


@pytest.mark.parametrize("kind", ["CR0", "CR2", "CR3"])
def test_sandwich_with_groups_as_clusters(columns, kind):
    fit = mmrm(columns, FORMULA, vcov=kind, **OPTIONS)
    covariance, df = dense_of(columns, fit, [1, 1, 1], clustered=True).sandwich(kind)
    found = fit.coefficients()
    assert fit.df_name == "bell-mccaffrey"
    np.testing.assert_allclose([one.se for one in found], np.sqrt(np.diag(covariance)), rtol=1e-7)
    np.testing.assert_allclose([one.df for one in found], [df(c) for c in np.eye(len(found))], rtol=1e-7)


def test_sandwich_with_groups_that_share_no_variance(columns):
    alike = nothing_shared(columns)
    fit = mmrm(alike, FORMULA, vcov="CR2", **OPTIONS)
    assert fit.group.variance == 0
    covariance, df = dense_of(alike, fit, [1, 1, 1], clustered=True).sandwich("CR2")
    found = fit.coefficients()
    np.testing.assert_allclose([one.se for one in found], np.sqrt(np.diag(covariance)), rtol=1e-7)
    np.testing.assert_allclose([one.df for one in found], [df(c) for c in np.eye(len(found))], rtol=1e-7)


def test_weights_with_groups(columns):
    fit = mmrm(columns, FORMULA, weights="weight", **OPTIONS)
    dense, found = dense_of(columns, fit, [1, 1, 1], weighted=True), fit.coefficients()
    assert fit.log_likelihood == pytest.approx(dense.log_likelihood(), abs=1e-7)
    assert np.abs(dense.gradient() / np.sqrt(np.diag(dense.information()))).max() < 1e-6
    np.testing.assert_allclose([one.estimate for one in found], dense.beta, rtol=1e-7)
    wanted = np.sqrt(np.diag(dense.kenward_roger()))
    np.testing.assert_allclose([one.se for one in found], wanted, rtol=1e-5)
    robust = mmrm(columns, FORMULA, weights="weight", vcov="CR2", **OPTIONS)
    covariance, df = dense_of(columns, robust, [1, 1, 1], weighted=True, clustered=True).sandwich("CR2")
    np.testing.assert_allclose(
        [one.se for one in robust.coefficients()], np.sqrt(np.diag(covariance)), rtol=1e-7
    )
    np.testing.assert_allclose(robust.coefficients()[-1].df, df(np.eye(len(found))[-1]), rtol=1e-7)


def test_the_interval_is_where_the_profile_likelihood_has_fallen_far_enough():
    columns = trial(24, 2, groups=4, seed=10)
    fit = mmrm(columns, "y ~ arm*visit", covariance="cs", **OPTIONS)
    found = fit.group.interval(0.8)
    assert 0 < found.low < fit.group.variance < found.high
    for psi in (found.low, found.high):
        assert 2 * (fit.log_likelihood - profile(columns, fit, psi)) == pytest.approx(1.642374, abs=1e-3)
    for (low, high), share in zip(found.correlations, fit.group.correlations, strict=True):
        assert 0 < low < share < high < 1


def profile(columns, fit, psi):
    """The highest dense likelihood at a given psi, by a search that knows no derivatives."""
    dense = dense_of(columns, fit, [1, 1, 1])
    held = psi / fit.solution.basis.scale**2

    def lost(theta):
        at = replace(dense, theta=np.append(theta, held))
        return -at.log_likelihood() if np.linalg.eigvalsh(at.v)[0] > 0 else np.inf

    return -minimize(lost, fit.solution.parameters[:-1], method="Nelder-Mead", options={"fatol": 1e-7}).fun


def test_the_interval_begins_at_nought_where_groups_share_nothing(columns):
    alike = nothing_shared(columns)
    found = mmrm(alike, FORMULA, **OPTIONS).group.interval(0.95)
    assert found.low == 0 < found.high
    assert all(low == 0 < high < 1 for low, high in found.correlations)


def test_the_certificate_refuses_a_wrong_optimum(columns):
    fit = mmrm(columns, FORMULA, **OPTIONS)
    people = compress(fit.summaries, fit.design)
    objective, right = Grouped(people, structure("us", 3), np.ones(3), True), fit.solution.parameters

    def certificate(theta):
        return certify(objective.derivatives(theta), objective.plain.covariances(theta[:-1]))

    assert certificate(right).holds
    for wrong in (right * 1.01, np.append(right[:-1], 1.1 * right[-1]), np.append(right[:-1], 0.0)):
        assert not certificate(wrong).holds


def test_groups_widen_the_standard_error_of_the_arm(columns):
    ignored = mmrm(columns, FORMULA, subject="id", visit="visit").differences()[-1]
    honest = mmrm(columns, FORMULA, **OPTIONS).differences()[-1]
    assert honest.se > 1.1 * ignored.se
    assert honest.df < ignored.df


def nothing_shared(columns):
    random = np.random.default_rng(0)
    columns = changed(columns, g=lambda table: [person // 6 for person in table["id"]])
    return changed(columns, y=lambda table: list(random.normal(size=len(table["y"])).round(2)))


def test_no_variance_between_groups_is_the_model_without_them(columns):
    columns = nothing_shared(columns)
    fit = mmrm(columns, FORMULA, **OPTIONS)
    plain = mmrm(columns, FORMULA, subject="id", visit="visit")
    assert fit.group.variance == 0
    assert fit.certificate.boundary == ("the variance of the groups is nought",)
    assert fit.certificate.holds
    assert fit.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-13)


def test_a_variance_of_nought_still_counts_as_estimated(columns):
    """Standard errors and df allow for it, from the expected information, as the dense model has them."""
    random = np.random.default_rng(0)
    columns = changed(columns, y=lambda table: list(random.normal(size=len(table["y"])).round(2)))
    fit = mmrm(columns, FORMULA, **OPTIONS)
    assert fit.group.variance == 0
    dense = dense_of(columns, fit, [1, 1, 1])
    wanted = np.sqrt(np.diag(dense.kenward_roger("expected")))
    np.testing.assert_allclose([one.se for one in fit.coefficients()], wanted, rtol=1e-5)
    wanted = dense.satterthwaite(np.eye(len(fit.names))[-1], "expected")
    assert fit.coefficients()[-1].df == pytest.approx(wanted, rel=1e-5)
    without = mmrm(columns, FORMULA, subject="id", visit="visit").differences()[-1]
    assert fit.differences()[-1].df < without.df


def test_one_group_cannot_be_told_from_the_arm():
    fit = mmrm(trial(40, 3, groups=1, seed=4), FORMULA, **OPTIONS)
    assert isinstance(fit, NotEstimable)
    assert "met in one group" in fit.not_estimable


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
