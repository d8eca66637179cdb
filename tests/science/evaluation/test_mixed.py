"""The primary model of an evaluation: the numbers of the engine that is checked against R, under the plan's names."""

import csv
import json

import pytest

from allay.science.evaluation import BadInput, NotEstimable
from allay.science.evaluation.models import mmrm
from allay.science.evaluation.multiplicity import target_effects
from allay.science.evaluation.plan import parse_plan

from .conftest import REFERENCE, TWO_ARMS, Bench, table

TRIAL = REFERENCE.parent / "mmrm" / "trial.csv"
PLAN = """
[columns]
participant = "id"
timepoint = "visit"
scores = ["y"]
[study]
arms = ["0", "1"]
timepoints = ["1", "2", "3", "4", "5"]
[model]
covariates = ["x"]
[[outcomes]]
score = "y"
better = "lower"
"""


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("trial"))
    yield bench
    bench.close()


def model(bench, plan=PLAN, content=TRIAL):
    return bench(content, plan).mixed.models["y"]


def fit(**options):
    return mmrm(TRIAL, "y ~ x + arm*visit", subject="id", visit="visit", **options)


def test_the_constrained_model_is_that_of_the_engine(trial):
    expected = {one.visit: one for one in fit(constrained="arm").differences("arm")}
    found = model(trial).differences["1"]
    assert found.keys() == {"2", "3", "4", "5"}
    for visit, one in found.items():
        mine, other = one.difference, expected[visit]
        assert (mine.estimate, mine.se, mine.df, mine.p) == pytest.approx(
            (other.estimate, other.se, other.df, other.p), rel=1e-8
        )


def test_means_and_changes_belong_together(trial):
    found = model(trial)
    for arm in ("0", "1"):
        for visit in ("2", "3", "4", "5"):
            change = found.means[arm][visit].mean - found.means[arm]["1"].mean
            assert found.changes[arm][visit].estimate == pytest.approx(change, rel=1e-9)
    gap = found.changes["1"]["5"].estimate - found.changes["0"]["5"].estimate
    assert found.differences["1"]["5"].difference.estimate == pytest.approx(gap, rel=1e-9)
    assert found.means["0"]["1"].mean == pytest.approx(found.means["1"]["1"].mean)


def test_the_first_score_can_be_a_covariate_instead(trial):
    found = model(trial, PLAN.replace("[model]", '[model]\nkind = "mmrm"'))
    assert found.kind == "mmrm"
    assert found.means["0"].keys() == {"2", "3", "4", "5"}
    assert found.changes == {"0": {}, "1": {}}
    rows = list(csv.DictReader(TRIAL.read_text().splitlines()))
    first = {row["id"]: row["y"] for row in rows if row["visit"] == "1"}
    later = [row for row in rows if row["visit"] != "1" and row["id"] in first]
    columns = {name: [row[name] for row in later] for name in ("id", "arm", "visit")}
    columns |= {name: [float(row[name]) for row in later] for name in ("x", "y")}
    columns["first"] = [float(first[row["id"]]) for row in later]
    other = mmrm(columns, "y ~ first*visit + x + arm*visit", subject="id", visit="visit")
    expected = other.differences("arm")[-1]
    assert found.differences["1"]["5"].difference.estimate == pytest.approx(expected.estimate, rel=1e-7)
    assert found.differences["1"]["5"].difference.se == pytest.approx(expected.se, rel=1e-7)


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ('covariance = "ar1h"\ndf = "satterthwaite"', {"covariance": "ar1h", "df": "satterthwaite"}),
        ('vcov = "CR2"', {"vcov": "CR2"}),
        ("covariance_by_arm = true", {"covariance_by": "arm"}),
    ],
)
def test_what_the_plan_says_of_the_model_is_done(trial, words, options):
    found = model(trial, PLAN.replace("[model]", f"[model]\n{words}")).differences["1"]["5"].difference
    expected = fit(constrained="arm", **options).differences("arm")[-1]
    assert (found.estimate, found.se, found.df) == pytest.approx(
        (expected.estimate, expected.se, expected.df), rel=1e-7
    )


def test_the_order_of_arms_in_the_plan_decides_the_sign(trial):
    turned = model(trial, PLAN.replace('["0", "1"]', '["1", "0"]')).differences["0"]["5"].difference
    straight = model(trial).differences["1"]["5"].difference
    assert turned.estimate == pytest.approx(-straight.estimate, rel=1e-9)


def test_a_single_group_has_its_change(bench):
    rows = [f"p{n},a,{at},{20 + n % 5 - (4 + n % 3) * (at - 1)}" for n in range(9) for at in (1, 2)][:-1]
    results = bench(table(*rows), TWO_ARMS.replace('arms = ["a", "b"]\n', ""))
    found = target_effects(
        parse_plan(TWO_ARMS.replace('arms = ["a", "b"]\n', "").encode(), "plan"), results.mixed.models["s"]
    )
    assert found["all"].estimate < -4
    assert results.mixed.models["s"].people == 9
    assert results.multiplicity.tests[0].arm == "all"


