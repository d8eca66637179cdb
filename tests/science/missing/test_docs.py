"""The example of docs/missing.md runs, and the page names every strategy and module."""

import re
from pathlib import Path

import pytest

from allay.science.evaluation import parse_plan
from allay.science.evaluation.missing import STRATEGIES
from allay.science.evaluation.plan.missing import ASSUMED, Deltas, MissingScores

HOUSE = Path(__file__).parents[3]
PAGE = (HOUSE / "docs" / "missing.md").read_text(encoding="utf-8")


def test_the_plan_is_one():
    plan = re.search(r"```toml\n(.*?)```", PAGE, re.S)[1]
    study = (
        '[study]\narms = ["a", "b"]\ntimepoints = ["1", "2"]\n[[outcomes]]\nscore = "s"\nbetter = "lower"\n'
    )
    found = parse_plan((study + plan).encode(), "plan.toml").missing
    assert found.reason == "why_left"
    assert found == MissingScores(reason="why_left")


@pytest.mark.parametrize("key", [*MissingScores.model_fields, *Deltas.model_fields, *ASSUMED])
def test_every_key_of_a_plan_is_described(key):
    assert re.search(rf"[`.\"]{key}[`\"]", PAGE)


def test_the_example_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(HOUSE)
    exec("\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.S)), {})
    assert "jump to reference" in capsys.readouterr().out


@pytest.mark.parametrize("word", STRATEGIES)
def test_every_strategy_is_described(word):
    assert f"| `{word}` |" in PAGE


@pytest.mark.parametrize(
    "module", [path.stem for path in (HOUSE / "allay/science/evaluation/missing").glob("*.py")]
)
def test_every_module_has_its_place(module):
    assert f"`{module}`" in PAGE or module == "__init__"
