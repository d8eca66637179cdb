"""Mechanisms of a plan: what is asked, computed and told."""

import json
import re

import numpy as np
import pytest

from allay.science.evaluation import BadInput, parse_plan
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.mechanisms import mediate
from allay.science.evaluation.sections import SECTIONS
from allay.science.evaluation.story.mechanisms import method, tell
from allay.science.report.blocks import Figure, Heading, Items, Paragraph, Table
from allay.science.report.words import Say
from tests.science.evaluation.conftest import Bench
from tests.science.evaluation.test_report import cells_of, sentences_of, unfounded
from tests.science.mechanisms.people import trial

ARMS = 'arms = ["waiting", "programme"]\ndesign = "randomised"'
PLAN = f"""
[columns]
scores = ["pain", "criticism"]
[study]
{ARMS}
timepoints = ["start", "middle", "end"]
[[outcomes]]
score = "pain"
label = "Interference"
better = "lower"
[[outcomes]]
score = "criticism"
label = "Self-criticism"
better = "lower"
[[mechanisms]]
mediator = "criticism"
mediator_at = "middle"
outcome = "pain"
"""


def table_of(people, *, site=False):
    """The table of a trial in which the mediator is self-criticism and the outcome pain."""
    random = np.random.default_rng(9)
    lines = ["participant,arm,timepoint,pain,criticism,site"]
    for place in range(len(people["arm"])):
        arm = ("waiting", "programme")[int(people["arm"][place])]
        where = "abc"[place % 3] if site else ""
        middle = 0.5 * people["start"][place] + 0.9 * people["base"][place] + random.normal(0, 3)
        end = 8 + 0.6 * people["base"][place] + 0.1 * people["m"][place] + random.normal(0, 2)
        cells = [
            ("start", people["start"][place], people["base"][place]),
            ("middle", middle, people["m"][place]),
            ("end", people["y"][place], end),
        ]
        for at, pain, criticism in cells:
            numbers = ",".join("" if np.isnan(value) else f"{value:.3f}" for value in (pain, criticism))
            lines.append(f"p{place},{arm},{at},{numbers},{where}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def people():
    made = trial(120, a=-3.0, b=1.2, missing=0.1)
    return {name: np.round(values, 3) for name, values in made.items()}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("mechanisms"))
    yield bench
    bench.close()


@pytest.fixture(scope="module")
def results(bench, people):
    return bench(table_of(people), PLAN)


def blocks_of(results):
    return list(tell(results, Say()))


def told(results):
    return [block.text for block in blocks_of(results) if isinstance(block, Paragraph)]


def test_the_library_gives_the_same(results, people):
    found = results.mechanisms.asked[0].arms["programme"].full_information
    covariates = {"Self-criticism at start": people["base"], "Interference at start": people["start"]}
    wanted = mediate(
        people["arm"],
        {"Self-criticism at middle": people["m"]},
        ("Interference at end", people["y"]),
        covariates,
    )
    assert found == wanted


def test_every_number_told_stands_in_the_results(results):
    assert unfounded(sentences_of(blocks_of(results)), results) == []
    assert unfounded(cells_of(blocks_of(results)), results) == []


def test_a_clear_part_is_told_with_what_it_needs(results):
    sentence = told(results)[1]
    assert "in favour of programme go with the difference between programme and waiting" in sentence
    assert "If nothing else moves both" in sentence
    assert "A hidden cause" in told(results)[2]


def test_arms_not_made_by_chance_are_an_association(bench, people):
    sentence = told(bench(table_of(people), PLAN.replace("randomised", "comparison")))[1]
    assert "association" in sentence
    assert "that much went through" not in sentence


def test_nothing_to_be_seen_is_said_so(bench):
    found = bench(table_of(trial(40, a=0.0)), PLAN)
    assert "cannot be told from these data" in told(found)[1]
    assert not any("A hidden cause" in text for text in told(found))


def test_what_cannot_be_estimated_has_its_reason(bench, people):
    few = {name: values[:8] for name, values in people.items()}
    found = bench(table_of(few), PLAN)
    assert isinstance(found.mechanisms.asked[0].arms["programme"].full_information, NotEstimable)
    assert "cannot be estimated:" in told(found)[1]
    assert "too few" in told(found)[2]


