"""The coverage page: up to date, and no cell of it empty."""

from pathlib import Path
from typing import get_args

import pytest

from allay.content import coverage, library
from allay.content.schema import FourStep, Mechanism
from allay.server import cli

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
CONTENT = library.load()
TABLE = coverage.table(CONTENT)


def rows(title):
    """The cells of the table under a heading, without its head."""
    section = TABLE.split(f"## {title}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[part.strip() for part in line.strip("|").split("|")] for line in lines[2:]]


def test_the_committed_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == TABLE, "run: allay content coverage --out docs/coverage.md"


@pytest.mark.parametrize("title", ["Mechanisms and steps", "Mechanisms", "Steps", "Sessions", "Practices"])
def test_no_cell_is_empty(title):
    assert all(all(row) for row in rows(title))


@pytest.mark.parametrize("mechanism", get_args(Mechanism))
@pytest.mark.parametrize("step", coverage.FOUR)
def test_every_mechanism_meets_every_step_with_a_practice(mechanism, step):
    programme = CONTENT.programmes["compassion-12"]
    weeks, _, practices = coverage.cell(programme, CONTENT, mechanism, step).partition(": ")
    assert weeks and practices


def test_names_every_mechanism_and_step():
    assert set(coverage.MECHANISMS) == set(get_args(Mechanism))
    assert set(coverage.STEPS) == set(get_args(FourStep))


def test_lists_twelve_sessions_and_all_practices():
    assert len(rows("Sessions")) == 12
    assert len(rows("Practices")) == len(CONTENT.practice_index)


def test_the_command_prints_the_page(capsys):
    assert cli.main(["content", "coverage"]) == 0
    assert capsys.readouterr().out == TABLE


def test_the_command_writes_the_page(tmp_path):
    assert cli.main(["content", "coverage", "--out", str(tmp_path / "coverage.md")]) == 0
    assert (tmp_path / "coverage.md").read_text(encoding="utf-8") == TABLE
