"""Missing scores as part of an evaluation: plan, results, report, tables."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from allay.science.evaluation import BadInput, NotEstimable, parse_plan
from allay.science.evaluation.missing import from_wide, reference_based
from allay.science.evaluation.results import Estimate
from allay.science.evaluation.story.missing import method, tell
from allay.science.evaluation.tables import tables
from allay.science.report.blocks import Figure, Heading, Table
from allay.science.report.words import Say
from tests.science.evaluation.conftest import Bench
from tests.science.evaluation.test_report import cells_of, sentences_of, unfounded

SCHEMA = Path(__file__).parents[3] / "docs" / "results.schema.json"
PLAN = """
[columns]
scores = ["mood", "pain"]
[study]
design = "randomised"
arms = ["waiting", "programme"]
timepoints = ["baseline", "week 6", "week 12", "month 3"]
target = "week 12"
[[outcomes]]
score = "mood"
label = "Mood"
better = "lower"
primary = true
[[outcomes]]
score = "pain"
better = "higher"
[missing]
strategies = ["jump-to-reference", "last-mean"]
deltas = { farthest = 1, unit = "sd", count = 5 }
"""
WEEKS = ("baseline", "week 6", "week 12", "month 3")


def rows(people=40, *, seed=3, effect=2.5, groups=False, leaving=True):
    random = np.random.default_rng(seed)
    lines = ["participant,arm,timepoint,mood,pain,why,group"]
    for person in range(people):
        arm, level = person % 2, random.normal(0, 3)
        leaves = int(random.integers(1, 9)) if leaving else 9
        why = ("moved away", "too ill", "")[person % 3] if leaves < 4 else ""
        group = f"g{person // 10}" if groups and arm else ""
        for place, week in enumerate(WEEKS[:leaves]):
            mood = 14 + level + random.normal(0, 3) - (effect * place if arm else 0)
            pain = (
                ""
                if leaving and random.random() < 0.08
                else round(50 - level + random.normal(0, 8) + 3 * arm * place)
            )
            lines.append(
                f"{person:02},{('waiting', 'programme')[arm]},{week},{mood:.0f},{pain},{why},{group}"
            )
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("missing"))
    yield bench
    bench.close()


@pytest.fixture(scope="module")
def trial(bench):
    return bench(rows(), PLAN)


def texts(results):
    return " ".join(sentences_of(tell(results, Say())))


def at(results, strategy, score="mood"):
    found = results.missing.scores[score].sensitivity
    one = next(each for each in found.assumptions if each.strategy == strategy)
    return one.at("week 12", "programme").effect


def test_without_the_table_nothing_is_asked(bench):
    found = bench(rows(), PLAN.split("[missing]")[0])
    assert found.missing is None
    assert list(tell(found, Say())) == []
    assert method(found) == ""
    assert "missing_shifts.csv" not in tables(found)


def test_the_results_are_those_of_the_library(bench):
    found = bench(rows(), PLAN)
    cohort = from_wide(
        (bench.connection, "people"),
        outcomes={week: f"v0_{place}" for place, week in enumerate(WEEKS) if place},
        arm="arm",
        covariates={"first": "v0_0"},
        subject="participant",
    )
    wanted = reference_based(cohort, ["MAR", "JR", "LMCF"], by_visit=["first"])
    for one, strategy in zip(wanted.assumptions, ("MAR", "JR", "LMCF"), strict=True):
        assert at(found, strategy) == one.at("week 12", "1").effect


def test_every_number_of_the_section_comes_from_the_results(trial):
    blocks = list(tell(trial, Say()))
    assert unfounded(sentences_of(blocks), trial) == []
    assert unfounded(cells_of(blocks), trial) == []


def test_the_results_keep_to_the_schema(trial):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(json.loads(json.dumps(trial.as_dict(), allow_nan=False)))


def test_the_report_asks_in_plain_words(trial):
    blocks = list(tell(trial, Say()))
    assert blocks[0] == Heading("What if those who left fared worse?", "missing")
    said = texts(trial)
    assert "As people of waiting from the time they left: " in said
    assert f"{trial.missing.scores['mood'].missing} of 40 people have no score of Mood at week 12." in said
    assumed = {row[2] for row in next(block for block in blocks if isinstance(block, Table)).rows}
    assert assumed == {"missing at random", "jump to reference", "last mean carried forward"}


def test_worse_is_up_for_a_score_that_should_fall_and_down_for_the_other(trial):
    for score, sign in (("mood", 1), ("pain", -1)):
        grid = trial.missing.scores[score].sensitivity.tipping[0].grid
        spread = trial.description[score]["all"]["baseline"].sd
        assert [one.delta for one in grid] == pytest.approx([sign * spread * step / 4 for step in range(5)])


@pytest.mark.parametrize(
    ("effect", "farthest", "verdict", "words"),
    [
        (
            3.0,
            1,
            "not reached",
            "the finding stands even if the missing scores of programme were 1.0 points worse",
        ),
        (3.0, 90, "tips", "the finding stands until the missing scores of programme are"),
        (0.0, 5, "nothing to tip", "there is no finding that could tip"),
    ],
)
def test_tipping_points_are_told_as_they_are(bench, effect, farthest, verdict, words):
    plan = PLAN.replace('farthest = 1, unit = "sd"', f"farthest = {farthest}")
    found = bench(rows(effect=effect), plan)
    assert found.missing.scores["mood"].sensitivity.tipping[0].verdict == verdict
    assert words in texts(found)
    assert unfounded(sentences_of(tell(found, Say())), found) == []


@pytest.mark.parametrize(
    ("effect", "better", "words"),
    [
        (4.0, "lower", "Under all of them people in programme were better off than people in waiting."),
        (4.0, "higher", "Under all of them people in programme were worse off than people in waiting."),
        (0.0, "lower", "Under none of them can programme and waiting be told apart"),
        (2.0, "lower", "They do not lead to one answer"),
    ],
)
def test_the_report_says_whether_all_assumptions_lead_to_one_answer(bench, effect, better, words):
    plan = PLAN.replace('label = "Mood"\nbetter = "lower"', f'label = "Mood"\nbetter = "{better}"')
    assert words in texts(bench(rows(effect=effect), plan))


def test_reasons_are_counted_by_arm(bench):
    found = bench(rows(), PLAN + 'reason = "why"\n')
    counted = found.missing.scores["mood"].counts.arms["programme"].reasons
    assert set(counted) <= {"moved away", "too ill", "not given"}
    gone = found.missing.scores["mood"].counts.arms["programme"]
    assert sum(counted.values()) == gone.people - gone.measured["month 3"]
    assert any(
        "Why people have no last score" in block.caption
        for block in tell(found, Say())
        if isinstance(block, Table)
    )


def test_multiple_imputation_tells_how_much_is_missing(bench):
    plan = PLAN + 'method = "multiple-imputation"\nimputations = 5\n'
    found, again = bench(rows(), plan), bench(rows(), plan)
    assert found.missing == again.missing
    sensitivity = found.missing.scores["mood"].sensitivity
    assert sensitivity.method == "multiple-imputation"
    assert sensitivity.tipping[0].grid
    table = next(block for block in tell(found, Say()) if isinstance(block, Table))
    assert table.header[-1] == "Information missing"
    assert "Rubin" in method(found)
    assert unfounded(cells_of(tell(found, Say())), found) == []


def test_people_of_a_therapy_group_are_left_out_together(bench):
    grouped = bench(rows(groups=True), PLAN)
    alone = bench(rows(groups=True), PLAN + '[model]\ngroups = "none"\n')
    assert not grouped.missing.groups_ignored
    assert at(grouped, "JR").estimate == at(alone, "JR").estimate
    assert at(grouped, "JR").se != at(alone, "JR").se
    assert at(grouped, "JR").df < at(alone, "JR").df
    assert "left out together" in texts(grouped)
    assert alone.missing.groups_ignored
    assert "intervals may be too narrow" in texts(alone)


def test_weights_are_said_to_count_for_nothing_here(bench):
    weighted = "\n".join(
        f"{line},{1 if place else 'weight'}" for place, line in enumerate(rows().splitlines())
    )
    plan = PLAN.replace('scores = ["mood", "pain"]', 'scores = ["mood", "pain"]\nweight = "weight"')
    found = bench(weighted + "\n", plan)
    assert "weights are not taken into account" in texts(found)


def test_the_picture_shows_every_assumption(trial):
    picture = next(block for block in tell(trial, Say()) if isinstance(block, Figure))
    assert len(picture.table.rows) == 3
    assert "As people of waiting from the time they left" in picture.svg


def test_nothing_missing_is_said(bench):
    found = bench(rows(leaving=False), PLAN)
    assert "Everybody has a score of Mood at week 12" in texts(found)
    assert at(found, "MAR").estimate == pytest.approx(at(found, "JR").estimate)


def test_one_group_has_nobody_to_compare_with(bench):
    plan = PLAN.replace('design = "randomised"\narms = ["waiting", "programme"]\n', "")
    found = bench(rows(), plan)
    assert "one group only" in found.missing.scores["mood"].sensitivity.not_estimable
    assert "What they may have scored was not looked at" in texts(found)
    assert found.missing.scores["mood"].counts.arms["all"].people == 40


def test_everybody_missing_after_the_first_score(bench):
    kept = [line for line in rows().splitlines() if "week" not in line and "month" not in line]
    kept += [f"00,waiting,{week},,,," for week in WEEKS[1:]]
    found = bench("\n".join(kept) + "\n", PLAN)
    assert isinstance(found.missing.scores["mood"].sensitivity, NotEstimable)
    assert "nobody was measured" in texts(found)


def test_the_tables_hold_every_timepoint_and_shift(trial):
    found = tables(trial)
    assumptions = list(csv.DictReader(io.StringIO(found["missing_assumptions.csv"])))
    assert len(assumptions) == 2 * 3 * 3
    one = next(row for row in assumptions if row["timepoint"] == "week 12" and row["assumption"] == "JR")
    assert float(one["estimate"]) == at(trial, "JR").estimate
    shifts = list(csv.DictReader(io.StringIO(found["missing_shifts.csv"])))
    assert len(shifts) == 2 * 2 * 5
    assert {row["shifted"] for row in shifts} == {"active", "all"}


@pytest.mark.parametrize(
    "fault",
    [
        'strategies = ["jump"]',
        'strategies = ["last-mean", "last-mean"]',
        "deltas = { farthest = 0 }",
        "deltas = { farthest = 1, count = 1 }",
        'method = "locf"',
        "imputations = 1",
        "delta = 3",
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(fault):
    plan = PLAN.split("[missing]")[0] + f"[missing]\n{fault}\n"
    with pytest.raises(BadInput, match="missing"):
        parse_plan(plan.encode(), "plan.toml")


def test_a_reason_that_is_no_column_is_refused(bench):
    with pytest.raises(BadInput, match="reasons"):
        bench(rows(), PLAN + 'reason = "reasons"\n')


def test_estimates_are_numbers_everywhere(trial):
    for score in ("mood", "pain"):
        for strategy in ("MAR", "JR", "LMCF"):
            assert isinstance(at(trial, strategy, score), Estimate)
