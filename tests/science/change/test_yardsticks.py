"""The seven methods but HLM: worked unit examples, and the R package's categories of every person of a trial."""

import csv
import json
from itertools import groupby
from math import sqrt
from pathlib import Path
from statistics import correlation, mean, stdev

import pytest

from allay.science.change import (
    METHODS,
    Sample,
    TrueStanding,
    combined,
    combined_true,
    cutoff,
    difference_reliability,
    group_level,
    measurement_error,
    relative_to,
    reliability_of,
    true_population,
    yardstick,
)

near = pytest.approx
REFERENCE = Path(__file__).parents[2] / "reference"
UNIT = Sample(10, 5, 7, 6, 0.8044687)
PRE = (30, 20, 10, 8, 6, 4, 2)
POST = (3, 2, 2, 2, 2, 2, 1)


def indices(method, sample, after, **more):
    rule = yardstick(method, sample, 0.8, **more)
    return [rule.index(before, at) for before, at in zip(PRE, after, strict=True)]


def test_gulliksen_lord_novick_unit_example():
    expected = [-5.476190, -3.571429, -1.666667, -1.285714, -0.904762, -0.523810, -0.142857]
    assert indices("GLN", Sample(5, 7, 5, 7, 0.5), (2,) * 7) == near(expected, abs=1e-6)


def test_hsu_linn_lord_unit_example():
    expected = [-6.666667, -4.333333, -1.666667, -1.133333, -0.6, -0.066667, 0.133333]
    assert indices("HLL", UNIT, POST) == near(expected, abs=1e-6)


def test_edwards_nunnally_unit_example():
    expected = [-10.733126, -7.155418, -3.577709, -2.862167, -2.146625, -1.431084, -0.715542]
    assert indices("EN", UNIT, (2,) * 7) == near(expected, abs=1e-6)


def test_nunnally_kotsch_unit_example():
    expected = [-8.381164, -5.587442, -2.793721, -2.234977, -1.676233, -1.117488, -0.558744]
    assert indices("NK", UNIT, (2,) * 7, reliability_after=0.8) == near(expected, abs=1e-6)


def test_hageman_arrindell_unit_example():
    expected = [-5.563602, -4.245263, -2.780442, -2.487478, -2.194514, -1.901550, -1.755067]
    assert indices("HA", UNIT, POST) == near(expected, abs=2e-6)
    assert difference_reliability(UNIT, measurement_error(5, 0.8)) == near(0.2145701, abs=1e-6)


def test_jacobson_truax_is_the_index_itself():
    rule = yardstick("JT", Sample(20, 5, 20, 5, 0.5), 0.8)
    found = [rule.index(20, 20 + change) for change in (-8, -4, 0, 4, 8)]
    assert found == near([-2.529822, -1.264911, 0, 1.264911, 2.529822], abs=1e-6)


def test_true_cutoffs_of_bauer_2004():
    clinical, functional = (68.35, 22.33 * sqrt(0.93)), (50, 22 * sqrt(0.93))
    found = [cutoff(kind, clinical, functional, "lower") for kind in "abc"]
    assert found == near([25.2815, 92.4321, 59.1067], abs=1e-4)


def test_the_published_moments_of_a_depression_trial():
    """Mean, SD and correlation of hamd in claus_2020 (the data themselves are not here)."""
    sample, error = Sample(24.85, 3.340121, 14.975, 7.711089, 0.163119), measurement_error(3.340121, 0.8)
    functional = true_population((8, 8), error)
    assert yardstick("JT", sample, 0.8).error == near(2.112478, abs=1e-6)
    assert yardstick("GLN", sample, 0.8).error == near(2.004073, abs=1e-6)
    assert (error, difference_reliability(sample, error)) == near((1.493748, 0.928272), abs=1e-6)
    assert reliability_of(sample.sd_after, error) == near(0.962475, abs=1e-6)
    assert cutoff("c", (24.85, 3.340121), (8, 8), "lower") == near(19.886998, abs=1e-6)
    true_clinical = true_population((24.85, 3.340121), error)
    assert cutoff("c", true_clinical, functional, "lower") == near(20.209066, abs=1e-6)


# Everybody of trial a, as the R package has them


@pytest.fixture(scope="module")
def people():
    """id → (score at visit 1, at visit 5) of those who have both."""
    with (REFERENCE / "mmrm" / "trial.csv").open() as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["id"])
    found = {}
    for who, visits in groupby(rows, key=lambda row: row["id"]):
        scores = {row["visit"]: float(row["y"]) for row in visits if row["y"] not in ("", "NA")}
        if {"1", "5"} <= scores.keys():
            found[who] = scores["1"], scores["5"]
    return found


@pytest.fixture(scope="module")
def sample(people):
    first, last = zip(*people.values(), strict=True)
    return Sample(mean(first), stdev(first), mean(last), stdev(last), correlation(first, last))


@pytest.fixture(scope="module")
def published():
    found = json.loads((REFERENCE / "change" / "trial_a_reliable_change.json").read_text())
    assert found["n"] == 89
    return found["results"]


