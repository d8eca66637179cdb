"""The manuals know every key of a plan and every part of the results, and their plans are plans."""

import re
from pathlib import Path

import pytest

from allay.science.evaluation import parse_plan
from allay.science.evaluation.plan import ChangeRule, Columns, Outcome, Study
from allay.science.evaluation.plan.mechanisms import AskedMechanism
from allay.science.evaluation.plan.model import Estimand, Flow, Model, Multiplicity
from allay.science.evaluation.plan.people import Completion, Harm
from allay.science.evaluation.results import Results

DOCS = Path(__file__).parents[3] / "docs"
MANUAL = (DOCS / "evaluate.md").read_text(encoding="utf-8")
PEOPLE = (DOCS / "change.md").read_text(encoding="utf-8")
PROSE = re.sub(r"```.*?```", "", MANUAL + PEOPLE, flags=re.DOTALL)
NAMED = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`\n]+)`", PROSE))))


def test_the_plan_in_the_manual_is_one():
    plan = re.search(r"```toml\n(.*?)```", MANUAL, re.DOTALL)[1]
    assert parse_plan(plan.encode(), "docs/evaluate.md").outcomes[0].change.cutoff == "c"


def test_the_other_sections_in_the_manual_are_a_plans(tmp_path):
    more = re.findall(r"```toml\n(.*?)```", MANUAL, re.DOTALL)[1]
    plan = f"""
        [study]
        arms = ["waiting", "programme"]
        timepoints = ["1", "2"]
        [[outcomes]]
        score = "s"
        better = "lower"
        {more}"""
    assert parse_plan(plan.encode(), "docs/evaluate.md").model.covariates == ("age", "site")


def test_the_harms_in_the_manual_are_a_plans():
    more = re.search(r"```toml\n(.*?)```", PEOPLE, re.DOTALL)[1]
    plan = f"""
        [study]
        timepoints = ["baseline", "week-6", "week-12"]
        [[outcomes]]
        score = "s"
        better = "lower"
        {more}"""
    found = parse_plan(plan.encode(), "docs/change.md")
    assert [harm.counts for harm in found.harms] == [False, True]
    assert found.harm_columns == {"events": True, "sessions": True, "why_stopped": False}


@pytest.mark.parametrize(
    "shape",
    [
        *(Columns, Study, Outcome, ChangeRule, Estimand, Flow, Model, Multiplicity, Harm, Completion),
        AskedMechanism,
    ],
)
def test_every_key_of_a_plan_is_explained(shape):
    assert not set(shape.model_fields) - NAMED


def test_every_part_of_the_results_is_explained():
    assert not set(Results.__dataclass_fields__) - NAMED - {"format", "study", "plan"}


def test_the_program_in_the_manual_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.toml").write_text(
        '[study]\ntimepoints = ["1", "2"]\n[[outcomes]]\nscore = "phq8"\nbetter = "lower"\n'
        "[outcomes.change]\nreliability = 0.8\n"
    )
    rows = [(person, at, None, "phq8", person * at) for person in (5, 9, 14) for at in (1, 2)]
    program = re.search(r"```python\n(.*?)```", MANUAL, re.DOTALL)[1]
    scope = {"rows": rows}
    exec(program, scope)
    assert scope["results"].people.by_arm == {"all": 3}
    scope["connection"].close()
