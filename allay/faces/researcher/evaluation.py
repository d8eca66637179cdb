"""The evaluation of a report's folder: reads its table and plan, writes what comes of them beside these."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from allay.science.evaluation import Plan, Provenance, Results


def evaluate_into(folder: Path, at: datetime) -> None:
    """Writes report.html, results.json, tables and figures. Raises BadInput where there is too little.

    Numerical libraries are imported here, when they are needed: the web starts without them.
    """
    from allay.science.evaluation import evaluate, examine, load_plan, open_workspace, stage_file
    from allay.science.evaluation.sql import refusal

    plan, plan_hash = load_plan(folder / "plan.toml")
    data = examine(folder / "table.csv")
    provenance = _provenance(data, plan_hash, at)
    with TemporaryDirectory(prefix="allay-") as scratch:
        connection = open_workspace(Path(scratch))
        try:
            with refusal(data.name, folder.name):
                staged = stage_file(connection, data, plan, Path(scratch))
                _write(folder, connection, plan, evaluate(connection, staged, plan, provenance))
        finally:
            connection.close()


def _provenance(data, plan_hash: str, at: datetime) -> "Provenance":  # type: ignore[no-untyped-def]  # noqa: ANN001
    from allay.science.evaluation import Data, PlanSource, Provenance
    from allay.science.evaluation.documents import code_sha256, library_versions

    return Provenance(
        evaluated_at=at.isoformat(timespec="seconds"),
        data=Data("table.csv", data.sha256, data.format, data.encoding),
        plan=PlanSource("plan.toml", plan_hash),
        versions=library_versions(),
        code_sha256=code_sha256(),
    )


def _write(folder: Path, connection: "DuckDBPyConnection", plan: "Plan", results: "Results") -> None:
    from allay.science.evaluation.documents import PEOPLE, copy_people, documents

    for name, text in documents(connection, plan, results).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    copy_people(connection, plan, results, folder / PEOPLE)
