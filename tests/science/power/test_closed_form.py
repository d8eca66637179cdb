"""Power against R, textbook formulas, and counting."""

import json
from math import comb, sqrt
from pathlib import Path

import numpy as np
import pytest

from allay.science.evaluation.power.analysis import Analysis
from allay.science.evaluation.power.closed_form import formula_power, t_power
from allay.science.evaluation.power.enrolment import enough_finish, smallest_start
from allay.science.evaluation.power.replicates import batches, simulate
from allay.science.evaluation.power.trial import Size, Trial

REFERENCE = json.loads((Path(__file__).parents[2] / "reference/power/power.json").read_text())
TWO = ("baseline", "week 12")


def truth(effect, correlation, *, icc=0.0, visits=TWO):
    count = len(visits)
    sigma = correlation + (1 - correlation) * np.eye(count)
    effects = np.array([np.zeros(count), np.linspace(0, effect, count)])
    return Trial(("waiting", "programme"), visits, effects, sigma, 1 if icc else None, icc / (1 - icc))


def simulated(trial, analysis, size, trials=800):
    (found,) = simulate(batches(trial, analysis, size, seed=3, replicates=trials))
    assert found.answered.all()
    return float((found.columns["p"] < 0.05).mean())


def near(share, expected, trials=800, allowance=0.0):
    """Within three and a half standard errors of the simulation, and what an approximation may be off."""
    return abs(share - expected) < 3.5 * sqrt(expected * (1 - expected) / trials) + allowance


@pytest.mark.parametrize("case", REFERENCE["t_test"])
def test_the_t_test_as_r_has_it(case):
    se, df = sqrt(2 / case["n"]), 2 * case["n"] - 2
    assert t_power(case["delta"], se, df, case["level"]) == pytest.approx(case["power"], rel=1e-8)


@pytest.mark.parametrize("case", REFERENCE["finish"])
def test_finishing_as_r_has_it(case):
    start, needed, chance = case["start"], case["needed"], case["chance"]
    counted = sum(comb(start, k) * chance**k * (1 - chance) ** (start - k) for k in range(needed, start + 1))
    assert enough_finish(start, needed, chance) == pytest.approx(case["reached"], rel=1e-8)
    assert enough_finish(start, needed, chance) == pytest.approx(counted, rel=1e-10)


def test_start_13_to_finish_8():
    assert smallest_start(8, 0.75, 0.9) == 13
    assert enough_finish(12, 8, 0.75) < 0.9 <= enough_finish(13, 8, 0.75)
    assert smallest_start(8, 1.0, 0.9) == 8
    assert hasattr(smallest_start(8, 0.0, 0.9), "not_estimable")


@pytest.mark.parametrize(("people", "correlation"), [(40, 0.0), (64, 0.6)])
@pytest.mark.parametrize("kind", ["clda", "ancova"])
def test_two_visits_without_gaps_is_analysis_of_covariance(people, correlation, kind):
    trial, analysis = truth(0.6, correlation), Analysis(1, kind=kind)
    size = Size((people // 2, people // 2))
    expected = formula_power(trial, analysis, size)
    by_hand = t_power(0.6, sqrt((1 - correlation**2) * 4 / people), people - 3, 0.05)
    assert expected == pytest.approx(by_hand, rel=1e-12)
    trials = 800 if kind == "clda" else 100
    assert near(simulated(trial, analysis, size, trials), expected, trials, 0.01)


def test_visits_between_add_nothing_where_nobody_is_missing():
    trial = truth(0.6, 0.6, visits=("baseline", "week 6", "week 12"))
    expected = formula_power(trial, Analysis(2), Size((32, 32)))
    assert expected == formula_power(truth(0.6, 0.6), Analysis(1), Size((32, 32)))
    assert near(simulated(trial, Analysis(2), Size((32, 32))), expected, allowance=0.01)


@pytest.mark.parametrize("icc", [0.05, 0.2])
def test_therapy_groups_by_the_design_effect(icc):
    """Moerbeek & Wong: the programme's mean varies as (between + residual / m) / groups."""
    trial, size = truth(0.7, 0.5, icc=icc), Size((64, 64), 8)
    analysis = Analysis(1, grouped=True)
    between, rest = icc / (1 - icc), 0.75
    own, apart = (between + rest / 8) / 8, rest / 64
    free = (own + apart) ** 2 / (own**2 / 7 + apart**2 / 63)
    expected = formula_power(trial, analysis, size)
    assert expected == pytest.approx(t_power(0.7, sqrt(own + apart), free, 0.05), rel=1e-12)
    assert near(simulated(trial, analysis, size), expected, allowance=0.03)


def test_no_formula_without_degrees_of_freedom():
    assert formula_power(truth(0.5, 0.5), Analysis(1), Size((1, 2))) is None
    assert formula_power(truth(0.5, 0.5, icc=0.1), Analysis(1, grouped=True), Size((8, 8), 1)) is None
