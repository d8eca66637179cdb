"""Conditional mean imputation against R's rbmi and against a plain second implementation."""

import json
from pathlib import Path

import numpy as np
import pytest

from allay.science.evaluation.missing import STRATEGIES, from_rows, reference_based, refits
from allay.science.evaluation.missing.conditional_mean import jackknife
from tests.science.missing import plain
from tests.science.missing.trials import cohort, trial

FOLDER = Path(__file__).parents[2] / "reference"
REFERENCE = json.loads((FOLDER / "missing" / "reference_based.json").read_text())["pooled"]
ALL = list(STRATEGIES)
VISITS = [str(visit) for visit in range(1, 6)]


@pytest.fixture(scope="module")
def trial_a():
    path = FOLDER / "mmrm" / "trial.csv"
    return from_rows(path, outcome="y", subject="id", visit="visit", arm="arm", covariates=["x"])


@pytest.fixture(scope="module")
def found(trial_a):
    return reference_based(trial_a, ALL, deltas=[0, 2, 5], raised=["active"])


def rows(key):
    return {row["parameter"]: row for row in REFERENCE[key]}


def close(estimate, se, wanted):
    assert estimate == pytest.approx(wanted["est"], rel=1e-3, abs=1e-4 * wanted["se"])
    assert se == pytest.approx(wanted["se"], rel=1e-3)


@pytest.mark.parametrize("strategy", ALL)
def test_every_strategy_at_every_visit_is_that_of_rbmi(found, strategy):
    wanted = rows(strategy)
    assumption = next(one for one in found.assumptions if one.strategy == strategy)
    for visit in VISITS:
        effect = assumption.at(visit, "1")
        close(effect.effect.estimate, effect.effect.se, wanted[f"trt_{visit}"])
        for mean, name in zip(effect.means, ("ref", "alt"), strict=True):
            close(mean.estimate, mean.se, wanted[f"lsm_{name}_{visit}"])


@pytest.mark.parametrize("visit", VISITS)
def test_deltas_are_those_of_rbmi(trial_a, visit):
    found = reference_based(trial_a, ["MAR"], target=visit, deltas=[2, 5], raised=["active"])
    for shifted in found.tipping[0].grid:
        wanted = rows(f"MAR_delta{shifted.delta}_arm1_all_missing")[f"trt_{visit}"]
        close(shifted.effect.estimate, shifted.effect.se, wanted)


def errors_of(found):
    return np.sqrt(found.variances(found.without.effects).sum(axis=0))


