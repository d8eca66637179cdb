"""Every method of reliable change through the engine: the R package's counts, and each person by the plain rules."""

import json
import re
from functools import partial
from math import sqrt
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allay.science.change import (
    METHODS,
    Sample,
    TrueStanding,
    by_amount,
    by_percentage,
    combined,
    combined_true,
    cutoff,
    measurement_error,
    reliability_of,
    true_population,
    yardstick,
)
from allay.science.evaluation import BadInput, NotEstimable, examine, parse_plan, stage_file
from allay.science.evaluation.change_counts import change_of_people
from allay.science.evaluation.reading.checking import check
from allay.science.evaluation.reading.people import gather
from allay.science.evaluation.tables import people_query

from .conftest import REFERENCE, table

near = pytest.approx
PUBLISHED = json.loads((REFERENCE.parent / "change" / "trial_a_reliable_change.json").read_text())["results"]
TRIAL = REFERENCE.parent / "mmrm" / "trial.csv"

TRIAL_PLAN = """
[columns]
participant = "id"
timepoint = "visit"
scores = ["y"]
[study]
arms = ["0", "1"]
design = "randomised"
timepoints = [1, 2, 3, 4, 5]
[[outcomes]]
score = "y"
better = "lower"
[outcomes.change]
method = "{method}"
times = [0, 6, 12, 26, 52]
reliability = 0.87
reliability_post = 0.85
functional = {{ mean = 50, sd = 10 }}
cutoff = "c"
"""


def judged(bench, content, text):
    """Only the part of an evaluation that judges people; the parts of the results about it, as attributes."""
    plan, data = parse_plan(text.encode(), "plan.toml"), examine(bench.file(content))
    scratch = bench.new()
    staged = stage_file(bench.connection, data, plan, scratch)
    check(bench.connection, staged, plan)
    people = gather(bench.connection, staged, plan)
    return SimpleNamespace(**change_of_people(bench.connection, plan, people.by_arm))


KINDS = ("Recovered", "Improved", "Unchanged", "Deteriorated", "Harmed")


def combined_counts(one):
    """As the package counts: each person in one category."""
    gained, lost = one.improved - one.recovered, one.worsened - one.harmed
    return [one.recovered, gained, one.unchanged, lost, one.harmed]


@pytest.mark.parametrize("method", ["JT", "GLN", "HLL", "EN", "NK", "HA"])
def test_counts_of_the_package(bench, method):
    summary = PUBLISHED[f"combined_{method}"]["summary"]["individual_level_summary"]
    theirs = {one["category"]: one["n"] for one in summary}
    results = judged(bench, TRIAL, TRIAL_PLAN.format(method=method))
    if method == "HA":  # one whom the package calls harmed although shown to be functional
        theirs |= {"Harmed": theirs["Harmed"] - 1, "Deteriorated": theirs["Deteriorated"] + 1}
    assert combined_counts(results.change["y"]["all"]) == [theirs[kind] for kind in KINDS]
    assert results.change_method["y"].method == method


def test_slopes_through_the_engine(bench):
    expected = json.loads((REFERENCE.parent / "change" / "change.json").read_text())["trial"]["people"]
    z = [-person["deviation"] / person["sd"] for person in expected]
    one = judged(bench, TRIAL, TRIAL_PLAN.format(method="HLM")).change["y"]["all"]
    found = (one.n, one.improved, one.worsened)
    assert found == (len(z), sum(at > 1.959964 for at in z), sum(at < -1.959964 for at in z))


def test_all_methods_stand_beside_the_plans_own(bench):
    results = bench(TRIAL, TRIAL_PLAN.format(method="EN"))
    beside = results.compared["y"].methods
    assert tuple(beside) == METHODS
    for method in METHODS:
        own = judged(bench, TRIAL, TRIAL_PLAN.format(method=method)).change["y"]
        for arm in ("0", "1", "all"):
            ours, there = own[arm], beside[method][arm]
            assert vars(there) == {name: getattr(ours, name) for name in vars(there)}


