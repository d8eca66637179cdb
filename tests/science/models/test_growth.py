"""Random intercepts and slopes, folded by shared days or person by person, against the dense implementation."""

import numpy as np
import pytest

from allay.science.evaluation.models import BadModel, growth
from allay.science.evaluation.models.certificate import certify
from allay.science.evaluation.models.days import by_person
from allay.science.evaluation.models.formula import parse
from allay.science.evaluation.models.growth import parse_random
from allay.science.evaluation.models.profile import Roles
from allay.science.evaluation.models.source import opened
from allay.science.evaluation.models.variances import highest
from allay.science.evaluation.results import NotEstimable
from tests.science.models.dense import Dense
from tests.science.models.trials import changed, days

FORMULA = "y ~ arm*day"


def dense_of(columns, fit, term):
    arm, day = np.array(columns["arm"], dtype=float), np.array(columns["day"])
    x = np.array([np.ones(len(arm)), arm, day, arm * day]).T
    people = np.array(columns["id"])
    same = people[:, None] == people[None, :]
    z = np.array([np.ones(len(arm)), day]).T

    def covariance(theta):
        if term == "1|id":
            d = np.diag([theta[0], 0])
        elif "||" in term:
            d = np.diag(theta[:2])
        else:
            d = np.array([[theta[0], theta[1]], [theta[1], theta[2]]])
        return same * (z @ d @ z.T) + theta[-1] * np.eye(len(arm))

    d = fit.random.covariance
    elements = {"1|id": [d[0, 0]], "day||id": np.diag(d), "day|id": d[np.tril_indices(len(d))]}[term]
    theta = np.append(elements, fit.random.residual)
    return Dense(x, np.array(columns["y"]), people, covariance, theta, fit.solution.reml)


@pytest.mark.parametrize("irregular", [True, False])
@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("term", ["1|id", "day|id", "day||id"])
def test_like_the_dense_model(term, reml, irregular):
    columns = days(40, irregular=irregular)
    fit = growth(columns, FORMULA, random=term, subject="id", reml=reml, df="satterthwaite")
    assert not fit.certificate.boundary
    dense, found = dense_of(columns, fit, term), fit.coefficients()
    assert fit.names == ("(Intercept)", "arm1", "day", "arm1:day")
    assert fit.log_likelihood == pytest.approx(dense.log_likelihood(), abs=1e-8)
    assert np.abs(dense.gradient() / np.sqrt(np.diag(dense.information()))).max() < 1e-5
    np.testing.assert_allclose([one.estimate for one in found], dense.beta, rtol=1e-6)
    np.testing.assert_allclose([one.se for one in found], np.sqrt(np.diag(dense.phi)), rtol=1e-6)
    wanted = [dense.satterthwaite(c) for c in np.eye(4)]
    np.testing.assert_allclose([one.df for one in found], wanted, rtol=1e-5)


@pytest.mark.parametrize("irregular", [True, False])
@pytest.mark.parametrize("information", ["observed", "expected"])
@pytest.mark.parametrize("term", ["1|id", "day|id", "day||id"])
def test_kenward_roger(term, information, irregular):
    columns = days(40, irregular=irregular)
    fit = growth(columns, FORMULA, random=term, subject="id", information=information, df="kenward-roger")
    dense, found = dense_of(columns, fit, term), fit.coefficients()
    wanted = np.sqrt(np.diag(dense.kenward_roger(information)))
    np.testing.assert_allclose([one.se for one in found], wanted, rtol=1e-6)
    assert found[-1].df == pytest.approx(dense.satterthwaite(np.eye(4)[-1], information), rel=1e-5)


