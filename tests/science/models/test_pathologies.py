"""Data that make models fail: an estimate and a warning, or a reason; never a traceback or a wrong number."""

import numpy as np
import pytest

from allay.science.evaluation.models import BadModel, Fit, Refused, mmrm
from allay.science.evaluation.models.compressed import compress
from allay.science.evaluation.models.covariance import structure
from allay.science.evaluation.models.repeated import Repeated, certificate_at
from allay.science.evaluation.results import NotEstimable
from tests.science.models.trials import changed, kept, trial

FORMULA = "y ~ x + arm*visit"


def fit(columns, formula=FORMULA, **options):
    return mmrm(columns, formula, subject="id", visit="visit", **options)


@pytest.fixture(scope="module")
def columns():
    return trial(40, 4)


@pytest.fixture(scope="module")
def plain(columns):
    return fit(columns)


def rows(columns, test):
    return [row for row in range(len(columns["y"])) if test({name: columns[name][row] for name in columns})]


def same(found, wanted, scale=1.0, rtol=1e-9):
    for one, other in zip(found.coefficients()[2:], wanted.coefficients()[2:], strict=True):
        assert one.estimate == pytest.approx(other.estimate * scale, rel=rtol)
        assert one.se == pytest.approx(other.se * scale, rel=rtol)
        assert one.df == pytest.approx(other.df, rel=rtol)


def first_scores(columns):
    found = {}
    for person, y in zip(columns["id"], columns["y"], strict=True):
        found.setdefault(person, y)
    return [found[person] for person in columns["id"]]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"y": lambda c: [3.0] * len(c["y"])}, "everybody has the same outcome"),
        ({"y": lambda c: [float("inf"), *c["y"][1:]]}, '"y" holds infinite values'),
        ({"x": lambda c: [float("-inf"), *c["x"][1:]]}, '"x" holds infinite values'),
        ({"y": lambda c: [v * 1e200 for v in c["y"]]}, '"y" holds numbers beyond 1e+150'),
        ({"x": first_scores, "y": first_scores}, "explain the outcome entirely"),
        ({"y": lambda c: [float("nan")] * len(c["y"])}, "no row has"),
        ({"id": lambda c: [1] * len(c["y"])}, "two different rows at one visit"),
    ],
)
def test_no_answer_with_a_reason(columns, change, reason):
    found = fit(changed(columns, **change))
    assert isinstance(found, NotEstimable)
    assert reason in found.not_estimable


def test_outcome_that_never_changes_within_people(columns):
    found = fit(changed(columns, y=first_scores))
    assert isinstance(found, NotEstimable)
    assert "singular" in found.not_estimable


def test_one_person_per_arm(columns):
    assert isinstance(fit(kept(columns, rows(columns, lambda row: row["id"] < 2))), NotEstimable)


def test_a_visit_observed_by_nobody_in_one_arm(columns):
    found = fit(kept(columns, rows(columns, lambda row: not (row["arm"] == 1 and row["visit"] == 4))))
    assert isinstance(found.coefficients()[-1], Refused)
    assert isinstance(found.differences()[-1], Refused)
    assert not isinstance(found.differences()[-2], Refused)
    assert any("arm1:visit4" in warning for warning in found.warnings)


def test_a_covariate_that_is_the_same_for_everybody_leaves_the_rest_as_it_is(columns, plain):
    found = fit(changed(columns, k=[1.7] * len(columns["y"])), "y ~ x + arm*visit + k")
    values = {one.name: one for one in found.coefficients()}
    assert isinstance(values["k"], Refused)
    for wanted in plain.coefficients():
        assert values[wanted.name].estimate == pytest.approx(wanted.estimate, rel=1e-8)
        assert values[wanted.name].se == pytest.approx(wanted.se, rel=1e-8)


def test_collinear_covariates_leave_the_rest_as_it_is(columns, plain):
    found = fit(changed(columns, z=lambda c: [2 * v + 1 for v in c["x"]]), "y ~ x + z + arm*visit")
    assert isinstance(found.coefficients()[2], Refused)
    assert found.coefficients()[-1].estimate == pytest.approx(plain.coefficients()[-1].estimate, rel=1e-9)


@pytest.mark.parametrize("scale", [1e8, 1e-8])
def test_scaled_outcome(columns, plain, scale):
    same(fit(changed(columns, y=lambda c: [v * scale for v in c["y"]])), plain, scale)


def test_shifted_outcome(columns, plain):
    same(fit(changed(columns, y=lambda c: [v + 1e9 for v in c["y"]])), plain)


def test_shifted_covariate(columns, plain):
    found = fit(changed(columns, x=lambda c: [v + 1e9 for v in c["x"]]))
    same(found, plain, rtol=1e-8)


