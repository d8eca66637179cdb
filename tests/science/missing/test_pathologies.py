"""Data that make the analyses fail: an answer, or a reason; never a traceback or a wrong number."""

import numpy as np
import pytest

from allay.science.evaluation.missing import (
    STRATEGIES,
    Cohort,
    delta_grid,
    multiple_imputation,
    reference_based,
)
from allay.science.evaluation.models import BadModel
from allay.science.evaluation.results import Estimate, NotEstimable
from tests.science.missing.trials import cohort, trial

ALL = list(STRATEGIES)


def both(people):
    found = reference_based(people, ALL, deltas=delta_grid(4, 3))
    return found, multiple_imputation(people, ALL, seed=1, imputations=4, sweeps=5)


def at(found, strategy, visit):
    return next(one for one in found.assumptions if one.strategy == strategy).at(visit, "1").effect


def says(effect):
    assert isinstance(effect, NotEstimable)
    return effect.not_estimable


@pytest.fixture(scope="module")
def data():
    return trial(30, 3)


def test_a_visit_that_nobody_of_the_programme_reached(data):
    arm, x, y = data
    people = cohort(arm, x, np.where((arm == 1)[:, None] & (np.arange(3) == 2), np.nan, y))
    for found in both(people):
        for strategy in ("MAR", "LMCF"):
            assert 'nobody of "1" was measured at "3"' in says(at(found, strategy, "3"))
        for strategy in ("JR", "CIR", "CR"):
            assert isinstance(at(found, strategy, "3"), Estimate)
        assert isinstance(at(found, "MAR", "2"), Estimate)
        assert any("from the assumption alone" in note for note in found.notes)
    assert "nobody of" in both(people)[0].tipping[0].says


def test_a_visit_that_nobody_of_the_reference_reached(data):
    arm, x, y = data
    for found in both(cohort(arm, x, np.where((arm == 0)[:, None] & (np.arange(3) == 2), np.nan, y))):
        assert isinstance(at(found, "LMCF", "3"), Estimate)
        for strategy in ("MAR", "JR", "CIR", "CR"):
            assert 'nobody of "0" was measured at "3"' in says(at(found, strategy, "3"))


def test_a_visit_that_one_person_reached_has_no_jackknife(data):
    arm, x, y = data
    y = np.where((arm == 1)[:, None] & (np.arange(3) == 2), np.nan, y)
    y[1] = 50, 51, 52
    found = reference_based(cohort(arm, x, y), ALL)
    assert "without each person in turn" in says(at(found, "MAR", "3"))
    assert isinstance(at(found, "JR", "3"), Estimate)


def test_a_visit_that_nobody_reached(data):
    arm, x, y = data
    y = np.where(np.arange(3) == 2, np.nan, y)
    for found in both(cohort(arm, x, y)):
        assert says(at(found, "JR", "3")) == 'nobody was measured at "3"'
        assert isinstance(at(found, "JR", "2"), Estimate)
        assert found.target == "3"


def test_nobody_measured_at_all(data):
    arm, x, y = data
    for found in both(cohort(arm, x, np.full_like(y, np.nan))):
        assert found == NotEstimable("nobody was measured at any visit")


def test_one_person_per_arm():
    for found in both(cohort(*trial(2, 3, complete=True))):
        assert isinstance(found, NotEstimable)


def test_as_many_people_as_coefficients():
    people = cohort(*trial(3, 3, complete=True))
    assert (
        says(at(reference_based(people, ["JR"]), "JR", "3")) == "there are not more people than coefficients"
    )
    assert "too few" in multiple_imputation(people, ["JR"], seed=1).not_estimable


def test_one_person_in_an_arm_has_no_jackknife(data):
    _, x, y = data
    found = reference_based(cohort((np.arange(30) == 3).astype(int), x, y), ["MAR"])
    assert "without each person in turn" in says(at(found, "MAR", "1"))


