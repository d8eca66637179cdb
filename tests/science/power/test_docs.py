"""docs/power.md knows every key of the section, and its plan is one."""

import re
from pathlib import Path

from allay.science.evaluation.plan import parse_plan
from allay.science.evaluation.power.planned import planned
from allay.science.evaluation.power.shape import Finish, Power

MANUAL = (Path(__file__).parents[3] / "docs" / "power.md").read_text(encoding="utf-8")


def test_every_key_is_explained():
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`\n]+)`", MANUAL))))
    assert not (set(Power.model_fields) | set(Finish.model_fields)) - named


def test_the_plan_in_the_manual_can_be_simulated():
    plan = re.search(r"```toml\n(.*?)```", MANUAL, re.DOTALL)[1]
    found = planned(parse_plan(plan.encode(), "docs/power.md"))
    assert found.sizes[2].people == (104, 104)
    assert found.analysis.grouped