KINDS = ("recovered", "improved", "unchanged", "deteriorated", "harmed")


def category(person):
    return next(kind for kind in KINDS if person.get(kind))


@pytest.mark.parametrize("method", ["JT", "GLN", "HLL", "EN", "NK"])
def test_categories_of_the_package(people, sample, published, method):
    theirs = published[f"combined_{method}"]
    rule = yardstick(method, sample, 0.87, reliability_after=0.85)
    line = cutoff("c", (sample.mean_before, sample.sd_before), (50, 10), "lower")
    assert line == near(theirs["cutoff"]["value"], rel=1e-12)
    for person in theirs["summary"]["categories"]:
        before, after = people[person["id"]]
        assert rule.index(before, after) == near(person["rci"], abs=1e-9)
        found = combined(rule.verdict(before, after, "lower"), before, after, "lower", line)
        assert found == category(person), person["id"]
    assert len(theirs["summary"]["categories"]) == len(people)


def test_plain_categories_of_the_package(people, sample, published):
    rule = yardstick("JT", sample, 0.87)
    names = {"deteriorated": "worsened"}
    for person in published["JT_distribution"]["participants"]:
        found = rule.verdict(*people[person["id"]], "lower")
        assert found == names.get(category(person), category(person))


@pytest.fixture(scope="module")
def standing(sample):
    error = measurement_error(sample.sd_before, 0.87)
    clinical = true_population((sample.mean_before, sample.sd_before), error)
    line = cutoff("c", clinical, true_population((50, 10), error), "lower")
    return TrueStanding(line, sample.mean_after, reliability_of(sample.sd_after, error), error)


STILL_FUNCTIONAL = "44"  # the one of whom the package says harmed although shown to be functional after


def test_hageman_arrindell_categories_of_the_package(people, sample, published, standing):
    theirs = published["combined_HA"]
    rule = yardstick("HA", sample, 0.87)
    assert standing.cutoff == near(theirs["cutoff"]["value"], rel=1e-12)
    differ = []
    for person in theirs["summary"]["categories"]:
        before, after = people[person["id"]]
        assert rule.index(before, after) == near(person["rci"], abs=1e-9)
        assert standing.index(after) == near(person["cs_indiv"], abs=1e-9)
        found = combined_true(rule.verdict(before, after, "lower"), before, after, "lower", standing)
        if found != category(person):
            differ.append((person["id"], found, category(person)))
    assert differ == [(STILL_FUNCTIONAL, "deteriorated", "harmed")]
    assert standing.functional(people[STILL_FUNCTIONAL][1], "lower")


def test_hageman_arrindell_group_level_of_the_package(sample, published, standing):
    theirs = {
        one["category"]: one["percent"] for one in published["combined_HA"]["summary"]["group_level_summary"]
    }
    ours = group_level(sample, standing.error, standing.cutoff, "lower")
    assert (ours.improved, ours.functional) == near((theirs["Changed"], theirs["Functional"]), rel=1e-9)


# Properties and refusals


def test_only_two_methods_are_relative_to_the_average():
    assert [one for one in METHODS if relative_to(one) != "own start"] == ["HLL", "HLM"]


@pytest.mark.parametrize("method", ["JT", "GLN", "HLL", "EN", "NK", "HA"])
def test_turning_the_scale_round_turns_the_verdicts_round(method, people, sample):
    mirrored = Sample(
        -sample.mean_before, sample.sd_before, -sample.mean_after, sample.sd_after, sample.correlation
    )
    there = yardstick(method, sample, 0.87, reliability_after=0.85)
    back = yardstick(method, mirrored, 0.87, reliability_after=0.85)
    for before, after in people.values():
        assert there.verdict(before, after, "lower") == back.verdict(-before, -after, "higher")


def test_hsu_linn_lord_calls_the_average_change_unchanged():
    sample = Sample(30, 5, 10, 5, 0.5)
    assert yardstick("HLL", sample, 0.8).verdict(30, 10, "lower") == "unchanged"
    assert yardstick("JT", sample, 0.8).verdict(30, 10, "lower") == "improved"


def test_nunnally_kotsch_needs_the_second_reliability():
    with pytest.raises(ValueError, match="reliability_post"):
        yardstick("NK", UNIT, 0.8)


@pytest.mark.parametrize("reliability_after", [0, 1])
def test_impossible_second_reliability(reliability_after):
    with pytest.raises(ValueError, match="between 0 and 1"):
        yardstick("NK", UNIT, 0.8, reliability_after=reliability_after)


def test_hageman_arrindell_needs_change_beyond_measurement_error():
    with pytest.raises(ValueError, match="no more than measurement error"):
        yardstick("HA", Sample(10, 5, 9, 5, 0.95), 0.8)


def test_hageman_arrindell_where_everybody_changes_alike():
    with pytest.raises(ValueError, match="same amount"):
        yardstick("HA", Sample(10, 5, 9, 5, 1.0), 0.8)


def test_a_population_narrower_than_measurement_error_has_no_true_cutoff():
    with pytest.raises(ValueError, match="varies no more than measurement error"):
        true_population((8, 1), measurement_error(5, 0.8))
