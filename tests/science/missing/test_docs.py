"""The example of docs/missing.md runs, and the page names every strategy and module."""

import re
from pathlib import Path

import pytest

from allay.science.evaluation.missing import STRATEGIES

HOUSE = Path(__file__).parents[3]
PAGE = (HOUSE / "docs" / "missing.md").read_text(encoding="utf-8")


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
