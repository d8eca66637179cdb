"""Plans as texts: hostile ones are refused quickly, faults are found by their line, and blinding is read."""

import subprocess
import sys
from datetime import date

import pytest

from allay.science.evaluation import BadInput, parse_plan
from allay.science.evaluation.plan.toml_text import line_of

PLAN = """# a plan
[study]
arms = ["waiting", "programme"]
timepoints = ["baseline", "week-12"]

[[outcomes]]
score = "phq-8.total"
better = "lower"

[[outcomes]]
score = "pain-ratings.average"
better = "lower"
[outcomes.change]
reliability = 0.8
"""
BLINDING = PLAN + "[blinding]\n"


def refusal(text) -> str:
    with pytest.raises(BadInput) as caught:
        parse_plan(text if isinstance(text, bytes) else text.encode(), "plan")
    assert "\n" not in str(caught.value)
    return caught.value.reason


BOMBS = {
    "one long key": b"a" + b".a" * 50_000 + b" = 1",
    "one long table": b"[" + b".".join([b"a"] * 49_000) + b"]",
    "a long key inside": b"x = {" + b"a." * 49_000 + b"a = 1}",
    "nested lists": b"x = " + b"[" * 100_000,
    "nested tables": b"x = " + b"{a=" * 50_000,
    "a long number": b"x = " + b"1" * 5_000,
    "many keys": b"\n".join(b"k%d = 1" % number for number in range(8_000)),
    "no text": b"\xff\xfe\x00",
    "not a character": b"x = '\x00'",
    "no date": b"x = 2025-02-30",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused(bomb):
    """Without the rule for full stops the first takes a minute, and the whole suite would feel it."""
    assert refusal(BOMBS[bomb])


@pytest.mark.parametrize(
    "old, new, line",
    [
        ('better = "lower"\n\n', 'better = "down"\n\n', 8),
        ("reliability = 0.8", "reliability = 2", 14),
        ("reliability = 0.8", "reliable = 0.8", 14),
        ('"week-12"]', '"week-12"', 6),  # where reading stops
        ('timepoints = ["baseline", "week-12"]', 'timepoints = ["baseline"]', 4),
        ('score = "pain-ratings.average"\n', "", 10),
        ("[study]", "x = 1\n[study]", 2),
    ],
)
def test_a_fault_is_found_by_its_line(old, new, line):
    text = PLAN.replace(old, new, 1)
    assert text != PLAN
    assert line_of(text, refusal(text)) == line


def test_a_fault_of_the_whole_has_no_line():
    text = PLAN.replace('score = "pain-ratings.average"', 'score = "phq-8.total"')
    assert line_of(text, refusal(text)) is None


@pytest.mark.parametrize(
    "until, read",
    [
        ("2027-06-30", date(2027, 6, 30)),
        ('"2027-06-30"', date(2027, 6, 30)),
        ('"week-12"', "week-12"),
        ('"database-lock"', "database-lock"),
    ],
)
def test_blinding_ends_at_a_date_a_timepoint_or_the_database_lock(until, read):
    assert parse_plan(f"{BLINDING}until = {until}\n".encode(), "plan").blinding.until == read


def test_blinding_is_for_researchers_and_facilitators_unless_said():
    plan = parse_plan(f'{BLINDING}until = "week-12"'.encode(), "plan")
    assert plan.blinding.roles == ("researcher", "facilitator")


@pytest.mark.parametrize(
    "line",
    [
        "",
        'until = "week-99"',
        "until = 5",
        'until = "week-12"\nroles = []',
        'until = "week-12"\nroles = ["administrator"]',
        'until = "week-12"\nwhat = "everything"',
    ],
)
def test_blinding_that_makes_no_sense_is_refused(line):
    assert "blinding" in refusal(BLINDING + line)


def test_reading_a_plan_loads_no_numerical_library():
    code = (
        "import sys; from allay.science.evaluation import parse_plan;"
        "print([name for name in ('numpy', 'scipy', 'duckdb') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.strip() == "[]", run.stderr
