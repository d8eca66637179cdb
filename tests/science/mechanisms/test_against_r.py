"""Against lavaan and boot (tests/reference/mechanisms); R is not needed."""

import numpy as np
import pytest

from allay.science.evaluation.mechanisms import lagged_order, mediate
from allay.science.evaluation.mechanisms.bootstrap import bca, influences, percentile, samples, without_each
from allay.science.evaluation.mechanisms.complete import Complete
from allay.science.evaluation.mechanisms.paths import products
from allay.science.evaluation.mechanisms.sample import sample
from tests.science.mechanisms.people import read, wanted, waves

RTOL = 1e-6
ONE = (["age", "criticism0", "interference0"], ["criticism6"])
TWO = (["age", "criticism0", "reassurance0", "interference0"], ["criticism6", "reassurance6"])
OUTCOME = "interference12"


@pytest.fixture(scope="module")
def reference():
    return wanted()


@pytest.fixture(scope="module")
def people():
    return read("trial.csv")


def chosen(columns, rows):
    return {name: values[rows] for name, values in columns.items()}


def whole(columns, used):
    names = [*used[0], *used[1], OUTCOME]
    return chosen(columns, ~np.isnan(np.column_stack([columns[name] for name in names])).any(axis=1))


def mediation(columns, used, **options):
    covariates, mediators = ({name: columns[name] for name in names} for names in used)
    return mediate(
        columns["arm"], mediators, (OUTCOME, columns[OUTCOME]), covariates, replicates=0, **options
    )


def told(found):
    """Labels as lavaan's script gives them: estimate and standard error."""
    several = len(found.through) > 1
    made = {}
    for place, one in enumerate(found.through, start=1):
        end = str(place) if several else ""
        made |= {f"a{end}": one.a, f"b{end}": one.b, f"indirect{end}": one.indirect}
    return made | {"direct": found.direct, "total": found.total, "indirect": found.indirect}


def same(found, reference, rtol=RTOL):
    assert set(found) == set(reference["estimate"])
    for label, one in found.items():
        assert one.estimate == pytest.approx(reference["estimate"][label], rel=rtol), label
        assert one.se == pytest.approx(reference["se"][label], rel=rtol), label


@pytest.mark.parametrize(
    ("key", "used", "rows"),
    [
        ("complete_one", ONE, whole),
        ("complete_two", TWO, whole),
        ("full_one", ONE, lambda columns, used: columns),
        ("full_two", TWO, lambda columns, used: columns),
        (
            "full_one_started",
            ONE,
            lambda columns, used: chosen(
                columns, ~np.isnan(columns["criticism0"]) & ~np.isnan(columns["interference0"])
            ),
        ),
    ],
)
def test_full_information(reference, people, key, used, rows):
    found = mediation(rows(people, used), used)
    same(told(found), reference[key])


@pytest.mark.parametrize(("key", "used"), [("complete_one", ONE), ("complete_two", TWO)])
def test_least_squares(reference, people, key, used):
    """The same estimates; standard errors with residual degrees of freedom in place of n."""
    found, n = mediation(people, used, method="complete-cases"), reference[key]["n"]
    assert (found.n + found.n_reference, found.left_out) == (n, 140 - n)
    for label, one in told(found).items():
        assert one.estimate == pytest.approx(reference[key]["estimate"][label], rel=RTOL)
        if label[0] in "abdt":
            se = reference[key]["se"][label] * np.sqrt(n / one.df)
            assert one.se == pytest.approx(se, rel=RTOL)


def reference_product(people, kind=Complete):
    found = sample(
        people["arm"],
        {name: people[name] for name in ONE[0]},
        {name: people[name] for name in ONE[1]},
        (OUTCOME, people[OUTCOME]),
    )
    return kind(found), found.scale[-1]


def test_the_same_draws_give_the_same_replicates_and_intervals(reference, people):
    booted = reference["boot"]
    small = chosen(whole(people, ONE), slice(0, 60))
    source, unit = reference_product(small)
    columns = np.column_stack([small[name] for name in [*ONE[0], *ONE[1], OUTCOME]])
    order = np.lexsort((*columns.T, small["arm"]))
    drawn = products(source.again(np.array(booted["draws"], dtype=float)[:, order]).paths, [0]) * unit
    np.testing.assert_allclose(drawn, booted["replicates"], rtol=1e-9)

    estimate = source.estimate().product([0])[0] * unit
    assert estimate == pytest.approx(booted["estimate"], rel=1e-10)
    left = np.concatenate([products(source.again(w).paths, [0]) for w in without_each(60)]) * unit
    influence = influences(estimate, left, source.arm)
    np.testing.assert_allclose(influence, np.array(booted["influence"])[order], rtol=1e-7, atol=1e-9)
    for level, plain, accelerated in zip(booted["levels"], booted["percentile"], booted["bca"], strict=True):
        one, other = percentile(drawn, level), bca(estimate, drawn, influence, level)
        np.testing.assert_allclose((one.low, one.high), plain, rtol=1e-9)
        np.testing.assert_allclose((other.low, other.high), accelerated, rtol=1e-7)


def test_bootstrap_distribution_as_lavaans(reference, people):
    """Within Monte-Carlo error, though lavaan does not draw within arms."""
    one = reference["lavaan_bootstrap"]
    source, unit = reference_product(people)
    parts = [source.again(weights) for weights in samples(source.arm, 4000, seed=7)]
    drawn = np.concatenate([products(part.paths, [0]) for part in parts]) * unit
    error = one["sd"] * np.sqrt(1 / one["replicates"] + 1 / 4000)
    assert drawn.mean() == pytest.approx(one["mean"], abs=4 * error)
    assert drawn.std(ddof=1) == pytest.approx(one["sd"], rel=0.06)
    np.testing.assert_allclose(np.quantile(drawn, [0.025, 0.5, 0.975]), one["quantiles"], atol=12 * error)


def test_natural_effects(reference, people):
    found = mediation(people, ONE, method="complete-cases").interaction
    one = reference["interaction"]
    assert found.interaction.estimate == pytest.approx(one["interaction"], rel=1e-9)
    assert found.interaction.se == pytest.approx(one["interaction_se"], rel=1e-9)
    for name, effect in (
        ("indirect_without", found.indirect_without),
        ("indirect_with", found.indirect_with),
        ("direct_without", found.direct_without),
        ("direct_with", found.direct_with),
    ):
        assert effect.estimate == pytest.approx(one[name], rel=1e-9), name


@pytest.mark.parametrize(("key", "times"), [("panel_five", 5), ("panel_three", 3), ("panel_complete", 4)])
def test_random_intercept_cross_lagged_panel(reference, key, times):
    columns = read("waves.csv")
    names = [f"{score}{wave}" for wave in range(1, times + 1) for score in "my"]
    columns = {name: columns[name] for name in ["arm", *names]}
    if key == "panel_complete":
        rows = ~np.isnan(np.column_stack(list(columns.values()))).any(axis=1)
        columns = chosen(columns, rows)
    found, one = lagged_order(waves(columns, "m"), waves(columns, "y"), columns["arm"]), reference[key]
    for label, lag in (
        ("mm", found.mediator_carried),
        ("my", found.outcome_first),
        ("ym", found.mediator_first),
        ("yy", found.outcome_carried),
    ):
        assert lag.estimate == pytest.approx(one["estimate"][label], rel=2e-5, abs=2e-6), label
        assert lag.se == pytest.approx(one["se"][label], rel=2e-5), label
    assert found.loglik == pytest.approx(one["loglik"] - one["arm_loglik"], abs=1e-5)
