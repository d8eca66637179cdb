"""Every estimate on the synthetic trial against frozen figures of R (tests/reference/evaluation)."""

import json
from math import sqrt

import pytest

from allay.science.evaluation.intervals import hedges_factor

from .conftest import REFERENCE, TRIAL_PLAN, Bench

ARMS = ("waiting", "programme", "usual care", "all")
OTHERS = ARMS[1:3]
SCORES = ("mood", "pain")
TIMEPOINTS = ("baseline", "week-6", "week-12")
ESTIMATE = ("estimate", "se", "low", "high", "df", "t", "p")

near = pytest.approx


@pytest.fixture(scope="module")
def expected():
    return json.loads((REFERENCE / "reference.json").read_text())


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("trial"))
    yield bench(REFERENCE / "synthetic_trial.csv", TRIAL_PLAN)
    bench.close()


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("timepoint", TIMEPOINTS)
def test_description(results, expected, score, arm, timepoint):
    ours = vars(results.description[score][arm][timepoint])
    theirs = expected[score]["description"][arm][timepoint]
    assert {key: ours[key] for key in theirs} == near(theirs, rel=1e-12)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("arm", ARMS)
def test_paired_t_test(results, expected, score, arm):
    ours, theirs = results.within[score][arm], expected[score]["within"][arm]
    assert (ours.n, ours.sd, ours.correlation) == near(
        (theirs["n"], theirs["sd"], theirs["correlation"]), rel=1e-12
    )
    assert [vars(ours.change)[key] for key in ESTIMATE] == near([theirs[key] for key in ESTIMATE], rel=1e-10)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("arm", ARMS)
def test_standardised_change_against_metafor(results, expected, score, arm):
    """metafor takes the corrected effect where Bonett's variance has the uncorrected one: the known difference."""
    ours, theirs = results.within[score][arm], expected[score]["within"][arm]
    factor = hedges_factor(ours.n - 1)
    uncorrected = theirs["g"] / factor
    variance = theirs["g_variance"] + factor**2 * (uncorrected**2 - theirs["g"] ** 2) / (2 * (ours.n - 1))
    half = (ours.standardised.high - ours.standardised.low) / 2
    assert ours.standardised.estimate == near(theirs["g"], rel=1e-10)
    assert half == near(1.959963984540054 * sqrt(variance), rel=1e-10)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("arm", OTHERS)
@pytest.mark.parametrize("kind", ["adjusted", "unadjusted"])
def test_difference_between_arms(results, expected, score, arm, kind):
    ours = vars(getattr(results.between[score][arm], kind))
    theirs = expected[score]["between"][kind][arm]
    assert [ours[key] for key in ESTIMATE] == near([theirs[key] for key in ESTIMATE], rel=1e-10)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("arm", OTHERS)
def test_differences_are_standardised_by_the_pooled_baseline_sd(results, expected, score, arm):
    ours = results.between[score][arm]
    assert ours.adjusted_standardised.sd == near(expected[score]["between"]["pooled_sd"], rel=1e-12)
    assert ours.unadjusted_standardised.sd == near(expected[score]["between"]["pooled_sd"], rel=1e-12)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("arm", ARMS)
def test_reliable_change_of_people(results, expected, score, arm):
    ours, theirs = results.change[score][arm], expected[score]["change"]["counts"][arm]
    keys = ("n", "improved", "worsened", "not_measured")
    assert [getattr(ours, key) for key in keys] == [theirs[key] for key in keys]


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("arm", ARMS)
def test_wilson_interval(results, expected, score, arm):
    share, theirs = results.change[score][arm].shares["improved"], expected[score]["change"]["counts"][arm]
    assert (share.low, share.high) == near((theirs["improved_low"], theirs["improved_high"]), rel=1e-10)


@pytest.mark.parametrize("score", SCORES)
def test_standard_error_of_a_difference(results, expected, score):
    assert results.change_method[score].sdiff == near(expected[score]["change"]["sdiff"], rel=1e-12)