@pytest.mark.parametrize("irregular", [True, False])
@pytest.mark.parametrize("kind", ["CR0", "CR2", "CR3"])
def test_sandwich(kind, irregular):
    columns = days(40, irregular=irregular)
    fit = growth(columns, FORMULA, random="day|id", subject="id", vcov=kind)
    covariance, df = dense_of(columns, fit, "day|id").sandwich(kind)
    found = fit.coefficients()
    np.testing.assert_allclose([one.se for one in found], np.sqrt(np.diag(covariance)), rtol=1e-6)
    np.testing.assert_allclose([one.df for one in found], [df(c) for c in np.eye(4)], rtol=1e-6)


@pytest.mark.parametrize("term", ["1|id", "day|id", "day||id"])
def test_the_certificate_refuses_a_wrong_optimum(term):
    columns = days(40)
    fit = growth(columns, FORMULA, random=term, subject="id")
    with opened(columns) as table:
        request = parse_random(term)
        roles = Roles("y", "id", None, ("arm", "day"), frozenset({"arm"}), {})
        gathered = by_person(table, roles, parse(FORMULA), request, False)
    peak = highest(gathered.courses, request.correlated, True)
    right = peak.optimum.theta
    assert peak.certificate.holds
    assert fit.log_likelihood == pytest.approx(-peak.optimum.value, abs=1e-9)
    for wrong in (right * 1.02, np.append(right[:-1] * 0.5, right[-1]), np.append(right[:-1] * 0, right[-1])):
        assert not certify(peak.growth.derivatives(wrong), np.empty((0, 1, 1))).holds


@pytest.mark.parametrize("term", ["1|id", "day|id", "day||id"])
def test_nothing_between_people_lies_on_the_boundary(term):
    random = np.random.default_rng(0)
    columns = changed(days(40), y=lambda table: list(random.normal(size=len(table["y"])).round(3)))
    fit = growth(columns, FORMULA, random=term, subject="id", df="satterthwaite")
    dense = dense_of(columns, fit, term)
    assert fit.certificate.holds
    assert fit.certificate.boundary
    assert fit.log_likelihood == pytest.approx(dense.log_likelihood(), abs=1e-8)


def test_no_higher_likelihood_is_found_on_a_grid():
    random = np.random.default_rng(0)
    columns = changed(days(40), y=lambda table: list(random.normal(size=len(table["y"])).round(3)))
    fit = growth(columns, FORMULA, random="day|id", subject="id", df="satterthwaite")
    dense = dense_of(columns, fit, "day|id")
    for a in (0.0, 0.02, 0.1, 0.4):
        for b in (-0.05, -0.01, 0.0, 0.01, 0.05):
            d = np.array([a * a, a * b, b * b, fit.random.residual])
            other = Dense(dense.x, dense.y, dense.people, dense.covariance, d)
            assert other.log_likelihood() <= fit.log_likelihood + 1e-9


def test_days_far_from_nought_change_nothing_but_the_intercept():
    columns = days(40)
    later = changed(columns, day=lambda table: [day + 2000 for day in table["day"]])
    near = growth(columns, FORMULA, random="day|id", subject="id").coefficients()[-1]
    far = growth(later, FORMULA, random="day|id", subject="id").coefficients()[-1]
    assert far.estimate == pytest.approx(near.estimate, rel=1e-6)
    assert far.se == pytest.approx(near.se, rel=1e-6)


@pytest.mark.parametrize("text", ["", "day", "day|", "|id", "day|id|x", "0+day|id", "f(day)|id", "day|||id"])
def test_what_is_no_random_effect(text):
    with pytest.raises(BadModel):
        parse_random(text)


def test_random_effects_of_somebody_else():
    with pytest.raises(BadModel):
        growth(days(10), FORMULA, random="day|site", subject="id")


def test_one_outcome_each():
    columns = days(30)
    first = [
        row for row in range(len(columns["id"])) if row == 0 or columns["id"][row] != columns["id"][row - 1]
    ]
    fit = growth(
        {k: [v[row] for row in first] for k, v in columns.items()}, FORMULA, random="1|id", subject="id"
    )
    assert fit == NotEstimable("nobody has more than one outcome")
