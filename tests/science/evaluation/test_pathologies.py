"""Where a number cannot be had there is a reason; never a wrong number, never a broken evaluation."""

import json
import math

import pytest

from allay.science.evaluation import NotEstimable

from .conftest import ONE_GROUP, TWO_ARMS, table

near = pytest.approx


def reason(one):
    assert isinstance(one, NotEstimable)
    return one.not_estimable


def rows(*people):
    """Rows of people given as (arm, first, last)."""
    return table(
        *(
            f"p{number},{arm},{at},{'' if value is None else value}"
            for number, (arm, *values) in enumerate(people)
            for at, value in zip((1, 2), values, strict=True)
        )
    )


def finite(results):
    """Whether every number of the results is finite: JSON has no other."""
    return json.dumps(results.as_dict(), allow_nan=False)


def test_one_person(bench):
    results = bench(rows(("a", 5, 3)))
    assert "fewer than 2 people" in reason(results.within["s"]["all"])
    assert "needs 2 people" in reason(results.change["s"]["all"])
    assert finite(results)


def test_one_person_in_each_arm(bench):
    between = bench(rows(("a", 5, 3), ("b", 6, 7)), TWO_ARMS).between["s"]["b"]
    assert "fewer than 2 people of a" in reason(between.adjusted)
    assert "fewer than 2 people of a" in reason(between.unadjusted_standardised)


def test_two_people_in_each_arm(bench):
    results = bench(rows(("a", 5, 3), ("a", 7, 6), ("b", 6, 7), ("b", 9, 5)), TWO_ARMS)
    assert results.between["s"]["b"].adjusted.df == 1
    assert finite(results)


def test_nobody_measured_again(bench):
    results = bench(rows(("a", 5, None), ("a", 7, None), ("b", 3, None)), TWO_ARMS)
    assert "n = 0" in reason(results.within["s"]["a"])
    assert results.completeness["s"]["all"].share == {"1": 1.0, "2": 0.0}
    assert finite(results)


def test_one_arm_not_measured_again(bench):
    results = bench(rows(("a", 5, 4), ("a", 7, 9), ("a", 6, 4), ("b", 3, None)), TWO_ARMS)
    assert "fewer than 2 people of b" in reason(results.between["s"]["b"].adjusted)
    assert results.change["s"]["b"].n == 0
    assert results.change["s"]["b"].shares == {}
    assert finite(results)


def test_everybody_starts_alike(bench):
    results = bench(rows(("a", 5, 3), ("a", 5, 4), ("b", 5, 7), ("b", 5, 1)), TWO_ARMS)
    assert "started with the same score" in reason(results.between["s"]["b"].adjusted)
    assert "started with the same score" in reason(results.change["s"]["all"])
    assert "first timepoint" in reason(results.within["s"]["all"].standardised)
    assert finite(results)


def test_a_given_sd_judges_people_who_start_alike(bench):
    plan = ONE_GROUP.replace("reliability = 0.8", "reliability = 0.8\nsd = 5")
    assert bench(rows(("a", 5, 3), ("a", 5, 14)), plan).change["s"]["all"].worsened == 1


def test_a_constant_score(bench):
    results = bench(rows(*[("a", 5, 5)] * 4))
    assert "changed by the same amount" in reason(results.within["s"]["all"].change)
    assert "same score" in reason(results.within["s"]["all"].correlation)
    assert finite(results)


def test_follow_up_equal_to_baseline(bench):
    people = [(arm, score, score) for arm in "ab" for score in (1, 4, 6, 9)]
    results = bench(rows(*people), TWO_ARMS)
    assert "nothing of the last" in reason(results.between["s"]["b"].adjusted)
    assert results.change["s"]["all"].unchanged == 8
    assert finite(results)


def test_everybody_changes_by_the_same_amount(bench):
    people = [(arm, score, score - 3) for arm in "ab" for score in (1, 4, 6, 9)]
    between = bench(rows(*people), TWO_ARMS).between["s"]["b"]
    assert "changed by the same amount" in reason(between.unadjusted)


PEOPLE = [("a", 5, 3), ("a", 9, 8), ("a", 4, 6), ("b", 6, 1), ("b", 7, 2), ("b", 8, 8), ("b", 5, None)]


