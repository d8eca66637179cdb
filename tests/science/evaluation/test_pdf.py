"""The report as PDF: everything that the page says, tagged, nothing read as markup, the same bytes twice."""

import re
import shutil
import subprocess

import pytest

from allay.science.evaluation.documents import printed
from allay.science.evaluation.plan import parse_plan

from .conftest import TWO_ARMS, table

HOSTILE = "#panic() *b* $x$ <a> @c"
ROWS = [
    f"p{n},{'ab'[n % 2]},{at},{20 + n % 5 - 3 * (at - 1) + n * at % 4}" for n in range(14) for at in (1, 2)
]
PLAN = TWO_ARMS.replace('score = "s"', f'score = "s"\nlabel = "{HOSTILE}"')


@pytest.fixture
def pdf(bench):
    results = bench(table(*ROWS), PLAN)
    return lambda: printed(bench.connection, parse_plan(PLAN.encode(), "plan.toml"), results)


def test_it_is_a_tagged_pdf_and_the_same_twice(pdf):
    made = pdf()
    assert made.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in made
    assert b"pdfuaid" in made
    assert made == pdf()


def test_names_with_markup_stay_names(pdf, tmp_path):
    reader = shutil.which("pdftotext")
    made = pdf()  # markup that was read would have stopped it
    if reader:
        (tmp_path / "report.pdf").write_bytes(made)
        said = subprocess.run(
            [reader, tmp_path / "report.pdf", "-"], capture_output=True, text=True, check=True
        )
        words = re.sub(r"\s+", " ", said.stdout)
        assert HOSTILE in words
        assert "cannot be told apart" in words or "better off" in words or "worse off" in words
