"""From a plan to power: the same on any number of processes; hostile plans get one line."""

from dataclasses import asdict

import numpy as np
import pytest

from allay.science.evaluation.errors import BadInput
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.plan import parse_plan
from allay.science.evaluation.power.analysis import Analysis
from allay.science.evaluation.power.curve import power
from allay.science.evaluation.power.planned import planned
from allay.science.evaluation.power.replicates import batches, simulate
from allay.science.evaluation.power.told import as_json, picture, told
from allay.science.evaluation.power.trial import Size, Trial

STUDY = """
[study]
arms = ["waiting", "programme"]
timepoints = ["baseline", "week 6", "week 12"]
[[outcomes]]
score = "phq8"
better = "lower"
"""
GROUPS = "effect = -3\nsd = 5\ncorrelation = 0.6\ngroups = [3, 5]\ngroup_size = 6\nicc = 0.05\n"
PEOPLE = "effect = -3\nsd = 5\npeople = [30, 60]\n"


def plan(section, study=STUDY, more=""):
    return parse_plan(f"{study}[power]\n{section}{more}".encode(), "plan.toml")


def asked(section, study=STUDY, more=""):
    return planned(plan(section, study, more), "plan.toml")


def test_from_the_plan():
    found = asked(GROUPS + "dropout = [0.1, 0.2]\ndropout_strength = 0.4\nallocation = [2, 1]\n")
    trial = found.trial
    np.testing.assert_allclose(trial.effect, [[0, 0, 0], [0, -1.5, -3]])
    np.testing.assert_allclose(trial.sigma, 25 * (0.6 + 0.4 * np.eye(3)))
    assert trial.between / (trial.between + 25) == pytest.approx(0.05)
    assert trial.strength == -0.4 * -1  # lower is better: people with higher scores leave sooner
    assert [(size.people, size.groups) for size in found.sizes] == [((36, 18), 3), ((60, 30), 5)]
    assert found.analysis == Analysis(2, 1, grouped=True)


def test_effects_in_standard_deviations_and_the_target_of_the_study():
    study = STUDY.replace('"week 12"]', '"week 12", "month 6"]\ntarget = "week 12"')
    found = asked('effect = 0.5\nunit = "sd"\nsd = [4, 5, 6, 7]\npeople = [20]\n', study)
    np.testing.assert_allclose(found.trial.effect[1], [0, 1, 2, 2])
    assert found.analysis.target == 2


def test_people_are_dealt_to_arms_and_groups():
    sizes = asked("effect = 1\npeople = [61]\ngroup_size = 8\nicc = 0.1\n").sizes
    assert sizes[0].total == 61
    assert sizes[0].groups == 4


def test_the_model_of_the_plan_is_what_analyses():
    model = '[model]\nkind = "mmrm"\ncovariance = "csh"\ndf = "satterthwaite"\n'
    found = asked(PEOPLE, STUDY + model).analysis
    assert (found.kind, found.covariance, found.df) == ("mmrm", "csh", "satterthwaite")
    assert not asked(GROUPS, STUDY + '[model]\ngroups = "none"\n').analysis.grouped


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("effect = 1\n", "sizes to try"),
        (PEOPLE + "groups = [4]\n", "either people"),
        ("effect = 1\ngroups = [4]\n", "group_size"),
        (PEOPLE + "icc = 0.1\n", "icc needs group_size"),
        (PEOPLE + "icc = 1\ngroup_size = 8\n", "less than 1"),
        (PEOPLE + "dropout = 1\n", "power.dropout"),
        (PEOPLE + "dropout = [0.1]\n", "2 later timepoints"),
        (PEOPLE + "correlation = 1\n", "correlation"),
        (PEOPLE + "correlation = [[1, 0.5], [0.5, 1]]\n", "3 rows of 3"),
        (PEOPLE + "correlation = [[1, 0.5, 0], [0.5, 1, 0], [0.1, 0, 1]]\n", "not symmetric"),
        (PEOPLE + "correlation = -0.9\n", "no scores"),
        (PEOPLE + "course = [0, 1, 0.5]\n", "1 at the target"),
        ("effect = nan\npeople = [20]\n", "finite"),
        ("effect = { nobody = 1 }\npeople = [20]\n", '"nobody" is no arm'),
        ("effect = 1\npeople = [3]\n", "fewer than two"),
        ("effect = 1\npeople = [12]\ngroup_size = 8\n", "one therapy group"),
        ("effect = 1\ngroups = [1]\ngroup_size = 8\n", "one therapy group"),
        ("effect = 1\ngroups = [500]\ngroup_size = 200\n", "more than the 20000"),
        (PEOPLE + "allocation = [1]\n", "each of the 2 arms"),
        (PEOPLE + "finish = { needed = 0 }\n", "power.finish"),
    ],
)
def test_plans_that_cannot_be_simulated(section, words):
    with pytest.raises(BadInput, match=words) as fault:
        asked(section)
    assert "\n" not in str(fault.value)


