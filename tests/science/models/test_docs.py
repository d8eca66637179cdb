"""The examples of docs/models.md run."""

import re
from pathlib import Path

import pytest

from allay.science.evaluation.models.covariance import STRUCTURES
from allay.science.evaluation.models.degrees import METHODS
from allay.science.evaluation.models.sandwich import KINDS

HOUSE = Path(__file__).parents[3]
PAGE = (HOUSE / "docs" / "models.md").read_text(encoding="utf-8")


def test_the_examples_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(HOUSE)
    exec("\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.S)), {})
    assert "arm1 - arm0" in capsys.readouterr().out


@pytest.mark.parametrize("word", [*STRUCTURES, *METHODS, *KINDS])
def test_every_choice_is_described(word):
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize(
    "module", [path.stem for path in (HOUSE / "allay/science/evaluation/models").glob("*.py")]
)
def test_every_module_has_its_place(module):
    assert f"`{module}`" in PAGE or module in ("__init__", "mmrm", "errors", "solution")
