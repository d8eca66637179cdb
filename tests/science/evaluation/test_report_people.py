"""The report about people: both directions, numbers needed with their infinity, and nothing that went badly hidden."""

import pytest

from allay.science.evaluation.plan import parse_plan
from allay.science.evaluation.story.figures import figures
from allay.science.evaluation.story.whole import report
from allay.science.report.blocks import Figure, Heading, Items, Table
from allay.science.report.words import Say

from .conftest import TWO_ARMS, Bench, table
from .test_change_methods import TRIAL, TRIAL_PLAN
from .test_compared import FEW, RANDOMISED
from .test_harms import PEOPLE, PLAN
from .test_report import cells_of, sentences_of, unfounded


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Results and blocks of a table and plan, each made once."""
    bench, made = Bench(tmp_path_factory.mktemp("told")), {}

    def tell(content, plan):
        if (content, plan) not in made:
            results = bench(content, plan)
            drawn = figures(bench.connection, parse_plan(plan.encode(), "plan.toml"), results)
            made[content, plan] = results, report(results, drawn, Say(), "en").blocks
        return made[content, plan]

    yield tell
    bench.close()


def chapter(blocks, anchor):
    """Everything from a heading to the next of its level."""
    start = next(n for n, one in enumerate(blocks) if isinstance(one, Heading) and one.anchor == anchor)
    after = [n for n, one in enumerate(blocks) if isinstance(one, Heading) and one.level == 2 and n > start]
    return blocks[start : after[0] if after else None]


def text_of(blocks):
    return " ".join([*sentences_of(blocks), *cells_of(blocks)])


@pytest.mark.parametrize(
    ("content", "plan"),
    [
        (PEOPLE, PLAN),
        (FEW, RANDOMISED),
        (TRIAL, TRIAL_PLAN.format(method="HLM")),
        (TRIAL, TRIAL_PLAN.format(method="HA")),
    ],
    ids=["harms", "few", "slopes", "true-scores"],
)
def test_every_number_about_people_comes_from_the_results(told, content, plan):
    results, blocks = told(content, plan)
    for anchor in ("people", "compared", "harms"):
        part = chapter(blocks, anchor)
        assert unfounded([*sentences_of(part), *cells_of(part)], results) == []


def test_gains_are_never_told_without_losses(told):
    _, blocks = told(FEW, RANDOMISED)
    sentences = [
        text for block in chapter(blocks, "compared") if isinstance(block, Items) for text in block.texts
    ]
    assert any("improved reliably" in text for text in sentences)
    assert all("worse" in text for text in sentences if "improve" in text)


def test_a_number_needed_runs_through_infinity(told):
    _, blocks = told(FEW, RANDOMISED)
    assert "2.0 to benefit (" in text_of(chapter(blocks, "compared"))
    assert "through infinity, to " in text_of(chapter(blocks, "compared"))


def test_without_chance_the_report_says_why_there_is_no_number_needed(told):
    _, blocks = told(FEW, TWO_ARMS)
    said = text_of(chapter(blocks, "compared"))
    assert "not allocated to the arms by chance" in said
    assert "to benefit" not in said


def test_that_nobody_asked_is_said(told):
    _, blocks = told(FEW, RANDOMISED)
    assert "none were asked about here" in text_of(chapter(blocks, "harms"))


def test_harms_worsening_and_leaving_stand_together(told):
    _, blocks = told(PEOPLE, PLAN)
    part = chapter(blocks, "harms")
    assert [one.caption for one in part if isinstance(one, Table)] == [
        "Side effects and other harms",
        "Differences in harms between the arms",
        "Worse at 3 than at 1",
        "Completing",
    ]
    said = text_of(part)
    assert "Side effects, a: 1 of 3 people" in said
    assert "felt worse" in next(
        one.header for one in part if isinstance(one, Table) and one.caption == "Completing"
    )


def test_a_harm_that_struck_nobody_is_not_called_absent(told):
    _, blocks = told(PEOPLE, PLAN.replace('">= 2"', '"> 8"'))
    assert "nobody of 3. So many people do not rule out that it strikes up to 71" in text_of(
        chapter(blocks, "harms")
    )


@pytest.mark.parametrize("method", ["HLL", "HLM"])
def test_a_relative_method_does_not_say_that_people_got_better(told, method):
    _, blocks = told(TRIAL, TRIAL_PLAN.format(method=method))
    said = text_of(chapter(blocks, "people"))
    assert "It does not say how many people got better." in said
    assert "improved reliably" not in " ".join(
        text for one in blocks if isinstance(one, Items) for text in one.texts if "did as the average" in text
    )


def test_pictures_without_a_threshold_have_no_band(told):
    _, blocks = told(TRIAL, TRIAL_PLAN.format(method="HLM"))
    drawn = [one.svg for one in chapter(blocks, "people") if isinstance(one, Figure)]
    assert drawn
    assert not any("chart-band" in svg.split("</style>")[-1] for svg in drawn if "each person" in svg)


def test_that_people_met_in_groups_is_a_caution(told):
    rows = [
        f"p{who},{'ab'[who % 2]},{at},{20 + who % 5 - (at - 1) * who % 7},{'' if who % 2 == 0 else who % 3}"
        for who in range(18)
        for at in (1, 2)
    ]
    grouped = table(*rows, header="participant,arm,timepoint,s,group")
    assert "may be too narrow" in text_of(chapter(told(grouped, RANDOMISED)[1], "compared"))
    assert "may be too narrow" not in text_of(chapter(told(FEW, RANDOMISED)[1], "compared"))


def test_one_group_is_told_as_everybody(told):
    rows = [
        f"p{who},{at},{20 + who % 4 - (9 if at == 2 and who % 3 else 0)}" for who in range(9) for at in (1, 2)
    ]
    plan = TWO_ARMS.replace('arms = ["a", "b"]\n', "")
    _, blocks = told(table(*rows, header="participant,timepoint,s"), plan)
    assert any(isinstance(one, Table) and one.rows[0][0] == "Everybody" for one in chapter(blocks, "harms"))