def test_one_group_is_asked_only_what_moved_first(bench, people):
    found = bench(table_of(people), PLAN.replace(ARMS, ""))
    assert found.mechanisms.asked[0].arms == {}
    assert "There are no arms to compare" in told(found)[1]
    assert not [block for block in blocks_of(found) if isinstance(block, Figure)]


def test_the_parts_of_the_section(results):
    kinds = [type(block) for block in blocks_of(results)]
    assert kinds[0] is Heading
    assert (kinds.count(Figure), kinds.count(Table), kinds[-1]) == (1, 3, Items)
    assert "Imai, Keele and Yamamoto" in method(results)


def test_figures_have_words(results):
    figure = next(block for block in blocks_of(results) if isinstance(block, Figure))
    described = re.search("<desc>(.*?)</desc>", figure.svg)[1]
    assert "In all: " in described
    assert len(figure.table.rows) == 3


def test_several_mediators_stand_together(bench, people):
    plan = PLAN.replace('mediator = "criticism"', 'mediator = ["criticism", "calm"]')
    plan = plan.replace('["pain", "criticism"]', '["pain", "criticism", "calm"]')
    plan = plan.replace("[[mechanisms]]", '[[outcomes]]\nscore = "calm"\nbetter = "higher"\n[[mechanisms]]')
    random = np.random.default_rng(4)
    lines = table_of(people).splitlines()
    text = "\n".join([f"{lines[0]},calm", *(f"{line},{random.normal(10, 2):.2f}" for line in lines[1:])])
    found = bench(text + "\n", plan).mechanisms.asked[0]
    assert len(found.arms["programme"].full_information.through) == 2
    assert set(found.order) == {"criticism", "calm"}


def test_covariates_of_the_model_are_adjusted_for(bench, people, results):
    found = bench(table_of(people, site=True), PLAN + '[model]\ncovariates = ["site"]\n')
    one, other = (
        each.mechanisms.asked[0].arms["programme"].complete_cases.through[0].b for each in (found, results)
    )
    assert one.df == other.df - 2


def test_therapy_groups_are_a_caution(bench, people):
    text = table_of(people).replace("site", "group", 1)
    rows = [
        line + (f"g{int(line[1 : line.index(',')]) % 8}" if "programme" in line else "")
        for line in text.splitlines()
    ]
    found = bench("\n".join(rows) + "\n", PLAN).mechanisms.asked[0]
    assert any("resemble each other" in caution for caution in found.cautions)


def test_results_without_mechanisms_say_nothing(bench, people):
    found = bench(table_of(people), PLAN[: PLAN.index("[[mechanisms]]")])
    assert found.mechanisms is None
    assert blocks_of(found) == []
    assert method(found) == ""


def test_results_are_json(results):
    assert json.loads(json.dumps(results.as_dict(), allow_nan=False))["mechanisms"]["asked"][0]["seed"] == 1


def test_braces_in_names_are_names(bench, people):
    plan = PLAN.replace('label = "Self-criticism"', "label = '{0} {x} <b>'")
    assert any("{0} {x} <b>" in text for text in told(bench(table_of(people), plan)))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('mediator = "criticism"', 'mediator = "calm"', "calm is not among the outcomes"),
        ('mediator = "criticism"', 'mediator = "pain"', "must differ"),
        ('mediator = "criticism"', "mediator = []", "mechanisms"),
        ('mediator = "criticism"', "mediator = true", "mechanisms"),
        ('mediator_at = "middle"', 'mediator_at = "start"', "after the first timepoint"),
        ('mediator_at = "middle"', 'mediator_at = "end"', "before the outcome"),
        ('mediator_at = "middle"', 'mediator_at = "never"', "never is not a timepoint"),
        ('mediator_at = "middle"', "", "mediator_at"),
        ('outcome = "pain"', 'outcome = "pain"\nseed = -1', "seed"),
        ('outcome = "pain"', 'outcome = "pain"\nfish = 1', "fish"),
    ],
)
def test_plans_without_sense(old, new, reason):
    with pytest.raises(BadInput, match=reason):
        parse_plan(PLAN.replace(old, new).encode(), "plan.toml")


def test_the_section_stands_among_the_others():
    assert [section.name for section in SECTIONS].count("mechanisms") == 1