@pytest.mark.parametrize(
    ("method", "relative"), [("HLL", "average change"), ("HLM", "average slope"), ("GLN", "own start")]
)
def test_results_say_what_a_method_is_relative_to(bench, method, relative):
    results = bench(TRIAL, TRIAL_PLAN.format(method=method))
    assert results.change_method["y"].relative_to == relative
    needed = results.compared["y"].kinds["1"]["improved"].number_needed
    assert isinstance(needed, NotEstimable) == (relative != "own start")


# Each person by the plain rules

PLAN = """
[columns]
scores = ["s"]
[study]
arms = ["a", "b"]
timepoints = ["1", "2"]
[[outcomes]]
score = "s"
better = "{better}"
[outcomes.change]
method = "{method}"
reliability = 0.8
reliability_post = 0.7
functional = {{ mean = 12, sd = 6 }}
cutoff = "{kind}"
important = 4
important_worse = 2
percentage = 0.3
"""
score = st.none() | st.integers(0, 40) | st.integers(0, 160).map(lambda quarter: quarter / 4)
tables = st.lists(st.tuples(st.sampled_from("ab"), score, score), min_size=10, max_size=30).filter(
    lambda rows: {arm for arm, first, last in rows if first or last} == {"a", "b"}
)
relaxed = settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def written(rows):
    lines = [
        f"p{number},{arm},{at},{'' if score is None else score}"
        for number, (arm, *scores) in enumerate(rows)
        for at, score in zip((1, 2), scores, strict=True)
    ]
    return table(*lines)


def judge(method, kind, better, first, last):
    """Index and category of one person, from the plain functions; None where the method cannot judge."""
    sample = Sample(
        first.mean(), first.std(ddof=1), last.mean(), last.std(ddof=1), np.corrcoef(first, last)[0, 1]
    )
    rule = yardstick(method, sample, 0.8, reliability_after=0.7)
    error = measurement_error(sample.sd_before, 0.8)
    clinical, functional = (sample.mean_before, sample.sd_before), (12, 6)
    if method != "HA":
        line = cutoff(kind, clinical, functional, better)
        return rule, partial(combined, better=better, cutoff=line)
    line = cutoff(kind, true_population(clinical, error), true_population(functional, error), better)
    standing = TrueStanding(line, sample.mean_after, reliability_of(sample.sd_after, error), error)
    return rule, partial(combined_true, better=better, standing=standing)


NAMES = {"recovered": "improved", "improved": "improved", "unchanged": "unchanged"}


@pytest.mark.parametrize("method", ["JT", "GLN", "HLL", "EN", "NK", "HA"])
@given(tables, st.sampled_from("abc"), st.sampled_from(["higher", "lower"]))
@relaxed
def test_people_are_judged_as_one_by_one(bench, method, rows, kind, better):
    text = PLAN.format(method=method, kind=kind, better=better)
    results = judged(bench, written(rows), text)
    pairs = np.array([pair[1:] for pair in rows if None not in pair], dtype=float).reshape(-1, 2)
    try:
        rule, category = judge(method, kind, better, *pairs.T)
    except ValueError as fault:
        assert isinstance(results.change_method["s"], NotEstimable), fault
        return
    if isinstance(results.change_method["s"], NotEstimable):
        assert len(pairs) < 2 or pairs[:, 0].std() == 0
        return
    listed = bench.connection.execute(people_query(parse_plan(text.encode(), "plan"), results)).fetchall()
    for (_, first, last), (*_, index, reliable, recovered, harmed, important) in zip(
        rows, listed, strict=True
    ):
        if first is None or last is None:
            assert (reliable, recovered, important) == ("not measured", None, None)
            continue
        assert index == near(rule.index(first, last), rel=1e-9, abs=1e-9)
        found = category(rule.verdict(first, last, better), first, last)
        assert reliable == NAMES.get(found, "worsened")
        assert (recovered, harmed) == (found == "recovered", found == "harmed")
        assert important == by_amount(first, last, better, 4, worse=2)
    shares = [by_percentage(*pair, better, 0.3) for pair in pairs]
    counted = results.change["s"]["all"].percentage
    assert (counted.improved, counted.unchanged, counted.worsened, counted.not_computable) == tuple(
        shares.count(kind) for kind in ("improved", "unchanged", "worsened", None)
    )


