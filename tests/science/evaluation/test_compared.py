"""People between arms: differences both ways, numbers needed, and those who could not be judged."""

import pytest

from allay.science.evaluation import NotEstimable
from allay.science.evaluation.proportions import newcombe, number_needed
from allay.science.evaluation.results import ChangeCounts

from .conftest import TWO_ARMS, Bench, table

near = pytest.approx
RANDOMISED = TWO_ARMS.replace("arms =", 'design = "randomised"\narms =')


def rows(**arms):
    """arm → changes (None: not measured again), everybody starting at about 20, as rows of a table."""
    found, who = [], 0
    for arm, changes in arms.items():
        for change in changes:
            who, first = who + 1, 20 + who % 5
            last = "" if change is None else first + change
            found += [f"p{who},{arm},1,{first}", f"p{who},{arm},2,{last}"]
    return table(*found)


FEW = rows(a=[-9, -1, 0, 1, 9, 9, None, None], b=[-9, -9, -9, -9, 0, 9, None])


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("few"))
    yield bench(FEW, RANDOMISED)
    bench.close()


def test_shares_are_compared_both_ways(results):
    kinds = results.compared["s"].kinds["b"]
    assert kinds["improved"].difference == newcombe(4, 6, 1, 6, 0.95)
    assert kinds["worsened"].difference == newcombe(1, 6, 2, 6, 0.95)
    assert kinds["importantly improved"].difference == newcombe(4, 6, 1, 6, 0.95)
    assert kinds["importantly worsened"].difference == newcombe(1, 6, 2, 6, 0.95)


def test_numbers_needed_know_what_is_good(results):
    kinds = results.compared["s"].kinds["b"]
    assert kinds["improved"].number_needed == number_needed(newcombe(4, 6, 1, 6, 0.95), "benefit")
    assert kinds["improved"].number_needed.estimate.people == near(2)
    worse = kinds["worsened"].number_needed
    assert (worse.estimate.direction, worse.estimate.people) == ("benefit", near(6))
    assert worse.through_infinity


@pytest.mark.parametrize("design", ["comparison", None])
def test_without_chance_there_is_no_number_needed(bench, design):
    plan = TWO_ARMS if design is None else TWO_ARMS.replace("arms =", f'design = "{design}"\narms =')
    kinds = bench(FEW, plan).compared["s"].kinds["b"]
    assert all("by chance" in one.number_needed.not_estimable for one in kinds.values())
    assert kinds["improved"].difference == newcombe(4, 6, 1, 6, 0.95)


def test_one_group_has_nothing_to_compare(bench):
    one = bench(FEW, TWO_ARMS.replace('arms = ["a", "b"]\n', "")).compared["s"]
    assert (one.reference, one.kinds, one.unmeasured_difference) == (None, {}, {})
    assert one.unmeasured["all"].not_judged == 3


def test_those_not_measured_may_all_or_none_have_changed(results):
    away = results.compared["s"].unmeasured
    assert (away["a"].people, away["a"].not_judged) == (8, 2)
    assert (away["a"].improved.low, away["a"].improved.high) == near((1 / 8, 3 / 8))
    assert (away["a"].worsened.low, away["a"].worsened.high) == near((2 / 8, 4 / 8))
    assert (away["b"].improved.low, away["b"].improved.high) == near((4 / 7, 5 / 7))


def test_worst_and_best_case_of_the_difference(results):
    ends = results.compared["s"].unmeasured_difference["b"]
    assert ends["improved"].none == newcombe(4, 7, 1, 8, 0.95)
    assert ends["improved"].worst == newcombe(4, 7, 3, 8, 0.95)
    assert ends["improved"].best == newcombe(5, 7, 1, 8, 0.95)
    assert ends["worsened"].worst == newcombe(2, 7, 2, 8, 0.95)
    assert ends["worsened"].best == newcombe(1, 7, 4, 8, 0.95)


def test_the_worst_case_is_never_better_than_the_best(results):
    for kind, turn in (("improved", 1), ("worsened", -1)):
        ends = results.compared["s"].unmeasured_difference["b"][kind]
        assert turn * ends.worst.estimate <= turn * ends.none.estimate <= turn * ends.best.estimate


def test_one_person_in_each_arm(bench):
    plan = RANDOMISED.replace("reliability = 0.8", "reliability = 0.8\nsd = 5")
    one = bench(rows(a=[0], b=[-9]), plan).compared["s"]
    assert one.kinds["b"]["improved"].difference == newcombe(1, 1, 0, 1, 0.95)
    assert one.kinds["b"]["improved"].number_needed.through_infinity


def test_an_arm_in_which_nobody_came_back(bench):
    plan = RANDOMISED.replace("reliability = 0.8", "reliability = 0.8\nsd = 5")
    results = bench(rows(a=[0, 1, -9], b=[None, None]), plan)
    kinds = results.compared["s"].kinds["b"]
    assert all(isinstance(one.difference, NotEstimable) for one in kinds.values())
    assert all(isinstance(one.number_needed, NotEstimable) for one in kinds.values())
    assert (
        results.compared["s"].unmeasured["b"].improved.low,
        results.compared["s"].unmeasured["b"].improved.high,
    ) == (0, 1)
    assert results.compared["s"].unmeasured_difference["b"]["improved"].best == newcombe(2, 2, 1, 3, 0.95)


def test_a_score_without_a_rule_is_not_compared(bench):
    one = bench(FEW, RANDOMISED.split("[outcomes.change]")[0]).compared["s"]
    assert "gives no reliability" in one.not_estimable


def test_main_effect_against_the_important_amount(bench):
    plan = RANDOMISED.replace("important = 2", "important = 30")
    assert set(bench(FEW, plan).compared["s"].against_important) == {"b"}
    clear = rows(a=[0, 1, 0, -1, 1, 0, 2, 0] * 3, b=[-9, -10, -9, -8, -9, -10, -9, -9] * 3)
    assert bench(clear, plan).compared["s"].against_important == {"b": "not relevant"}
    assert bench(clear, RANDOMISED).compared["s"].against_important == {"b": "large"}
    assert bench(clear, RANDOMISED.replace("important = 2", "")).compared["s"].against_important == {}


def test_everybody_is_in_exactly_one_category(results):
    for counts in results.change["s"].values():
        assert isinstance(counts, ChangeCounts)
        assert counts.improved + counts.unchanged + counts.worsened == counts.n
