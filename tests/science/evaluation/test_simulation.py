"""The report's methods page shows what its intervals are worth."""

import pytest

from allay.science.evaluation.power.simulated import simulated
from allay.science.evaluation.story.simulation import tell
from allay.science.report.words import Say

from .conftest import ONE_GROUP, REFERENCE, Bench, table

PLAN = """
[columns]
participant = "id"
timepoint = "visit"
group = "{group}"
missing = ["-1"]
scores = ["y"]
[study]
arms = ["0", "1"]
timepoints = ["1", "2", "3", "4"]
[[outcomes]]
score = "y"
better = "lower"
{more}
"""
GROUPED = REFERENCE.parent / "mmrm" / "groups.csv"


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("simulation"))
    yield bench
    bench.close()


def tables(results):
    return list(tell(results, Say()))


@pytest.mark.parametrize("more", ["", '[model]\ngroups = "none"'])
def test_with_therapy_groups_both_tables_stand_there(bench, more):
    results = bench(GROUPED, PLAN.format(group="g", more=more))
    people, groups = tables(results)
    assert [row[0] for row in people.rows] == ["16", "24", "40", "80"]
    assert len(groups.rows) == len(simulated().nested)
    assert groups.header[-1] == "Groups ignored"
    assert results.simulation.trials == simulated().trials


def test_without_groups_only_small_trials(bench):
    results = bench(GROUPED, PLAN.format(group="nowhere", more="").replace('group = "nowhere"\n', ""))
    assert len(tables(results)) == 1
    assert results.simulation.groups == []


def test_without_a_comparison_none(bench):
    rows = ("1,1,5", "1,2,4", "2,1,6", "2,2,3")
    assert bench(table(*rows, header="participant,timepoint,s"), ONE_GROUP).simulation is None
