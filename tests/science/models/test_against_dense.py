"""Every covariance structure with every df method and sandwich, against the dense implementation."""

import numpy as np
import pytest

from allay.science.evaluation.models import mmrm
from allay.science.evaluation.models.covariance import STRUCTURES, structure
from tests.science.models.dense import Dense, blocks
from tests.science.models.trials import model_matrix, trial

FORMULA = "y ~ x + arm*visit"


def dense_of(columns, fit, weighted=False, by_arm=False):
    """The dense model at the parameters of a fit."""
    x, names = model_matrix(columns, ["x"])
    assert list(fit.names) == names
    people, visits = np.array(columns["id"]), np.array(columns["visit"]) - 1
    weights = np.array(columns["weight"]) if weighted else None
    shape = structure(fit.covariance, len(fit.visits))
    scale = fit.solution.basis.scale**2
    arm = np.array(columns["arm"])

    def covariance(theta):
        if not by_arm:
            return blocks(people, visits, shape.at(theta).sigma * scale, weights)
        found = np.zeros((len(arm), len(arm)))
        for level, part in enumerate(np.split(theta, 2)):
            mine = np.ix_(arm == level, arm == level)
            sigma = shape.at(part).sigma * scale
            found[mine] = blocks(people[arm == level], visits[arm == level], sigma)
        return found

    return Dense(x, np.array(columns["y"]), people, covariance, fit.solution.parameters, fit.solution.reml)


def close(found, wanted, rtol=2e-6):
    np.testing.assert_allclose(found, wanted, rtol=rtol, atol=1e-9)


@pytest.fixture(scope="module")
def columns():
    return trial(36, 4)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("name", STRUCTURES)
def test_every_structure(columns, name, reml):
    fit = mmrm(columns, FORMULA, subject="id", visit="visit", covariance=name, reml=reml, df="satterthwaite")
    dense = dense_of(columns, fit)
    found = fit.coefficients()
    assert fit.covariance == name
    assert fit.log_likelihood == pytest.approx(dense.log_likelihood(), abs=1e-8)
    sizes = np.sqrt(np.abs(np.diag(dense.information())))
    assert np.abs(dense.gradient() / sizes).max() < 1e-6
    close([one.estimate for one in found], dense.beta)
    close([one.se for one in found], np.sqrt(np.diag(dense.phi)))
    wanted = [dense.satterthwaite(c) for c in np.eye(len(found))[[0, 1, 2, -1]]]
    close([found[place].df for place in (0, 1, 2, -1)], wanted, 1e-5)


@pytest.mark.parametrize("information", ["observed", "expected"])
@pytest.mark.parametrize("name", STRUCTURES)
def test_kenward_roger_with_every_structure(columns, name, information):
    fit = mmrm(columns, FORMULA, subject="id", visit="visit", covariance=name, information=information)
    dense = dense_of(columns, fit)
    found = fit.coefficients()
    close([one.se for one in found], np.sqrt(np.diag(dense.kenward_roger(information))), 1e-5)
    c = np.eye(len(found))[-1]
    close(found[-1].df, dense.satterthwaite(c, information), 1e-5)


@pytest.mark.parametrize("kind", ["CR0", "CR2", "CR3"])
@pytest.mark.parametrize("name", STRUCTURES)
def test_sandwich_with_every_structure(columns, name, kind):
    fit = mmrm(columns, FORMULA, subject="id", visit="visit", covariance=name, vcov=kind)
    covariance, df = dense_of(columns, fit).sandwich(kind)
    found = fit.coefficients()
    close([one.se for one in found], np.sqrt(np.diag(covariance)))
    close([one.df for one in found], [df(c) for c in np.eye(len(found))])


@pytest.mark.parametrize("name", ["us", "ar1h", "cs"])
def test_one_covariance_per_arm(name):
    columns = trial(60, 3)
    fit = mmrm(columns, FORMULA, subject="id", visit="visit", covariance=name, covariance_by="arm")
    dense = dense_of(columns, fit, by_arm=True)
    found = fit.coefficients()
    assert fit.log_likelihood == pytest.approx(dense.log_likelihood(), abs=1e-8)
    close([one.estimate for one in found], dense.beta)
    close([one.se for one in found], np.sqrt(np.diag(dense.kenward_roger())), 1e-5)
    close(found[-1].df, dense.satterthwaite(np.eye(len(found))[-1]), 1e-5)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("name", ["us", "toeph", "cs"])
def test_weights(columns, name, reml):
    options = {"covariance": name, "reml": reml, "df": "satterthwaite", "weights": "weight"}
    fit = mmrm(columns, FORMULA, subject="id", visit="visit", **options)
    dense = dense_of(columns, fit, weighted=True)
    found = fit.coefficients()
    assert fit.log_likelihood == pytest.approx(dense.log_likelihood(), abs=1e-7)
    close([one.estimate for one in found], dense.beta)
    close([one.se for one in found], np.sqrt(np.diag(dense.phi)))
    close(found[-1].df, dense.satterthwaite(np.eye(len(found))[-1]), 1e-5)


def test_weights_with_sandwich(columns):
    fit = mmrm(columns, FORMULA, subject="id", visit="visit", weights="weight", vcov="CR2")
    covariance, df = dense_of(columns, fit, weighted=True).sandwich("CR2")
    close([one.se for one in fit.coefficients()], np.sqrt(np.diag(covariance)))
    close(fit.coefficients()[-1].df, df(np.eye(len(fit.names))[-1]))
