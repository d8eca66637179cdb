"""A run's own work: the study's rows and its plan become a folder with a report.

Called in the worker's child process; numerical libraries are imported here and nowhere in the web.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from allay.faces.researcher import tables
from allay.faces.researcher.evaluation import Progress, evaluate_into
from allay.records.models import EvaluationRun, Study
from allay.records.queries import analysis, blind_table, diary, flow, plans
from allay.records.queries.snapshot import snapshot

GATHERED = 0.3  # the share of the whole that gathering takes on the line
TOLD_EVERY = 500  # rows


def fill(folder: Path, run: EvaluationRun, progress: Progress) -> None:
    """Writes table.csv, flow.csv, diary.csv where the plan asks for it, plan.toml, its lock where there is one, and everything that the evaluation gives. Raises BadInput."""
    from allay.science.evaluation import parse_plan

    progress("gathering the answers", 0.0)
    plan = parse_plan(run.plan.text.encode(), "plan.toml")
    _write(folder / "plan.toml", [run.plan.text])
    if locked := plans.locked(run.study, run.asked_at):
        _write(folder / "plan.lock.json", [locked.lock])
    with snapshot():
        _write(folder / "table.csv", _told(_table(run, plan.last), run.study, progress))
        _write_flow(folder / "flow.csv", run)
        if plan.diary is not None:
            _write(folder / "diary.csv", _diary(run))
    evaluate_into(folder, run.asked_at, lambda step, share: progress(step, GATHERED + (1 - GATHERED) * share))


def _table(run: EvaluationRun, last: str) -> Iterator[str]:
    if run.blind:
        return tables.lines(blind_table.rows(run.study, run.asked_at, last), blind_table.COLUMNS)
    return tables.lines(analysis.complete_rows(run.study, run.asked_at, last))


def _diary(run: EvaluationRun) -> Iterator[str]:
    if run.blind:
        rows = blind_table.diary_rows(run.study, run.asked_at)
        return tables.diary_lines(rows, blind_table.diary_columns(run.study))
    return tables.diary_lines(diary.rows(run.study, run.asked_at), diary.columns(run.study))


def _told(lines: Iterable[str], study: Study, progress: Progress) -> Iterator[str]:
    """The same lines; every few hundred of them progress is told, by how many a complete table would have."""
    most = max(1, analysis.size(study))
    for number, line in enumerate(lines):
        if number % TOLD_EVERY == TOLD_EVERY - 1:
            progress("gathering the answers", GATHERED * min(1.0, number / most))
        yield line


def _write(path: Path, text: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(text)


def _write_flow(path: Path, run: EvaluationRun) -> None:
    counted = flow.by_arm(run.study)
    if run.blind:
        counted = [flow.together(counted, "")]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows([flow.COLUMNS, *(line.row for line in counted)])