@pytest.mark.parametrize("by", [1e9, -1e9, 1e12, 0.125])
def test_shifting_a_score_shifts_nothing_but_means(bench, by):
    here = bench(rows(*PEOPLE), TWO_ARMS)
    moved = [(arm, first + by, None if last is None else last + by) for arm, first, last in PEOPLE]
    there = bench(rows(*moved), TWO_ARMS)
    assert there.between["s"]["b"].adjusted.se == near(here.between["s"]["b"].adjusted.se, rel=1e-12)
    assert there.within["s"]["b"].change == here.within["s"]["b"].change
    assert there.change == here.change


@pytest.mark.parametrize("by", [1e8, 1e-8])
def test_scaling_a_score_scales_the_difference(bench, by):
    here = bench(rows(*PEOPLE), TWO_ARMS).between["s"]["b"]
    scaled = [(arm, first * by, None if last is None else last * by) for arm, first, last in PEOPLE]
    there = bench(rows(*scaled), TWO_ARMS).between["s"]["b"]
    assert there.adjusted.estimate == near(by * here.adjusted.estimate, rel=1e-9)
    assert there.adjusted_standardised.estimate == near(here.adjusted_standardised.estimate, rel=1e-9)


def test_naming_the_arms_the_other_way_round_turns_the_difference(bench):
    here = bench(rows(*PEOPLE), TWO_ARMS).between["s"]["b"].adjusted
    there = bench(rows(*PEOPLE), TWO_ARMS.replace('["a", "b"]', '["b", "a"]')).between["s"]["a"].adjusted
    assert (there.estimate, there.se) == (near(-here.estimate), near(here.se))


def test_turning_the_scale_round_turns_better_and_worse(bench):
    here = bench(rows(*PEOPLE), TWO_ARMS).change["s"]["all"]
    turned = [(arm, -first, None if last is None else -last) for arm, first, last in PEOPLE]
    there = bench(rows(*turned), TWO_ARMS.replace('"lower"', '"higher"')).change["s"]["all"]
    assert there == here


def test_a_person_never_measured_changes_only_completeness(bench):
    here, there = bench(rows(*PEOPLE), TWO_ARMS), bench(rows(*PEOPLE, ("a", None, None)), TWO_ARMS)
    assert (there.within, there.between) == (here.within, here.between)
    assert there.change["s"]["a"].not_measured == here.change["s"]["a"].not_measured + 1


def test_arms_outside_the_plan_are_left_out_and_counted(bench):
    here, there = bench(rows(*PEOPLE), TWO_ARMS), bench(rows(*PEOPLE, ("c", 1, 40)), TWO_ARMS)
    assert (there.within, there.change) == (here.within, here.change)
    assert there.people.in_other_arms == 1


def test_timepoints_outside_the_plan_are_left_out_and_counted(bench):
    text = rows(*PEOPLE) + "p0,a,later,99\n"
    assert bench(text, TWO_ARMS).people.rows_at_other_timepoints == 1


def test_a_person_seen_only_at_other_timepoints_is_not_measured(bench):
    results = bench(rows(*PEOPLE) + "px,a,later,99\n", TWO_ARMS)
    assert results.people.by_arm["a"] == 4
    assert results.change["s"]["a"].not_measured == 1


def test_outcomes_without_a_reliability_are_described_only(bench):
    plan = ONE_GROUP.split("[outcomes.change]")[0]
    results = bench(rows(*PEOPLE), plan)
    assert "no reliability" in reason(results.change["s"]["all"])
    assert results.within["s"]["all"].n == 6


def test_the_same_twice_is_the_same_to_the_last_bit(bench):
    people = [("ab"[number % 2], number * 7 % 31, number * 11 % 29 / 4) for number in range(500)]
    assert bench(rows(*people), TWO_ARMS) == bench(rows(*people), TWO_ARMS)


def test_thirty_timepoints(bench):
    times = [str(number) for number in range(30)]
    listed = ", ".join(f'"{time}"' for time in times)
    text = table(*(f"p{person},a,{time},{person + int(time) % 5}" for person in range(5) for time in times))
    results = bench(text, ONE_GROUP.replace('"1", "2"', listed))
    assert math.isclose(results.description["s"]["all"]["29"].mean, 6)
