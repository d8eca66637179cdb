"""Trials as arrays in memory: the same sums and the same fit as from a table."""

import numpy as np
import pytest

from allay.science.evaluation.models import BadModel, mmrm
from allay.science.evaluation.models.arrays import Arrays, fit_arrays
from allay.science.evaluation.models.formula import parse
from allay.science.evaluation.models.mmrm import Request
from allay.science.evaluation.models.profile import Grouping
from allay.science.evaluation.results import NotEstimable
from tests.science.models.trials import changed, trial

FORMULA = "y ~ x + arm*visit"


def arrays_of(columns):
    ids, visit = np.array(columns["id"]), np.array(columns["visit"]) - 1
    people = ids.max() + 1
    y = np.full((people, visit.max() + 1), np.nan)
    y[ids, visit] = columns["y"]
    first = [int(np.argmax(ids == person)) for person in range(people)]
    x, arm, group = (np.array(columns[name])[first] for name in ("x", "arm", "g"))
    levels = tuple(str(level) for level in range(arm.max() + 1))
    return Arrays(
        tuple(str(place + 1) for place in range(y.shape[1])), y, {"x": x}, {"arm": (levels, arm)}, group
    )


def request(formula=FORMULA, *, grouped=False, **options):
    group = Grouping("g", "arm", "1") if grouped else None
    return Request(parse(formula), "id", "visit", group=group, **options)


def same(one, other):
    assert one.summaries.fingerprint == other.summaries.fingerprint
    assert one.solution.log_likelihood == other.solution.log_likelihood
    assert one.coefficients() == other.coefficients()
    assert one.differences() == other.differences()


@pytest.mark.parametrize("options", [{}, {"constrained": "arm"}, {"covariance": "toeph"}, {"df": "z"}])
def test_the_same_bits_as_from_a_table(options):
    columns = trial(50, 3, seed=8)
    table = mmrm(columns, FORMULA, subject="id", visit="visit", **options)
    same(fit_arrays(arrays_of(columns), request(**options)), table)


def test_therapy_groups():
    columns = trial(60, 3, groups=5, seed=9)
    table = mmrm(columns, FORMULA, subject="id", visit="visit", group="g", group_arm="1")
    found = fit_arrays(arrays_of(columns), request(grouped=True))
    assert len(found.summaries.cells) > 8
    same(found, table)
    assert found.group.variance == table.group.variance


def test_numbers_without_fixed_decimals_go_on_the_grid():
    columns = changed(trial(40, 3, seed=3), y=lambda table: [value / 7 for value in table["y"]])
    same(fit_arrays(arrays_of(columns), request()), mmrm(columns, FORMULA, subject="id", visit="visit"))


@pytest.mark.parametrize(("vcov", "grouped"), [("CR0", False), ("CR2", False), ("CR3", False), ("CR2", True)])
def test_sandwich_standard_errors(vcov, grouped):
    columns, group = trial(40, 3, seed=5, groups=4), {"group": "g", "group_arm": "1"} if grouped else {}
    table = mmrm(columns, FORMULA, subject="id", visit="visit", vcov=vcov, **group).differences()
    found = fit_arrays(arrays_of(columns), request(vcov=vcov, grouped=grouped)).differences()
    np.testing.assert_allclose([one.se for one in found], [one.se for one in table], rtol=1e-12)
    np.testing.assert_allclose([one.df for one in found], [one.df for one in table], rtol=1e-10)


def test_people_without_an_outcome_do_not_count():
    arrays = arrays_of(trial(40, 3, seed=6))
    y = np.vstack([arrays.y, np.full((1, 3), np.nan)])
    levels, arm = arrays.factors["arm"]
    longer = Arrays(
        arrays.visits,
        y,
        {"x": np.append(arrays.numbers["x"], 99.0)},
        {"arm": (levels, np.append(arm, 1))},
        np.append(arrays.group, -1),
    )
    same(fit_arrays(longer, request()), fit_arrays(arrays, request()))


def test_what_arrays_cannot_answer():
    arrays = arrays_of(trial(20, 3, seed=6))
    with pytest.raises(BadModel, match='there is no "site"'):
        fit_arrays(arrays, request("y ~ site + arm*visit"))
    with pytest.raises(BadModel, match="need a table"):
        fit_arrays(arrays, request(weights="weight"))
    nobody = Arrays(arrays.visits, np.full((4, 3), np.nan), {}, {"arm": (("0", "1"), np.zeros(4, int))})
    assert isinstance(fit_arrays(nobody, request("y ~ arm*visit")), NotEstimable)