@pytest.mark.parametrize("more", [{"w": 2.0, "shift": 1.0}, {"w": 0.0, "shift": 1.7}])
def test_collinear_and_constant_covariates_change_nothing(data, more):
    arm, x, y = data
    plain = cohort(arm, x, y)
    doubled = Cohort(
        plain.people, plain.arms, plain.visits, plain.arm, y, {"x": x, "w": more["w"] * x + more["shift"]}
    )
    (one, _), (other, imputed) = both(plain), both(doubled)
    for strategy in ALL:
        assert at(other, strategy, "3").estimate == pytest.approx(at(one, strategy, "3").estimate, rel=1e-6)
        assert at(other, strategy, "3").se == pytest.approx(at(one, strategy, "3").se, rel=1e-6)
        assert (
            abs(at(imputed, strategy, "3").estimate - at(one, strategy, "3").estimate)
            < at(one, strategy, "3").se
        )


def test_a_covariate_that_is_the_arm_says_nothing_of_the_other_arm(data):
    arm, _, y = data
    found = reference_based(cohort(arm, arm.astype(float), y), ["MAR", "JR"])
    assert isinstance(at(found, "MAR", "3"), Estimate)
    assert "do not determine" in says(at(found, "JR", "3"))


def test_everybody_with_the_same_outcome(data):
    arm, x, y = data
    for found in both(cohort(arm, x, np.where(np.isnan(y), np.nan, 5.0))):
        assert found == NotEstimable("everybody has the same outcome")


@pytest.mark.parametrize(("scale", "shift"), [(1e8, 0.0), (1.0, 1e9), (1e-6, 0.0)])
def test_other_units_change_nothing(data, scale, shift):
    arm, x, y = data
    one, other = both(cohort(arm, x, y))[0], both(cohort(arm, x, y * scale + shift))[0]
    for strategy in ALL:
        assert at(other, strategy, "3").estimate == pytest.approx(
            at(one, strategy, "3").estimate * scale, rel=1e-5
        )
        assert at(other, strategy, "3").se == pytest.approx(at(one, strategy, "3").se * scale, rel=1e-5)


def test_more_visits_than_people():
    arm, x, y = trial(8, 7, seed=3)
    found = reference_based(cohort(arm, x, y), ["MAR"])
    assert found.covariance != "us"
    assert "could not be certified" in " ".join(found.notes)
    assert "too few" in multiple_imputation(cohort(arm, x, y), ["MAR"], seed=1).not_estimable


def test_one_visit_is_a_regression_of_those_who_came(data):
    arm, x, y = data
    found = reference_based(cohort(arm, x, y[:, :1]), ["MAR"])
    here = np.isfinite(y[:, 0])
    design = np.column_stack([np.ones(here.sum()), arm[here], x[here]])
    wanted = np.linalg.lstsq(design, y[here, 0], rcond=None)[0][1]
    assert at(found, "MAR", "1").estimate == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"strategies": ["J2R"]}, 'strategy "J2R" is unknown'),
        ({"strategies": []}, "no strategy"),
        ({"target": "9"}, 'no visit "9"'),
        ({"by_visit": ["z"]}, 'no covariate "z"'),
        ({"deltas": [float("nan")]}, "deltas are at most"),
    ],
)
def test_requests_that_make_no_sense(data, request_, reason):
    with pytest.raises(BadModel, match=reason):
        reference_based(cohort(*data), **request_)


def test_one_arm_cannot_be_compared(data):
    _, x, y = data
    with pytest.raises(BadModel, match="two arms"):
        reference_based(cohort(np.zeros(30, dtype=int), x, y))


def test_too_many_people_to_leave_out(monkeypatch, data):
    monkeypatch.setattr("allay.science.evaluation.missing.sensitivity.MOST_JACKKNIFED", 29)
    assert "multiple imputation takes any number" in reference_based(cohort(*data)).not_estimable
    assert multiple_imputation(cohort(*data), seed=1, imputations=3).people == 30
