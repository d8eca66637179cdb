"""Against R's mmrm, emmeans, nlme, lme4, lmerTest and pbkrtest; see tests/reference/mmrm/README.md."""

import json
from pathlib import Path

import numpy as np
import pytest

from allay.science.evaluation.models import growth, mmrm

FOLDER = Path(__file__).parents[2] / "reference" / "mmrm"
MMRM = json.loads((FOLDER / "mmrm.json").read_text())
REFERENCE = json.loads((FOLDER / "reference.json").read_text())
FORMULA = "y ~ x + arm*visit"
KEYS = {
    "Satterthwaite/Asymptotic": {"df": "satterthwaite"},
    "Kenward-Roger/Kenward-Roger-Linear": {"df": "kenward-roger"},
    "Between-Within/Asymptotic": {"df": "between-within"},
    "Residual/Asymptotic": {"df": "residual"},
    "Satterthwaite/Empirical": {"vcov": "CR0"},
    "Satterthwaite/Empirical-Bias-Reduced": {"vcov": "CR2"},
    "Satterthwaite/Empirical-Jackknife": {"vcov": "CR3"},
    "ML": {"reml": False},
}


def fit(name="trial.csv", formula=FORMULA, **options):
    return mmrm(FOLDER / name, formula, subject="id", visit="visit", **options)


def close(found, wanted, rtol=1e-6):
    np.testing.assert_allclose(found, wanted, rtol=rtol)


def agrees(found, wanted, rtol=1e-6):
    rows = found.coefficients()
    assert [one.name for one in rows] == list(wanted["coef"])
    for ours, theirs in (("estimate", "coef"), ("se", "se"), ("df", "df"), ("p", "p")):
        if theirs in wanted:
            close(
                [getattr(one, ours) for one in rows],
                list(wanted[theirs].values()),
                rtol * (10 if ours == "p" else 1),
            )
    assert found.certificate.holds
    assert found.log_likelihood >= wanted["logLik"] - 1e-6
    assert found.log_likelihood == pytest.approx(wanted["logLik"], abs=1e-6)


@pytest.mark.parametrize("key", KEYS)
def test_unstructured(key):
    agrees(fit(**KEYS[key]), MMRM["us"][key])


@pytest.mark.parametrize("key", [key for key in KEYS if "emmeans" in MMRM["us"][key]])
def test_marginal_means_and_contrasts(key):
    found, wanted = fit(**KEYS[key]), MMRM["us"][key]["emmeans"]
    for rows, theirs, name in (
        (found.marginal_means("arm"), wanted["emmeans"], "emmean"),
        (found.differences("arm"), wanted["contrasts"], "estimate"),
    ):
        close([one.estimate for one in rows], [one[name] for one in theirs])
        close([one.se for one in rows], [one["SE"] for one in theirs])
        close([one.df for one in rows], [one["df"] for one in theirs])
        assert [one.visit for one in rows] == [one["visit"] for one in theirs]


def test_covariance():
    close(fit().solution.covariances[0], MMRM["sigma"])


@pytest.mark.parametrize("name", MMRM["structures"])
def test_other_structures(name):
    options = {"covariance": "us", "covariance_by": "arm"} if name == "us_by_arm" else {"covariance": name}
    agrees(fit(df="satterthwaite", **options), MMRM["structures"][name])


@pytest.mark.parametrize(("df", "key"), [("kenward-roger", "KR_linear"), ("satterthwaite", "Satterthwaite")])
def test_joint_test(df, key):
    found, wanted = fit(df=df).joint("arm:visit"), MMRM["joint"][key]
    close(
        [found.statistic, found.denominator, found.p], [wanted["f_stat"], wanted["denom_df"], wanted["p_val"]]
    )
    assert found.numerator == wanted["num_df"]


@pytest.mark.parametrize(("df", "key"), [("kenward-roger", "KR_linear"), ("satterthwaite", "Satterthwaite")])
def test_constrained_at_the_first_visit(df, key):
    found, wanted = fit(df=df, constrained="arm"), MMRM["constrained"][key]
    rows = found.coefficients()
    close([one.estimate for one in rows], list(wanted["coef"].values()))
    close([one.se for one in rows], list(wanted["se"].values()))
    close([one.df for one in rows], list(wanted["df"].values()))
    assert found.log_likelihood == pytest.approx(wanted["logLik"], abs=1e-6)


@pytest.mark.parametrize("term", REFERENCE["growth"])
def test_random_effects(term):
    wanted = REFERENCE["growth"][term]
    options = {"random": term, "subject": "id"}
    found = growth(FOLDER / "growth.csv", "y ~ arm*day", df="satterthwaite", **options)
    rows = found.coefficients()
    close([one.estimate for one in rows], list(wanted["coef"].values()), 2e-6)
    close([one.se for one in rows], list(wanted["se"].values()), 2e-6)
    close([one.df for one in rows], list(wanted["df"].values()), 5e-6)
    assert found.log_likelihood >= wanted["loglik"] - 1e-6
    adjusted = growth(FOLDER / "growth.csv", "y ~ arm*day", df="kenward-roger", **options).coefficients()
    close([one.se for one in adjusted], list(wanted["kr_se"].values()), 2e-6)
    close([one.df for one in adjusted], list(wanted["kr_df"].values()), 5e-6)
    full = growth(FOLDER / "growth.csv", "y ~ arm*day", reml=False, **options)
    assert full.log_likelihood == pytest.approx(wanted["ml_loglik"], abs=1e-6)


def test_therapy_groups_in_one_arm():
    wanted = REFERENCE["groups"]
    found = fit("groups.csv", group="g", group_arm="1", df="satterthwaite")
    rows = found.coefficients()
    close([one.estimate for one in rows], list(wanted["coef"].values()), 2e-5)
    close([one.se for one in rows], list(wanted["se"].values()), 2e-4)
    close(found.group.variance, wanted["group_variance"], 2e-3)
    assert found.log_likelihood >= wanted["loglik"] - 1e-6


def test_without_the_groups_it_is_nlme_gls():
    wanted = REFERENCE["gls"]
    found = fit("groups.csv")
    close([one.estimate for one in found.coefficients()], list(wanted["coef"].values()), 1e-4)
    assert found.log_likelihood >= wanted["loglik"] - 1e-6