def test_the_target_may_lie_before_the_last_timepoint(trial):
    results = trial(TRIAL, PLAN.replace("[study]", '[study]\ntarget = "4"'))
    assert results.study.last == "4"
    assert results.multiplicity.tests[0].p == results.mixed.models["y"].differences["1"]["4"].difference.p


# Therapy groups

GROUPED = REFERENCE.parent / "mmrm" / "groups.csv"


def grouped_plan(more=""):
    return PLAN.replace('[model]\ncovariates = ["x"]', f"[model]\n{more}").replace(
        'timepoints = ["1", "2", "3", "4", "5"]', f"timepoints = {json.dumps(VISITS)}"
    )


_HEAD, *_ROWS = csv.reader(GROUPED.read_text().splitlines())
VISITS = sorted({row[_HEAD.index("visit")] for row in _ROWS})
GROUP = "g"


def with_column(plan):
    """People outside any group have -1 in this table."""
    return plan.replace("[columns]", f'[columns]\ngroup = "{GROUP}"\nmissing = ["-1"]')


def test_therapy_groups_are_in_the_model_by_default(trial):
    found = model(trial, with_column(grouped_plan()), GROUPED)
    expected = mmrm(
        GROUPED, "y ~ arm*visit", subject="id", visit="visit", constrained="arm", group=GROUP, group_arm="1"
    )
    assert found.groups.number == expected.group.number
    assert found.groups.variance == pytest.approx(expected.group.variance, rel=1e-6)
    one, other = found.differences["1"][VISITS[-1]].difference, expected.differences("arm")[-1]
    assert (one.estimate, one.se, one.df) == pytest.approx((other.estimate, other.se, other.df), rel=1e-6)


def test_groups_that_the_model_ignores_are_said_aloud(trial):
    results = trial(GROUPED, with_column(grouped_plan('groups = "none"')))
    assert results.meeting.ignored
    assert results.mixed.models["y"].groups is None


def test_one_group_cannot_be_told_from_the_programme(bench):
    rows = [
        f"p{n},{arm},{at},{10 + n % 4 + at + n % 3 * at},{'g1' if arm == 'b' else ''}"
        for n, arm in enumerate("ab" * 6)
        for at in (1, 2)
    ]
    results = bench(table(*rows, header="participant,arm,timepoint,s,group"), TWO_ARMS)
    assert results.meeting.ignored
    assert "met in one group" in results.meeting.note


def test_an_arm_that_meets_in_no_group_is_refused(trial):
    with pytest.raises(BadInput, match='nobody of arm "0" is in a group'):
        trial(GROUPED, with_column(grouped_plan('groups = "0"')))


# What cannot be had


def test_a_covariate_with_two_values_is_refused(bench):
    rows = ("p1,a,1,5,30", "p1,a,2,3,31", "p2,b,1,4,20", "p2,b,2,4,20")
    plan = TWO_ARMS + '[model]\ncovariates = ["age"]\n'
    with pytest.raises(BadInput, match=r"row 2, column age: participant p1 has both 30.* and 31"):
        bench(table(*rows, header="participant,arm,timepoint,s,age"), plan)


def test_a_covariate_that_is_not_there_is_refused(bench):
    plan = TWO_ARMS + '[model]\ncovariates = ["age"]\n'
    with pytest.raises(BadInput, match="there is no column age"):
        bench(table("p1,a,1,5", "p1,a,2,3", "p2,b,1,4", "p2,b,2,4"), plan)


def test_too_little_for_a_model_is_said_and_the_rest_goes_on(bench):
    results = bench(table("p1,a,1,5", "p1,a,2,3", "p2,b,1,5", "p2,b,2,3"), TWO_ARMS)
    assert isinstance(results.mixed.models["s"], NotEstimable)
    assert results.multiplicity.tests[0].p is None
    assert results.flow.arms["all"].measured == {"1": 2, "2": 2}


def test_an_arm_that_was_never_seen_at_a_visit_is_named_in_the_plans_words(bench):
    rows = [
        f"p{n},{'ab'[n % 2]},{at},{20 + n % 5 - at + n * at % 3}"
        for n in range(20)
        for at in (1, 2, 3)
        if not (n % 2 and at == 3)
    ]
    results = bench(table(*rows), TWO_ARMS.replace('["1", "2"]', '["1", "2", "3"]'))
    model = results.mixed.models["s"]
    assert isinstance(model.differences["b"]["3"].difference, NotEstimable)
    assert any(warning.endswith("b:3") for warning in model.warnings)