def test_plans_without_arms_or_power():
    with pytest.raises(BadInput, match="two or more arms"):
        asked(PEOPLE, STUDY.replace('arms = ["waiting", "programme"]\n', ""))
    with pytest.raises(BadInput, match="has no"):
        planned(parse_plan(STUDY.encode(), "plan.toml"))


@pytest.mark.parametrize(
    "options", [{"replicates": 0}, {"processes": 0}, {"seed": -1}, {"replicates": 10**9}]
)
def test_numbers_that_make_no_sense(options):
    with pytest.raises(ValueError):
        power(asked(PEOPLE), **options)


def test_the_same_seed_the_same_answer_on_any_number_of_processes():
    found, calls = asked(GROUPS + "dropout = 0.1\n"), []
    one = power(found, replicates=60, seed=9, progress=lambda done, of: calls.append((done, of)))
    two = power(found, replicates=60, seed=9, processes=2)
    assert asdict(one) == asdict(two)
    assert calls[-1] == (120, 120)
    assert asdict(power(found, replicates=60, seed=10)) != asdict(one)


def test_pieces_do_not_matter():
    found = asked(GROUPS)
    cut = [
        simulate(batches(found.trial, found.analysis, found.sizes[0], seed=1, replicates=30, chunk=chunk))[0]
        for chunk in (7, 30)
    ]
    np.testing.assert_allclose(cut[0].columns["p"], cut[1].columns["p"], rtol=1e-9)


def test_more_people_more_power_and_no_effect_no_power():
    found = power(asked(PEOPLE), replicates=400)
    small, large = found.points
    assert small.power.estimate < large.power.estimate
    assert small.power.low < small.power.estimate < small.power.high
    none = power(asked(PEOPLE.replace("-3", "0")), replicates=400)
    assert all(one.power.low < 0.05 < one.power.high for one in none.points)
    assert none.enough is None
    assert any("false alarms" in line for line in told(none))


def test_the_answer_in_words_and_as_a_picture():
    found = power(asked(PEOPLE + "wanted = 0.5\nfinish = { needed = 8 }\ndropout = 0.1\n"), replicates=200)
    words = "\n".join(told(found))
    assert "is the first with a power of 50 % or more" in words
    assert "Start 12 to finish 8" in words
    assert "<svg" in picture(found).svg
    assert as_json(found)["points"][0]["power"]["estimate"] == found.points[0].power.estimate


def test_few_groups_are_warned_of():
    assert any("fewer than 4 therapy groups" in line for line in told(power(asked(GROUPS), replicates=20)))


def test_when_nearly_everybody_leaves_the_trials_count_as_not_finding_it():
    found = power(asked("effect = -3\nsd = 5\npeople = [8]\ndropout = 0.95\n"), replicates=40)
    point = found.points[0]
    assert point.not_answered > 20
    assert sum(point.reasons.values()) == point.not_answered
    assert point.power.estimate <= 1 - point.not_answered / 40
    assert any("gave no estimate" in line for line in told(found))


def test_groups_of_one():
    found = power(asked("effect = -3\nsd = 5\ngroups = [10]\ngroup_size = 1\nicc = 0.05\n"), replicates=30)
    assert 0 <= found.points[0].power.estimate <= 1


def test_no_trial_with_an_estimate_has_no_coverage():
    truth = Trial(("A", "B"), ("1", "2"), np.zeros((2, 2)), np.eye(2), dropout=np.array([0, 1.0]))
    (found,) = simulate(batches(truth, Analysis(1), Size((4, 4)), seed=1, replicates=3))
    assert not found.answered.any()
    assert sum(found.reasons.values()) == 3
    assert isinstance(smallest(found), NotEstimable)


def smallest(found):
    from allay.science.evaluation.power.curve import point

    return point(asked(PEOPLE), found).coverage
