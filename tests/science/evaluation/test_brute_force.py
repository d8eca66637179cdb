"""Everything once more, slowly and plainly, from the people themselves: NumPy and SciPy on random tables."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from allay.science.change import classify

from .conftest import TWO_ARMS, table

near = pytest.approx

PLAN = TWO_ARMS.replace(
    "[outcomes.change]", "[outcomes.change]\ncutoff = 'b'\nfunctional = { mean = 10, sd = 2.5 }"
)

value = st.none() | st.integers(0, 40) | st.integers(0, 160).map(lambda quarter: quarter / 4)
people = st.lists(st.tuples(st.sampled_from("ab"), value, value), min_size=8, max_size=30)
both_arms = people.filter(lambda all_of: {arm for arm, first, last in all_of if first or last} == {"a", "b"})
relaxed = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def written(everybody):
    rows = [
        f"p{number},{arm},{at},{'' if score is None else score}"
        for number, (arm, *scores) in enumerate(everybody)
        for at, score in zip((1, 2), scores, strict=True)
    ]
    return table(*rows)


def complete(everybody, arm=None):
    pairs = [(first, last) for one, first, last in everybody if arm in (None, one)]
    return np.array([pair for pair in pairs if None not in pair], dtype=float).reshape(-1, 2)


def estimated(one, reason="not_estimable"):
    return not hasattr(one, reason)


@given(both_arms)
@relaxed
def test_description(bench, everybody):
    results = bench(written(everybody), PLAN)
    for arm in ("a", "b", "all"):
        for place, timepoint in enumerate("12"):
            scores = [one[place + 1] for one in everybody if arm in ("all", one[0])]
            known = np.array([score for score in scores if score is not None], dtype=float)
            ours = results.description["s"][arm][timepoint]
            assert (ours.n, ours.missing) == (len(known), len(scores) - len(known))
            if len(known) > 1:
                quartiles = np.quantile(known, [0.25, 0.5, 0.75])
                assert (ours.mean, ours.sd) == near((known.mean(), known.std(ddof=1)), rel=1e-12, abs=1e-12)
                assert (ours.q1, ours.median, ours.q3) == near(tuple(quartiles), rel=1e-12, abs=1e-12)


@given(both_arms)
@relaxed
def test_change_within_arms(bench, everybody):
    results = bench(written(everybody), PLAN)
    for arm in ("a", "b", "all"):
        pairs = complete(everybody, None if arm == "all" else arm)
        ours = results.within["s"][arm]
        assert estimated(ours) == (len(pairs) > 1)
        if estimated(ours) and estimated(ours.change):
            theirs = stats.ttest_rel(pairs[:, 1], pairs[:, 0])
            interval = theirs.confidence_interval()
            assert (ours.change.t, ours.change.p) == near(
                (theirs.statistic, theirs.pvalue), rel=1e-9, abs=1e-12
            )
            assert (ours.change.low, ours.change.high) == near(
                (interval.low, interval.high), rel=1e-9, abs=1e-9
            )


@given(both_arms)
@relaxed
def test_adjusted_difference_is_that_of_least_squares(bench, everybody):
    ours = bench(written(everybody), PLAN).between["s"]["b"].adjusted
    arms = [complete(everybody, arm) for arm in "ab"]
    if not estimated(ours):
        return
    first, last = np.concatenate(arms).T
    design = np.column_stack([np.ones_like(first), np.repeat([0.0, 1.0], [len(arm) for arm in arms]), first])
    beta = np.linalg.lstsq(design, last, rcond=None)[0]
    residual = last - design @ beta
    df = len(last) - 3
    covariance = residual @ residual / df * np.linalg.inv(design.T @ design)
    assert (ours.estimate, ours.df) == near((beta[1], df), rel=1e-8, abs=1e-9)
    assert ours.se == near(np.sqrt(covariance[1, 1]), rel=1e-7)


@given(both_arms)
@relaxed
def test_unadjusted_difference_is_that_of_welch(bench, everybody):
    ours = bench(written(everybody), PLAN).between["s"]["b"].unadjusted
    if estimated(ours):
        changes = [np.diff(complete(everybody, arm)).ravel() for arm in "ba"]
        theirs = stats.ttest_ind(*changes, equal_var=False)
        assert (ours.t, ours.df, ours.p) == near(
            (theirs.statistic, theirs.df, theirs.pvalue), rel=1e-9, abs=1e-12
        )


@given(both_arms)
@relaxed
def test_people_are_judged_as_one_by_one(bench, everybody):
    """The SQL of `change_counts` against `allay.science.change` on each person."""
    results = bench(written(everybody), PLAN)
    method = results.change_method["s"]
    if not estimated(method):
        return
    for arm in ("a", "b", "all"):
        judged = [
            classify(
                first, last, better="lower", sd=method.sd, reliability=0.8, cutoff=method.cutoff, important=2
            )
            for first, last in complete(everybody, None if arm == "all" else arm)
        ]
        ours = results.change["s"][arm]
        verdicts = [person.reliable for person in judged]
        assert [ours.improved, ours.unchanged, ours.worsened] == [
            verdicts.count(kind) for kind in ("improved", "unchanged", "worsened")
        ]
        assert ours.recovered == sum(person.recovered for person in judged)
        assert ours.important.improved == sum(person.important for person in judged)
        assert ours.important.worsened == sum(person.importantly_worse for person in judged)


@given(both_arms)
@relaxed
def test_everybody_is_counted_once(bench, everybody):
    results = bench(written(everybody), PLAN)
    for arm, counts in results.change["s"].items():
        if estimated(counts):
            assert counts.improved + counts.unchanged + counts.worsened == counts.n
            assert counts.n + counts.not_measured == results.people.by_arm[arm]
    for arm, one in results.completeness["s"].items():
        assert sum(pattern.n for pattern in one.patterns) == results.people.by_arm[arm]
