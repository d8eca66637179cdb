"""One row per person: the same answers as one row per person and visit."""

import numpy as np
import pytest

from allay.science.evaluation.models import BadModel, mmrm
from allay.science.evaluation.results import NotEstimable
from tests.science.models.trials import trial

OUTCOMES = {"1": "first", "2": "second", "3": "third"}


@pytest.fixture(scope="module")
def columns():
    return trial(50, 3)


def wide(columns):
    people = sorted(set(columns["id"]))
    found = {name: [] for name in ("arm", "x", "site", *OUTCOMES.values())}
    for person in people:
        rows = [row for row, one in enumerate(columns["id"]) if one == person]
        for name in ("arm", "x", "site"):
            found[name].append(columns[name][rows[0]])
        scores = {str(columns["visit"][row]): columns["y"][row] for row in rows}
        for visit, name in OUTCOMES.items():
            found[name].append(scores.get(visit))
    return found


def numbers(found):
    return np.array([[one.estimate, one.se, one.df] for one in found.coefficients()])


@pytest.mark.parametrize("options", [{}, {"vcov": "CR2"}, {"covariance": "toeph"}, {"constrained": "arm"}])
def test_as_from_a_long_table(columns, options):
    formula = "y ~ x + site + arm*visit"
    found = mmrm(wide(columns), formula, visit="visit", outcomes=OUTCOMES, **options)
    long = mmrm(columns, formula, subject="id", visit="visit", **options)
    np.testing.assert_allclose(numbers(found), numbers(long), rtol=1e-9)
    assert found.summaries.fingerprint == long.summaries.fingerprint
    ours = [one.estimate for one in found.marginal_means()]
    np.testing.assert_allclose(ours, [one.estimate for one in long.marginal_means()], rtol=1e-9)


@pytest.mark.parametrize("vcov", ["model", "CR2"])
def test_somebody_without_outcomes_or_covariates_is_left_out_and_counted(columns, vcov):
    table = wide(columns)
    more = {name: [*values, None, values[0]] for name, values in table.items()}
    for name in OUTCOMES.values():
        more[name][-1] = float("nan")
    found = mmrm(more, "y ~ x + arm*visit", visit="visit", outcomes=OUTCOMES, vcov=vcov)
    plain = mmrm(table, "y ~ x + arm*visit", visit="visit", outcomes=OUTCOMES, vcov=vcov)
    np.testing.assert_allclose(numbers(found), numbers(plain), rtol=1e-12)
    assert found.warnings == ("2 of 52 rows lack a value and were left out",)


@pytest.mark.parametrize("change", [{"first": ["a"] * 50}, {"arm": None}])
def test_tables_that_do_not_fit(columns, change):
    table = wide(columns) | change
    table = {name: values for name, values in table.items() if values is not None}
    with pytest.raises(BadModel):
        mmrm(table, "y ~ x + arm*visit", visit="visit", outcomes=OUTCOMES)


def test_nobody_with_an_outcome(columns):
    table = wide(columns) | {name: [float("nan")] * 50 for name in OUTCOMES.values()}
    found = mmrm(table, "y ~ x + arm*visit", visit="visit", outcomes=OUTCOMES)
    assert isinstance(found, NotEstimable)
