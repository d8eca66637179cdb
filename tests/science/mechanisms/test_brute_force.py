"""The quick ways against the plain ones."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from allay.science.evaluation.mechanisms import mediate
from allay.science.evaluation.mechanisms.bootstrap import samples
from allay.science.evaluation.mechanisms.complete import Complete
from allay.science.evaluation.mechanisms.confounding import e_value, indirect_at
from allay.science.evaluation.mechanisms.cross_lagged import CrossLagged
from allay.science.evaluation.mechanisms.full_information import FullInformation
from allay.science.evaluation.mechanisms.interaction import WithInteraction
from allay.science.evaluation.mechanisms.joint_normal import Unstructured, maximise, reduce, start
from allay.science.evaluation.mechanisms.paths import paths
from allay.science.evaluation.mechanisms.sample import sample
from allay.science.evaluation.mechanisms.sweep import sweep
from allay.science.evaluation.models import mmrm
from tests.science.mechanisms.people import trial


def sampled(columns, covariates=("base", "start"), mediators=("m",)):
    return sample(
        columns["arm"],
        {name: columns[name] for name in covariates},
        {name: columns[name] for name in mediators},
        ("y", columns["y"]),
    )


def regression(y, *columns):
    return np.linalg.lstsq(np.column_stack([np.ones(len(y)), *columns]), y, rcond=None)[0]


def test_sweeping_is_regression():
    random = np.random.default_rng(1)
    rows = random.normal(size=(7, 30, 5))
    swept, sound = sweep(rows.transpose(0, 2, 1) @ rows, [0, 1, 2])
    assert sound.all()
    for found, table in zip(swept, rows, strict=True):
        slope, rest, *_ = np.linalg.lstsq(table[:, :3], table[:, 3:], rcond=None)
        np.testing.assert_allclose(found[:3, 3:], slope, rtol=1e-9)
        np.testing.assert_allclose(np.diag(found[3:, 3:]), rest, rtol=1e-9)


def test_a_pivot_that_others_determine_is_told():
    rows = np.random.default_rng(1).normal(size=(2, 20, 3))
    rows[1, :, 2] = rows[1, :, 0] - 2 * rows[1, :, 1]
    _, sound = sweep(rows.transpose(0, 2, 1) @ rows, [0, 1, 2])
    assert sound.tolist() == [True, False]


def test_bootstrap_samples_are_refits_of_their_rows():
    columns = trial(40)
    source = Complete(sampled(columns))
    people = source.people
    counts = next(samples(source.arm, 20, seed=3))
    assert (counts[:, source.arm == 1].sum(axis=1) == 20).all()
    for count, found in zip(counts, source.again(counts).paths, strict=True):
        rows = np.repeat(np.arange(40), count.astype(int))
        arm, c, m, y = people.arm[rows], people.covariates[rows], people.mediators[rows], people.outcome[rows]
        a = regression(m[:, 0], arm, c)[1]
        total, both = regression(y, arm, c)[1], regression(y, arm, m, c)
        np.testing.assert_allclose(found, [a, both[2], both[1], total], rtol=1e-9, atol=1e-11)


def test_bootstrap_of_the_interaction_is_a_refit_of_its_rows():
    source = WithInteraction(sampled(trial(40)))
    people, counts = source.people, next(samples(source.arm, 5, seed=4))
    for count, found in zip(counts, source.again(counts), strict=True):
        rows = np.repeat(np.arange(40), count.astype(int))
        arm, c, m, y = (
            people.arm[rows],
            people.covariates[rows],
            people.mediators[rows, 0],
            people.outcome[rows],
        )
        without, a, *rest = regression(m, arm, c)
        m0 = without + c.mean(axis=0) @ rest
        _, direct, b, h, *_ = regression(y, arm, m, arm * m, c)
        wanted = [h, a * b, a * (b + h), direct + h * m0, direct + h * (m0 + a)]
        np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("gap", [False, True])
def test_full_information_bootstrap_is_a_refit_of_its_rows(gap):
    columns = trial(60, missing=0.2)
    if gap:
        columns["base"][[3, 7, 20]] = np.nan
    people = sampled(columns)
    source = FullInformation(people)
    source.estimate()
    counts = next(samples(source.arm, 6, seed=5))
    for count, found in zip(counts, source.again(counts).paths, strict=True):
        again = FullInformation(people.rows(np.repeat(np.arange(60), count.astype(int))))
        np.testing.assert_allclose(found, again.estimate().paths, atol=2e-5)


def test_interaction_standard_errors_by_numbers():
    """The delta method's against the spread under small changes of every coefficient's own distribution."""
    source = WithInteraction(sampled(trial(120)))
    found, se, _ = source.estimate()
    covariance, _ = source._precision(source._rows.T @ source._rows)
    a, m0, direct, b, h = source._parts(source._rows.T @ source._rows)[0]
    drawn = np.random.default_rng(2).multivariate_normal([a, m0, direct, b, h], covariance * 1e-6, 40_000)
    a, m0, direct, b, h = drawn.T
    parts = np.array([h, a * b, a * (b + h), direct + h * m0, direct + h * (m0 + a)])
    np.testing.assert_allclose(parts.std(axis=1) * 1e3, se, rtol=0.03)
    assert found[2] + found[3] == pytest.approx(found[1] + found[4])


# The joint normal distribution


def dense(z, y, b, sigma):
    """The log-likelihood person by person."""
    total = 0.0
    for zi, yi in zip(z, y, strict=True):
        o = ~np.isnan(yi)
        if o.any():
            total += multivariate_normal.logpdf(yi[o], b[o] @ zi, sigma[np.ix_(o, o)])
    return total


def gappy():
    columns = trial(70, missing=0.2)
    columns["base"][::9] = np.nan
    people = sampled(columns)
    z = np.column_stack([np.ones(70), people.arm, people.covariates[:, 1]])
    return z, np.column_stack([people.covariates[:, 0], people.mediators, people.outcome])


def test_likelihood_gradient_and_information_person_by_person():
    z, y = gappy()
    shape, (b, variances) = Unstructured(3), start(z, y)
    found = maximise(reduce(z, y), shape, b, shape.elements(np.diag(variances)))

    def at(place):
        return dense(z, y, place[:9].reshape(3, 3), shape.at(place[9:])[0])

    best = np.concatenate([found.coefficients.ravel(), found.theta])
    assert found.loglik == pytest.approx(at(best), abs=1e-9)
    steps = np.eye(15) * 1e-4
    gradient = [(at(best + step) - at(best - step)) / 2e-4 for step in steps]
    np.testing.assert_allclose(gradient, 0, atol=2e-4)
    for j, k in [(0, 0), (0, 4), (2, 9), (5, 11), (9, 9), (10, 14), (12, 13)]:
        around = [at(best + s * steps[j] + t * steps[k]) * s * t for s in (-1, 1) for t in (-1, 1)]
        assert found.information[j, k] == pytest.approx(-sum(around) / 4e-8, rel=2e-3, abs=2e-3)


def test_the_same_maximum_as_the_mixed_models():
    z, y = gappy()
    shape, (b, variances) = Unstructured(3), start(z, y)
    found = maximise(reduce(z, y), shape, b, shape.elements(np.diag(variances)))
    table = {"arm": z[:, 1].astype(int), "x": z[:, 2]} | {f"y{place}": y[:, place] for place in range(3)}
    fit = mmrm(
        table, "y ~ (arm + x)*visit", visit="visit", outcomes={str(p): f"y{p}" for p in range(3)}, reml=False
    )
    assert found.loglik == pytest.approx(fit.solution.log_likelihood, abs=1e-8)
    first = {one.name: one for one in fit.coefficients()}
    assert found.coefficients[0, 1] == pytest.approx(first["arm1"].estimate, rel=1e-7)
    np.testing.assert_allclose(found.sigma, fit.solution.covariances[0], rtol=1e-7)


def test_derivatives_of_the_panel_covariance():
    shape = CrossLagged(4)
    theta = np.random.default_rng(1).normal(size=shape.size) * 0.3
    _, first, second = shape.at(theta)
    for k, step in enumerate(np.eye(shape.size) * 1e-6):
        (up, up_first, _), (down, down_first, _) = shape.at(theta + step), shape.at(theta - step)
        np.testing.assert_allclose((up - down) / 2e-6, first[k], atol=1e-8)
        np.testing.assert_allclose((up_first - down_first) / 2e-6, second[:, k], atol=1e-7)


def test_panel_covariance_is_that_of_the_process():
    """By the recursion of the scores themselves, for any lags."""
    lags = np.array([[0.3, -0.1], [0.4, 0.2]])
    start_, step, steady = (
        np.array([[2, 0.5], [0.5, 1]]),
        np.array([[1, 0.2], [0.2, 3]]),
        np.array([[4, 1], [1, 2]]),
    )
    theta = np.concatenate(
        [
            lags.ravel(),
            steady[np.tril_indices(2)],
            start_[np.tril_indices(2)],
            *[step[np.tril_indices(2)]] * 2,
        ]
    )
    w1 = start_
    w2 = lags @ w1 @ lags.T + step
    w3 = lags @ w2 @ lags.T + step
    rows = [
        [w1, w1 @ lags.T, w1 @ lags.T @ lags.T],
        [lags @ w1, w2, w2 @ lags.T],
        [lags @ lags @ w1, lags @ w2, w3],
    ]
    wanted = np.block(rows) + np.kron(np.ones((3, 3)), steady)
    np.testing.assert_allclose(CrossLagged(3).at(theta)[0], wanted, rtol=1e-12)


# Unmeasured confounding


@pytest.mark.parametrize("rho", [-0.6, -0.2, 0.0, 0.35, 0.8])
def test_the_true_effect_at_the_true_correlation(rho):
    """Population moments of a model with correlated errors: what least squares would see, and what it hides."""
    a, b, s2, s3 = 0.7, -0.4, 1.3, 2.1
    errors = np.array([[s2**2, rho * s2 * s3], [rho * s2 * s3, s3**2]])
    loading = np.array([[1, 0], [b, 1]])
    residual = loading @ errors @ loading.T  # of mediator and of the outcome without the mediator
    assert float(indirect_at(rho, a, residual)) == pytest.approx(a * b, rel=1e-12)
    r = residual[0, 1] / np.sqrt(residual[0, 0] * residual[1, 1])
    assert float(indirect_at(r, a, residual)) == pytest.approx(0, abs=1e-12)
    assert float(indirect_at(0.0, a, residual)) == pytest.approx(a * residual[0, 1] / residual[0, 0])


def test_the_curve_is_the_likeliest_effect_at_each_correlation():
    """Both regressions by maximum likelihood with the correlation of their errors held at rho."""
    columns, rho = trial(60), 0.3
    people = sampled(columns)
    z = np.column_stack([np.ones(60), people.arm, people.covariates])
    m, y = people.mediators[:, 0], people.outcome

    def misfit(place):
        e2, e3 = m - z @ place[:4], y - z @ place[4:8] - place[8] * m
        s2, s3 = np.exp(place[9:])
        quadratic = ((e2 / s2) ** 2 - 2 * rho * e2 * e3 / (s2 * s3) + (e3 / s3) ** 2).sum() / (1 - rho**2)
        return 60 * (place[9] + place[10]) + quadratic / 2

    best = minimize(misfit, np.zeros(11), method="BFGS", options={"gtol": 1e-8}).x
    found = Complete(people).estimate()
    assert best[1] * best[8] == pytest.approx(
        float(indirect_at(rho, found.paths[0], found.residual)), rel=1e-5
    )


def test_a_hidden_cause_by_simulation():
    """An unmeasured cause of mediator and outcome: naive is wrong, the effect at its rho is right."""
    random, n = np.random.default_rng(8), 200_000
    arm, hidden = (np.arange(n) % 2).astype(float), random.normal(size=n)
    m = 0.6 * arm + 0.8 * hidden + random.normal(size=n)
    y = 0.5 * m + 0.7 * hidden + random.normal(size=n)
    source = Complete(sample(arm, {}, {"m": m}, ("y", y)))
    found, unit = source.estimate(), source.people.scale[-1]
    rho = 0.8 * 0.7 / np.sqrt((1 + 0.8**2) * (1 + 0.7**2))
    assert found.product([0])[0] * unit > 0.4
    assert float(indirect_at(rho, found.paths[0], found.residual)) * unit == pytest.approx(0.3, abs=0.01)


def test_sensitivity_belongs_to_the_estimate():
    found = mediate(*asked(trial(90)), replicates=400)
    one = found.through[0]
    curve = {point.rho: point for point in one.sensitivity.curve}
    assert curve[0.0].indirect == pytest.approx(one.indirect.estimate)
    assert (curve[0.0].low, curve[0.0].high) == pytest.approx(
        (one.indirect.percentile.low, one.indirect.percentile.high)
    )
    assert 0 < one.sensitivity.rho_interval < one.sensitivity.rho
    assert one.sensitivity.shared == pytest.approx(one.sensitivity.rho**2)


def asked(columns):
    covariates = {name: columns[name] for name in ("base", "start")}
    return columns["arm"], {"m": columns["m"]}, ("y", columns["y"]), covariates


def test_e_values():
    """d = 0.5: RR 1.576, so 1.576 + sqrt(1.576 x 0.576); nothing is needed to explain nothing."""
    assert e_value(0.5) == pytest.approx(2.529, abs=5e-4)
    assert e_value(-0.5) == e_value(0.5)
    assert e_value(0.0) == 1.0


def test_paths_given_covariates_with_gaps_are_those_of_the_regression():
    """Where nothing is missing it makes no difference whether a covariate is a regressor or a response."""
    columns = trial(50)
    people = sampled(columns)
    rows = np.column_stack([np.ones(50), people.arm, people.values])
    products = rows.T @ rows
    as_regressors, _ = sweep(products, range(4))
    as_responses, _ = sweep(products, range(2))
    one = paths(as_regressors[:4, 4:].T, as_regressors[4:, 4:] / 50, 0)
    other = paths(as_responses[:2, 2:].T, as_responses[2:, 2:] / 50, 2)
    np.testing.assert_allclose(one.paths, other.paths, rtol=1e-10)
    np.testing.assert_allclose(one.residual, other.residual, rtol=1e-10)
