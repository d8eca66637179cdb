"""Against R's mmrm, emmeans, nlme, lme4, lmerTest and pbkrtest; see tests/reference/mmrm/README.md."""

import json
from pathlib import Path

import numpy as np
import pytest

from allay.science.evaluation.models import growth, mmrm

FOLDER = Path(__file__).parents[2] / "reference" / "mmrm"
TRIAL = json.loads((FOLDER / "trial_a_mmrm.json").read_text())
MMRM, STRUCTURES = TRIAL["mmrm"], TRIAL["other_structures_Satterthwaite"]
REFERENCE = json.loads((FOLDER / "reference.json").read_text())
FORMULA = "y ~ x + arm*visit"
GROUPS = json.loads((FOLDER / "groups.json").read_text())
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


def agrees(found, wanted, rtol=1e-6, names=None):
    """Every figure of R's that is there; p values of a large t carry its error many times over."""
    rows = found.coefficients()
    assert [one.name for one in rows] == (names or list(wanted["coef"]))
    for ours, theirs in (("estimate", "coef"), ("se", "se"), ("df", "df"), ("t", "t")):
        if theirs in wanted:
            close([getattr(one, ours) for one in rows], list(wanted[theirs].values()), rtol)
    if "p" in wanted:
        close([one.p for one in rows], list(wanted["p"].values()), 100 * rtol)
    if "vcov" in wanted:
        close(found.vcov(), wanted["vcov"], 10 * rtol)
    if "Sigma" in wanted:
        close(found.solution.covariances[0], wanted["Sigma"], rtol)
    assert found.certificate.holds
    assert found.log_likelihood >= wanted["logLik"] - 1e-6
    assert found.log_likelihood == pytest.approx(wanted["logLik"], abs=1e-6)


@pytest.mark.parametrize("key", KEYS)
def test_unstructured(key):
    agrees(fit(**KEYS[key]), MMRM[key])


@pytest.mark.parametrize("key", [key for key in KEYS if "emmeans" in MMRM[key]])
def test_marginal_means_and_contrasts(key):
    found, wanted = fit(**KEYS[key]), MMRM[key]["emmeans"]
    for rows, theirs, name in (
        (found.marginal_means("arm"), wanted["emmeans"], "emmean"),
        (found.differences("arm"), wanted["contrasts"], "estimate"),
    ):
        close([one.estimate for one in rows], [one[name] for one in theirs])
        close([one.se for one in rows], [one["SE"] for one in theirs])
        close([one.df for one in rows], [one["df"] for one in theirs])
        assert [one.visit for one in rows] == [one["visit"] for one in theirs]


@pytest.mark.parametrize("name", STRUCTURES)
def test_other_structures(name):
    options = {"covariance": "us", "covariance_by": "arm"} if name == "us_by_arm" else {"covariance": name}
    agrees(fit(df="satterthwaite", **options), STRUCTURES[name])


@pytest.mark.parametrize(("df", "key"), [("kenward-roger", "KR_linear"), ("satterthwaite", "Satterthwaite")])
def test_joint_test(df, key):
    found, wanted = fit(df=df).joint("arm:visit"), TRIAL["joint_test_arm_by_visit"][key]
    close(
        [found.statistic, found.denominator, found.p], [wanted["f_stat"], wanted["denom_df"], wanted["p_val"]]
    )
    assert found.numerator == wanted["num_df"]


@pytest.mark.parametrize(("df", "key"), [("kenward-roger", "KR_linear"), ("satterthwaite", "Satterthwaite")])
def test_constrained_at_the_first_visit(df, key):
    names = [
        "(Intercept)",
        "x",
        *(f"visit{v}" for v in range(2, 6)),
        *(f"arm1:visit{v}" for v in range(2, 6)),
    ]
    agrees(fit(df=df, constrained="arm"), TRIAL["clda"][key], names=names)


def test_as_nlme_gls_which_stops_early():
    found = fit(df="satterthwaite")
    close([one.estimate for one in found.coefficients()], list(TRIAL["nlme_gls"]["coef"].values()), 1e-3)
    assert found.log_likelihood >= TRIAL["nlme_gls"]["logLik"]


ORTHODONT = json.loads((FOLDER / "orthodont.json").read_text())
SLEEP = json.loads((FOLDER / "sleepstudy_lmm.json").read_text())


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("Satterthwaite", {"df": "satterthwaite"}),
        ("KR_linear", {"df": "kenward-roger"}),
        ("CR2", {"vcov": "CR2"}),
    ],
)
def test_orthodont_27_children(key, options):
    children = {"subject": "Subject", "visit": "age", "levels": {"Sex": ["Male", "Female"]}}
    found = mmrm(FOLDER / "orthodont.csv", "distance ~ Sex*age", **children, **options)
    names = [name.replace("visit", "age") for name in ORTHODONT[key]["coef"]]
    agrees(found, ORTHODONT[key], names=names)


