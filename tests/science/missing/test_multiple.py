"""Rubin's rules against R's mice; multiple imputation against conditional means and against plain draws."""

import json
from math import inf
from pathlib import Path

import numpy as np
import pytest

from allay.science.evaluation.missing import STRATEGIES, multiple_imputation, pool, reference_based
from allay.science.evaluation.missing.imputation_model import fit_model
from allay.science.evaluation.missing.multiple import impute
from allay.science.evaluation.missing.posterior import Draws, complete, draw, known_of, wishart_root
from allay.science.evaluation.models.errors import BadModel
from tests.science.missing import plain
from tests.science.missing.trials import cohort, trial

REFERENCE = json.loads((Path(__file__).parents[2] / "reference/missing/pool.json").read_text())
ALL = list(STRATEGIES)


@pytest.mark.parametrize("case", REFERENCE["scalars"])
def test_pooling_is_that_of_mice(case):
    df = inf if case["df_complete"] is None else case["df_complete"]
    found = pool(np.array(case["estimates"]), np.array(case["variances"]), df)
    ours = (found.effect.estimate, found.within, found.between, found.effect.se**2, found.effect.df)
    theirs = [case[name] for name in ("estimate", "within", "between", "total", "df")]
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)
    assert found.missing_information == pytest.approx(case["fmi"], rel=1e-10)


def test_the_interval_of_a_pooled_regression_is_that_of_mice():
    wanted = REFERENCE["whole"]
    found = pool(np.array(wanted["estimates"]), np.array(wanted["variances"]), wanted["df_complete"])
    for name in ("estimate", "se", "df", "t", "p", "low", "high"):
        assert getattr(found.effect, name) == pytest.approx(wanted[name], rel=1e-9), name


def test_one_estimate_cannot_be_pooled():
    with pytest.raises(BadModel, match="two or more"):
        pool(np.array([1.0]), np.array([1.0]))


def test_multiple_imputation_agrees_with_conditional_means_within_its_own_error():
    arm, x, y = trial(80, 4, seed=6)
    people, imputations = cohort(arm, x, y), 300
    found = multiple_imputation(people, ALL, seed=1, imputations=imputations, sweeps=25)
    wanted = reference_based(people, ALL)
    for ours, theirs in zip(found.assumptions, wanted.assumptions, strict=True):
        for one, other in zip(ours.effects, theirs.effects, strict=True):
            error = (one.imputing.between / imputations) ** 0.5
            assert abs(one.effect.estimate - other.effect.estimate) < 4 * error + 0.02 * one.effect.se
    mar = found.assumptions[0].at("4", "1").effect.se / wanted.assumptions[0].at("4", "1").effect.se
    assert mar == pytest.approx(1, abs=0.12)


def test_reference_based_standard_errors_by_rubin_are_no_smaller_than_the_jackknife():
    arm, x, y = trial(80, 4, seed=6)
    people = cohort(arm, x, y)
    rubin = multiple_imputation(people, ["JR"], seed=2).assumptions[0].at("4", "1").effect
    without = reference_based(people, ["JR"]).assumptions[0].at("4", "1").effect
    assert rubin.se > without.se


def test_the_same_seed_gives_the_same_answer_and_another_seed_another():
    people = cohort(*trial(40, 3, seed=2))
    first, second, third = (multiple_imputation(people, ["JR"], seed=s, imputations=10) for s in (5, 5, 6))
    assert first == second
    assert first != third


def test_complete_data_give_least_squares_without_any_spread_between():
    arm, x, y = trial(30, 3, complete=True)
    found = multiple_imputation(cohort(arm, x, y), ["MAR"], seed=1, imputations=5).assumptions[0]
    design = np.column_stack([np.ones(30), arm, x])
    coefficients, rest = np.linalg.lstsq(design, y, rcond=None)[:2]
    errors = np.sqrt(rest / 27 * np.linalg.inv(design.T @ design)[1, 1])
    for place, one in enumerate(found.effects):
        assert one.effect.estimate == pytest.approx(coefficients[1, place], rel=1e-10)
        assert one.effect.se == pytest.approx(errors[place], rel=1e-8)
        assert one.imputing.between == pytest.approx(0, abs=1e-18)


