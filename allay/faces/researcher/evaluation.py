"""The evaluation of a report's folder: reads its table and plan, writes what comes of them beside these."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from allay.science.evaluation import Plan, Provenance, Results
    from allay.science.evaluation.plan.lock import Locked
    from allay.science.evaluation.reading.text_file import DataFile

Progress = Callable[[str, float], None]  # the step in words, the share done
COMPUTED = 0.8  # the share that is behind when the numbers are there


def evaluate_into(folder: Path, at: datetime, progress: Progress) -> None:
    """Writes report.html, results.json, tables and figures. Raises BadInput where there is too little.

    Numerical libraries are imported here, when they are needed: the web starts without them.
    """
    from allay.science.diary.staging import stage_file as stage_diary
    from allay.science.evaluation import evaluate, examine, load_plan, open_workspace, stage_file
    from allay.science.evaluation.plan.lock import lock_beside
    from allay.science.evaluation.sql import refusal

    progress("reading the table", 0.0)
    plan, plan_hash = load_plan(folder / "plan.toml")
    data = examine(folder / "table.csv")
    provenance = _provenance(data, plan_hash, lock_beside(folder / "plan.toml", plan), at)
    with TemporaryDirectory(prefix="allay-") as scratch:
        connection = open_workspace(Path(scratch))
        try:
            with refusal(data.name, folder.name):
                staged = stage_file(connection, data, plan, Path(scratch))
                if (folder / "diary.csv").is_file():
                    stage_diary(connection, examine(folder / "diary.csv"), Path(scratch))
                results = evaluate(connection, staged, plan, provenance, _within(progress))
                progress("writing the report", COMPUTED)
                _write(folder, connection, plan, results)
        finally:
            connection.close()


def _within(progress: Progress) -> Progress:
    return lambda step, share: progress(step, COMPUTED * share)


def _provenance(data: "DataFile", plan_hash: str, lock: "Locked | None", at: datetime) -> "Provenance":
    from allay.science.evaluation import Data, PlanSource, Provenance
    from allay.science.evaluation.documents import code_sha256, library_versions

    return Provenance(
        evaluated_at=at.isoformat(timespec="seconds"),
        data=Data("table.csv", data.sha256, data.format, data.encoding),
        plan=PlanSource("plan.toml", plan_hash),
        versions=library_versions(),
        code_sha256=code_sha256(),
        lock=lock,
    )


def _write(folder: Path, connection: "DuckDBPyConnection", plan: "Plan", results: "Results") -> None:
    from allay.science.evaluation.documents import PEOPLE, copy_people, documents

    for name, text in documents(connection, plan, results).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    copy_people(connection, plan, results, folder / PEOPLE)
