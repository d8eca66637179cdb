"""Everything an evaluation gives, as texts for whoever keeps them: a command, a service's page.

Nothing is written here but the list of people, which DuckDB writes itself because it may be long.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from allay.science import charts
from allay.science.evaluation.plan import Plan
from allay.science.evaluation.results import Results
from allay.science.evaluation.sections import SECTIONS
from allay.science.evaluation.sql import literal
from allay.science.evaluation.story.figures import figures
from allay.science.evaluation.story.whole import report, report_page
from allay.science.evaluation.tables import people_query, tables
from allay.science.report.blocks import Figure
from allay.science.report.words import Say

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LIBRARIES = ("allay", "duckdb", "scipy", "numpy")
PEOPLE = "tables/people.csv"
TOP_LEVEL = frozenset({"report.html", "report.pdf", "results.json", "tables", "figures"})


def documents(
    connection: DuckDBPyConnection, plan: Plan, results: Results, say: Say | None = None, language: str = "en"
) -> dict[str, str]:
    """Relative file name → text of every document but the list of people (`PEOPLE`)."""
    drawn = figures(connection, plan, results, say)
    told = json.dumps(results.as_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    return {
        "results.json": f"{told}\n",
        "report.html": report_page(results, drawn, say, language),
        **{f"tables/{name}": text for name, text in tables(results).items()},
        **{f"figures/{one.file_name}": one.standalone for one in drawn},
        **dict(_section_figures(results, say or Say())),
    }


def printed(connection: DuckDBPyConnection, plan: Plan, results: Results, say: Say | None = None) -> bytes:
    """The report as PDF. Raises ModuleNotFoundError without the `pdf` set."""
    from allay.science.report.pdf import pdf

    say = say or Say()
    return pdf(report(results, figures(connection, plan, results, say), say, "en"))


def _section_figures(results: Results, say: Say) -> Iterator[tuple[str, str]]:
    """The figures that sections tell, each as a file of its own."""
    for section in SECTIONS:
        found = [block for block in section.tell(results, say) if isinstance(block, Figure)]
        for number, one in enumerate(found, start=1):
            yield (
                f"figures/{section.name}{f'-{number}' if len(found) > 1 else ''}.svg",
                charts.standalone(one.svg),
            )


def copy_people(connection: DuckDBPyConnection, plan: Plan, results: Results, path: Path) -> None:
    """Lets DuckDB write the list of people as CSV, in bounded memory."""
    connection.execute(f"COPY ({people_query(plan, results)}) TO {literal(str(path))} (FORMAT csv, HEADER)")


def code_sha256() -> str:
    """SHA-256 of the source of everything that computes: each file's path and content, in the order of the paths."""
    root, digest = Path(__file__).parents[1], sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def library_versions() -> dict[str, str]:
    """What the numbers were made with, for the provenance."""
    return {name: version(name) for name in LIBRARIES} | {"python": platform.python_version()}