def test_imputed_cross_products_have_the_moments_of_imputed_values():
    """Against values drawn person by person, at fixed parameters: means and spreads of sum zy' and sum yy'."""
    arm, x, y = trial(24, 3, seed=9)
    model = fit_model(cohort(arm, x, y))
    times, random = 4000, np.random.default_rng(3)
    sigma = model.fit.solution.covariances[0] / model.scale**2
    fixed = Draws(np.tile(model.fit.solution.beta, (times, 1)), np.tile(sigma, (times, 1, 1)))
    found = complete(model, known_of(model), fixed, "JR", random)
    means, spread = plain.means_and_covariance(arm, x, y)
    middle = (plain.filled("JR", arm, x, y, means, spread) - model.shift) / model.scale
    drawn = np.tile(middle, (times, 1, 1))
    for person, seen in enumerate(np.isfinite(y)):
        gone = ~seen
        if not gone.any():
            continue
        part = sigma[np.ix_(gone, gone)]
        if seen.any():
            cross = sigma[np.ix_(gone, seen)]
            part = part - cross @ np.linalg.inv(sigma[np.ix_(seen, seen)]) @ cross.T
        drawn[:, person, gone] += random.multivariate_normal(np.zeros(gone.sum()), part, times)
    for ours, theirs in (
        (found.yy.sum(axis=1), np.einsum("mit,miu->mtu", drawn, drawn)),
        (found.zy.sum(axis=1), np.einsum("iq,mit->mqt", model.z, drawn)),
    ):
        wide = theirs.std(axis=0) + 1e-12
        assert (np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) < 6 * wide / times**0.5 + 1e-9).all()
        np.testing.assert_allclose(ours.std(axis=0)[wide > 1e-6], wide[wide > 1e-6], rtol=0.08)


def test_draws_have_the_posterior_of_complete_data():
    """With nothing missing Sigma is inverse Wishart, n - q degrees of freedom once beta is integrated out."""
    arm, _, y = trial(40, 2, complete=True, seed=4)
    people = cohort(arm, None, y)
    model = fit_model(people)
    found = draw(model, known_of(model), 4000, 5, np.random.default_rng(1))
    design = np.column_stack([np.ones(40), arm])
    rest = (y - design @ np.linalg.lstsq(design, y, rcond=None)[0]) / model.scale
    wanted = rest.T @ rest / (40 - 2 - 2 - 1)
    np.testing.assert_allclose(found.sigma.mean(axis=0), wanted, rtol=0.04, atol=0.02)
    np.testing.assert_allclose(found.beta.mean(axis=0), model.fit.solution.beta, atol=0.03)
    assert found.beta.std(axis=0) == pytest.approx(
        np.sqrt(np.diag(model.fit.solution.root @ model.fit.solution.root.T)), rel=0.08
    )


@pytest.mark.parametrize("free", [0, 1, 2, 3, 9])
def test_wishart_has_its_mean_and_rank(free):
    root = wishart_root(np.random.default_rng(2), np.array(free), 3, (20000,))
    found = root @ root.swapaxes(1, 2)
    np.testing.assert_allclose(found.mean(axis=0), free * np.eye(3), atol=0.15)
    assert np.linalg.matrix_rank(found[0]) == min(free, 3)


def test_more_people_cost_no_more_draws():
    """The draws come from cross-products: three times the same people, a third of the spread."""
    arm, x, y = trial(60, 3, seed=12)
    one = impute(cohort(arm, x, y), ["MAR"], seed=1, imputations=200, sweeps=20)
    three = impute(
        cohort(np.tile(arm, 3), np.tile(x, 3), np.tile(y, (3, 1))),
        ["MAR"],
        seed=1,
        imputations=200,
        sweeps=20,
    )
    assert three.effects.var(axis=0)[0, 0, -1] / one.effects.var(axis=0)[0, 0, -1] == pytest.approx(
        1 / 3, rel=0.35
    )