def agrees_with_lme4(file, formula, wanted, rtol, df_rtol, **options):
    rows = {df: growth(FOLDER / file, formula, df=df, **options) for df in ("satterthwaite", "kenward-roger")}
    plain, adjusted = rows["satterthwaite"], rows["kenward-roger"]
    assert [one.name for one in plain.coefficients()] == list(wanted["coef"])
    for found, theirs, tolerance in (
        ([one.estimate for one in plain.coefficients()], wanted["coef"], rtol),
        ([one.se for one in plain.coefficients()], wanted["se"], rtol),
        ([one.df for one in plain.coefficients()], wanted["df_satterthwaite"], df_rtol),
        ([one.se for one in adjusted.coefficients()], wanted["kr"]["se"], rtol),
        ([one.df for one in adjusted.coefficients()], wanted["kr"]["df"], df_rtol),
    ):
        close(found, list(theirs.values()), tolerance)
    assert plain.log_likelihood >= wanted["logLik_REML"] - 1e-6
    assert plain.log_likelihood == pytest.approx(wanted["logLik_REML"], abs=1e-6)
    full = growth(FOLDER / file, formula, reml=False, **options)
    assert full.log_likelihood >= wanted["ML"]["logLik"] - 1e-6
    close([one.estimate for one in full.coefficients()], list(wanted["ML"]["coef"].values()), rtol)
    close(np.sqrt(full.random.residual), wanted["ML"]["sigma"], 10 * rtol)
    close(np.sqrt(plain.random.residual), wanted["sigma"], 10 * rtol)
    variances = [one["vcov"] for one in wanted["varcorr"] if "var2" not in one and one["grp"] != "Residual"]
    close(np.diag(plain.random.covariance), variances, 100 * rtol)
    covariances = [one["vcov"] for one in wanted["varcorr"] if "var2" in one]
    close(plain.random.covariance[np.triu_indices(len(variances), 1)], covariances or 0.0, 1000 * rtol)


@pytest.mark.parametrize(
    ("key", "term"),
    [
        ("random_intercept", "1|Subject"),
        ("random_slope", "Days|Subject"),
        ("random_slope_uncorrelated", "Days||Subject"),
    ],
)
def test_sleepstudy(key, term):
    options = {"random": term, "subject": "Subject"}
    agrees_with_lme4("sleepstudy.csv", "Reaction ~ Days", SLEEP[key], 2e-6, 2e-6, **options)


@pytest.mark.parametrize(("key", "term"), [("lmm", "age|Subject"), ("lmm_int", "1|Subject")])
def test_orthodont_growth(key, term):
    options = {"random": term, "subject": "Subject", "levels": {"Sex": ["Male", "Female"]}}
    agrees_with_lme4("orthodont.csv", "distance ~ age*Sex", ORTHODONT[key], 2e-6, 2e-6, **options)


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


@pytest.mark.parametrize("key", ["three", "three_ml", "nothing"])
def test_other_therapy_groups(key):
    """Three visits, five groups, text arms; and groups that share nothing, where nlme stops just above nought."""
    wanted, name = GROUPS[key], key.removesuffix("_ml")
    levels = {"arm": ["waiting list", "programme"]}
    options = {"group": "g", "group_arm": "programme", "levels": levels, "df": "satterthwaite"}
    found = fit(f"groups_{name}.csv", reml=key == name, **options)
    rows = found.coefficients()
    close([one.estimate for one in rows], list(wanted["coef"].values()), 2e-5)
    close([one.se for one in rows], list(wanted["se"].values()), 2e-4)
    if name == "nothing":
        assert found.group.variance == 0 < wanted["group_variance"] < 1e-5
        assert found.certificate.boundary
    else:
        close(found.group.variance, wanted["group_variance"], 2e-3)
    assert found.certificate.holds
    assert found.log_likelihood >= wanted["loglik"] - 1e-6


def test_without_the_groups_it_is_nlme_gls():
    wanted = REFERENCE["gls"]
    found = fit("groups.csv")
    close([one.estimate for one in found.coefficients()], list(wanted["coef"].values()), 1e-4)
    assert found.log_likelihood >= wanted["loglik"] - 1e-6
