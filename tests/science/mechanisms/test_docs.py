"""The examples of docs/mechanisms.md run, and every module has its place there."""

import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[3]
PAGE = (HOUSE / "docs" / "mechanisms.md").read_text(encoding="utf-8")
MODULES = [path.stem for path in (HOUSE / "allay/science/evaluation/mechanisms").glob("[!_]*.py")]


def test_the_examples_run(capsys: pytest.CaptureFixture[str]):
    exec("\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.S)), {})
    assert "Interval(low=-" in capsys.readouterr().out


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_its_place(module):
    assert f"`{module}`" in PAGE
