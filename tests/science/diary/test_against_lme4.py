"""The multilevel vector autoregression against R's lme4, the best of three optimisers (tests/reference/diary)."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from allay.science.diary.entries import Columns, read
from allay.science.diary.pairs import Pairs, pairs
from allay.science.diary.regression import regression

HERE = Path(__file__).parents[2] / "reference/diary"
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
NAMES = ("pain", "mood", "worry")


@cache
def summed(data: str) -> Pairs:
    with read(HERE / f"{data}.csv", Columns(NAMES, person="id")) as entries:
        return pairs(entries)


@pytest.mark.parametrize("likelihood", ["reml", "ml"])
@pytest.mark.parametrize("effects", ["full", "diagonal"])
@pytest.mark.parametrize("data", ["diary", "alike"])
def test_like_lme4(data, effects, likelihood):
    for place, name in enumerate(NAMES):
        fit = regression(summed(data), place, effects, likelihood == "reml")
        wanted = REFERENCE[data][effects][likelihood][name]
        assert fit.certificate.holds
        assert not fit.attempts
        assert fit.pairs == REFERENCE[data]["pairs"]
        higher = fit.log_likelihood - wanted["loglik"]
        assert higher > -1e-6
        slopes, errors = (1e-6, 2e-6) if higher < 1e-7 else (1e-3, 2e-3)
        np.testing.assert_allclose(fit.beta, wanted["coef"], atol=slopes, rtol=0)
        np.testing.assert_allclose(fit.se, wanted["se"], rtol=errors)
        if higher < 1e-7:
            np.testing.assert_allclose(fit.covariance, wanted["covariance"], atol=2e-6)
            np.testing.assert_allclose(fit.own, wanted["personal"], atol=2e-6)


def test_singular_covariances_are_said():
    """Where lme4 finds a singular covariance at the same height, so is ours, and it says so."""
    for effects in ("full", "diagonal"):
        for place, name in enumerate(NAMES):
            fit = regression(summed("alike"), place, effects)
            if REFERENCE["alike"][effects]["reml"][name]["singular"]:
                assert fit.certificate.boundary
                assert all("estimated at zero" in edge for edge in fit.certificate.boundary)