def test_nothing_after_the_first_visit(columns):
    found = fit(kept(columns, rows(columns, lambda row: row["visit"] == 1)), "y ~ x + arm*visit")
    assert [one.name for one in found.coefficients()] == ["(Intercept)", "x", "arm1"]


def test_thirty_visits():
    found = fit(trial(20, 30), "y ~ x + arm + visit")
    assert found.covariance != "us"
    assert found.certificate.holds
    assert found.attempts[0].reason == "not more people than visits"


def test_repeated_rows_count_once(columns, plain):
    twice = {name: values * 2 for name, values in columns.items()}
    found = fit(twice)
    same(found, plain, rtol=1e-12)
    assert any("repetitions" in warning for warning in found.warnings)


def test_rows_that_contradict_each_other(columns):
    twice = {name: values * 2 for name, values in columns.items()}
    twice["y"] = [*columns["y"], *(v + 1 for v in columns["y"])]
    assert "two different rows" in fit(twice).not_estimable


@pytest.mark.parametrize("name", ["__class__", "a'; DROP TABLE people; --", 'ç"β', "{x}", "%s", "1 + 1"])
def test_strange_names_of_arms(columns, plain, name):
    found = fit(changed(columns, arm=lambda c: [name if arm else "!" for arm in c["arm"]]))
    assert found.coefficients()[-1].estimate == pytest.approx(plain.coefficients()[-1].estimate, rel=1e-9)
    assert found.coefficients()[-1].name == f"arm{name}:visit4"


def test_strange_names_of_columns(columns, plain):
    strange = {'"; DROP': columns["x"], **{name: columns[name] for name in columns if name != "x"}}
    found = fit(strange, 'y ~ `"; DROP` + arm*visit')
    same(found, plain)


def test_values_that_are_absent_are_counted(columns):
    found = fit(changed(columns, y=lambda c: [None, *c["y"][1:]]))
    assert f"1 of {len(columns['y'])} rows" in found.warnings[0]


@pytest.mark.parametrize(
    ("options", "formula"),
    [
        ({"covariance": "banana"}, FORMULA),
        ({"df": "banana"}, FORMULA),
        ({"vcov": "CR9"}, FORMULA),
        ({"df": "kenward-roger", "reml": False}, FORMULA),
        ({"weights": "nope"}, FORMULA),
        ({"weights": "site"}, FORMULA),
        ({"factors": ["nope"]}, FORMULA),
        ({"group": "g"}, FORMULA),
        ({"confidence": 1.5}, FORMULA),
        ({"levels": {"arm": ["0", "2"]}}, FORMULA),
        ({}, "y ~ nope"),
        ({}, "site ~ x"),
    ],
)
def test_requests_that_make_no_sense(columns, options, formula):
    with pytest.raises(BadModel):
        fit(columns, formula, **options)


@pytest.mark.parametrize("weights", [[-1.0], [0.0]])
def test_weights_that_are_none(columns, weights):
    found = fit(changed(columns, weight=weights * len(columns["y"])), weights="weight")
    assert "not above 0" in found.not_estimable


def test_weights_that_change_within_people(columns):
    found = fit(changed(columns, weight=lambda c: [1 + v for v in c["visit"]]), weights="weight")
    assert "changes within a person" in found.not_estimable


def test_visits_never_seen_together_step_down_the_ladder():
    columns = trial(60, 4)
    apart = kept(columns, rows(columns, lambda row: (row["visit"] <= 2) == (row["id"] % 4 < 2)))
    found = fit(apart)
    assert isinstance(found, Fit)
    assert found.covariance != "us"
    assert not found.attempts[0].certificate.holds
    assert any("could not be certified" in warning for warning in found.warnings)


def test_no_ladder_no_step_down():
    columns = trial(60, 4)
    apart = kept(columns, rows(columns, lambda row: (row["visit"] <= 2) == (row["id"] % 4 < 2)))
    assert isinstance(fit(apart, ladder=False), NotEstimable)


def test_the_certificate_refuses_a_wrong_optimum(columns, plain):
    people = compress(plain.summaries, plain.design)
    objective = Repeated(people, structure("us", 4), True)
    right = plain.solution.parameters
    assert certificate_at(objective, right).holds
    for wrong in (right * 1.01, right * 0.5, objective.start()):
        found = certificate_at(objective, wrong)
        assert not found.holds
        assert found.faults


def test_the_certificate_refuses_where_the_likelihood_is_not_concave(columns, plain):
    people = compress(plain.summaries, plain.design)
    objective = Repeated(people, structure("us", 4), True)
    far = 100.0 * np.eye(4)[np.tril_indices(4)] * plain.solution.parameters.max()
    assert not certificate_at(objective, far).holds