def agrees(people, visits, seed, **more):
    arm, x, y = trial(people, visits, seed=seed, **more)
    estimates, errors = plain.jackknife(ALL, arm, x, y)
    found = jackknife(cohort(arm, x, y), ALL)
    np.testing.assert_allclose(found.full.effects[0], estimates, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(errors_of(found), errors, rtol=1e-8)
    return found


@pytest.mark.parametrize(("people", "visits", "arms"), [(24, 3, 2), (27, 3, 3)])
def test_the_plain_way_finds_the_same(people, visits, arms):
    assert agrees(people, visits, 5, arms=arms).refitted < people / 4


def test_refits_one_by_one_find_the_same(monkeypatch):
    """In the smallest trials the joint refits may not settle: each person's is then made afresh."""
    arm, x, y = trial(20, 3, seed=2)
    estimates, errors = plain.jackknife(["JR"], arm, x, y)
    monkeypatch.setattr(refits, "MOST_STEPS", 2)
    found = jackknife(cohort(arm, x, y), ["JR"])
    assert found.refitted == 19  # one person was never measured, so that nothing moves without them
    np.testing.assert_allclose(errors_of(found), errors, rtol=1e-8)
    np.testing.assert_allclose(found.full.effects[0], estimates, rtol=1e-8, atol=1e-8)


def test_delta_in_all_arms_and_a_covariate_by_visit_are_those_of_the_plain_way():
    arm, x, y = trial(18, 3, seed=8)
    formula = "y ~ x + arm*visit + x:visit"
    estimates, errors = plain.jackknife(["MAR"], arm, x, y, 3.0, (0, 1), formula)
    found = reference_based(cohort(arm, x, y), ["MAR"], deltas=[3], raised=["all"], by_visit=["x"])
    shifted = found.tipping[0].grid[0].effect
    assert shifted.estimate == pytest.approx(estimates[0, 0, -1], rel=1e-8)
    assert shifted.se == pytest.approx(errors[0, 0, -1], rel=1e-8)


@pytest.mark.parametrize("covariance", ["cs", "toeph"])
def test_other_covariances_can_be_left_out_of(covariance):
    arm, x, y = trial(30, 3, seed=4)
    together = jackknife(cohort(arm, x, y), ["JR"], covariance=covariance)
    assert together.model.fit.covariance == covariance
    alone = jackknife(cohort(arm, x, y).chosen(np.arange(30) != 7), ["JR"], covariance=covariance)
    np.testing.assert_allclose(together.without.effects[7], alone.full.effects[0], rtol=1e-7, atol=1e-7)


def test_complete_data_give_plain_least_squares_under_every_assumption():
    arm, x, y = trial(30, 3, complete=True)
    found = reference_based(cohort(arm, x, y), ALL)
    wanted = plain.effects(arm, x, y)[0]
    for assumption in found.assumptions:
        estimates = [assumption.at(str(visit), "1").effect.estimate for visit in (1, 2, 3)]
        np.testing.assert_allclose(estimates, wanted, rtol=1e-10)
    assert any("nothing is missing" in note for note in found.notes)


def test_the_order_of_rows_and_a_shift_of_the_outcome_change_nothing():
    arm, x, y = trial(30, 3, seed=3)
    columns = plain.long_rows(arm, x, y)
    order = np.random.default_rng(1).permutation(len(columns["id"]))
    shuffled = {name: [values[place] for place in order] for name, values in columns.items()}
    moved = columns | {"y": [value + 1000 for value in columns["y"]]}
    roles = {"outcome": "y", "subject": "id", "visit": "visit", "arm": "arm", "covariates": ["x"]}
    first, second, third = (
        reference_based(from_rows(one, **roles), ALL) for one in (columns, shuffled, moved)
    )
    assert first == second
    for one, other in zip(first.assumptions, third.assumptions, strict=True):
        assert one.at("3", "1").effect.estimate == pytest.approx(other.at("3", "1").effect.estimate, rel=1e-9)
        assert one.at("3", "1").effect.se == pytest.approx(other.at("3", "1").effect.se, rel=1e-9)


def test_therapy_groups_are_left_out_whole():
    """Against leaving out by hand: groups of four in one arm, people by themselves in the other."""
    arm, x, y = trial(32, 3, seed=14)
    names = ["" if one == 0 else f"g{place // 8}" for place, one in enumerate(arm)]
    found = jackknife(cohort(arm, x, y, groups=tuple(names)), ["JR"])
    assert found.units.sizes.tolist() == [16, 4]
    wanted = np.zeros((2, 1, 3))
    for stratum, units in enumerate(
        (
            np.flatnonzero(arm == 0)[:, None],
            [[p for p in range(32) if names[p] == g] for g in ("g0", "g1", "g2", "g3")],
        )
    ):
        each = []
        for unit in units:
            kept = np.setdiff1d(np.arange(32), unit)
            means, sigma = plain.means_and_covariance(arm[kept], x[kept], y[kept])
            each.append(
                plain.effects(
                    arm[kept], x[kept], plain.filled("JR", arm[kept], x[kept], y[kept], means, sigma)
                )
            )
        each = np.array(each)
        wanted[stratum] = ((each - each.mean(axis=0)) ** 2).sum(axis=0) * (len(each) - 1) / len(each)
    parts = found.variances(found.without.effects)[:, 0]
    np.testing.assert_allclose(parts, wanted, rtol=1e-7)
    answer = reference_based(cohort(arm, x, y, groups=tuple(names)), ["JR"])
    effect = answer.assumptions[0].at("3", "1").effect
    v = wanted[:, 0, 2]
    assert effect.se == pytest.approx(v.sum() ** 0.5, rel=1e-7)
    assert effect.df == pytest.approx(v.sum() ** 2 / (v[0] ** 2 / 15 + v[1] ** 2 / 3), rel=1e-7)
    assert any("left out together" in note for note in answer.notes)
    alone = reference_based(cohort(arm, x, y, groups=tuple("g" if one else "" for one in arm)), ["JR"])
    assert "one therapy group only" in alone.assumptions[0].at("3", "1").effect.not_estimable