# Plans that make no sense, and data without an answer


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("reliability = 1", "less than 1"),
        ("reliability = 0", "greater than 0"),
        ('method = "NK"\nreliability = 0.8', "reliability_post"),
        ('method = "EN"', "needs the reliability"),
        ('method = "XX"\nreliability = 0.8', "method"),
        ('method = "HLM"', "method HLM needs the times"),
        ('method = "HLM"\ntimes = [0, 1]', "3 timepoints, but 2 times"),
        ('method = "HLM"\ntimes = [0, 1, 1]', "the same"),
        ("reliability = 0.8\nimportant_worse = 2", "beside important"),
        ("reliability = 0.8\npercentage = 0", "percentage"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(lines, reason):
    plan = f'[study]\ntimepoints = ["start", "middle", "end"]\n[[outcomes]]\nscore = "s"\nbetter = "lower"\n[outcomes.change]\n{lines}\n'
    with pytest.raises(BadInput, match=reason):
        parse_plan(plan.encode(), "plan.toml")


@pytest.mark.parametrize("method", ["JT", "GLN", "HLL", "EN", "NK", "HA"])
@pytest.mark.parametrize(
    "rows",
    [
        ("p1,a,1,5", "p2,b,1,7", "p3,b,2,7"),
        ("p1,a,1,5", "p1,a,2,3", "p2,b,1,5", "p2,b,2,9"),
        ("p1,a,1,5", "p1,a,2,3"),
    ],
    ids=["nobody-twice", "no-spread", "one-person"],
)
def test_nothing_to_judge_by(bench, method, rows):
    text = PLAN.format(method=method, kind="c", better="lower")
    rows = rows if len(rows) > 2 else (*rows, "p9,b,1,4")
    results = judged(bench, table(*rows), text)
    for arm in ("a", "b", "all"):
        assert isinstance(results.change["s"][arm], NotEstimable)


def test_changes_no_larger_than_error_have_no_hageman_arrindell(bench):
    rows = [f"p{who},{'ab'[who % 2]},{at},{who * 5 + at}" for who in range(6) for at in (1, 2)]
    found = judged(bench, table(*rows), PLAN.format(method="HA", kind="c", better="lower")).change_method["s"]
    assert re.search("same amount|no more than measurement error", found.not_estimable)


def test_everybody_improved(bench):
    rows = [
        f"p{who},{'ab'[who % 2]},{at},{(who + 30) if at == 1 else who % 3}"
        for who in range(10)
        for at in (1, 2)
    ]
    plan = PLAN.format(method="JT", kind="b", better="lower").replace(
        "arms =", 'design = "randomised"\narms ='
    )
    results = bench(table(*rows), plan)
    one = results.change["s"]["all"]
    assert (one.improved, one.worsened, one.shares["improved"].high) == (10, 0, 1.0)
    needed = results.compared["s"].kinds["b"]["improved"].number_needed
    assert needed.estimate.people is None
    assert needed.through_infinity


def test_a_person_from_nought_has_no_percentage(bench):
    rows = ["p1,a,1,0", "p1,a,2,9", "p2,b,1,8", "p2,b,2,2", "p3,b,1,4", "p3,b,2,4"]
    one = (
        bench(table(*rows), PLAN.format(method="JT", kind="b", better="lower")).change["s"]["all"].percentage
    )
    assert (one.improved, one.unchanged, one.worsened, one.not_computable) == (1, 1, 0, 1)
    assert one.shares["improved"].estimate == near(0.5)


def test_threshold_is_what_the_report_says_it_is(bench):
    method = judged(bench, TRIAL, TRIAL_PLAN.format(method="JT")).change_method["y"]
    assert method.threshold == near(method.z * method.sdiff)
    assert method.sdiff == near(method.sd * sqrt(2 * (1 - 0.87)))
