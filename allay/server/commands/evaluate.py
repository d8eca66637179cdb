"""`allay evaluate DATA --plan PLAN.toml --out DIR`: one report of a table of scores, by a plan.

Writes DIR/report.html, results.json, tables/*.csv and figures/*.svg, with --pdf report.pdf. Anything wrong with the data or the plan is
one line on standard error and exit code 2; DIR is then not made.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from allay.science.evaluation import (
    BadInput,
    Data,
    Plan,
    PlanSource,
    Provenance,
    Results,
    evaluate,
    examine,
    load_plan,
    open_workspace,
    stage_file,
)
from allay.science.evaluation.asked import Progress
from allay.science.evaluation.documents import (
    PEOPLE,
    TOP_LEVEL,
    code_sha256,
    copy_people,
    documents,
    library_versions,
    printed,
)
from allay.science.evaluation.plan import ALL
from allay.science.evaluation.plan.lock import Locked, lock_beside
from allay.science.evaluation.reading.staging import Staged
from allay.science.evaluation.reading.text_file import DataFile
from allay.science.evaluation.results import NotEstimable
from allay.science.evaluation.spark import SparkConnection
from allay.science.evaluation.spark.staging import examine_for_cluster, stage_for_cluster
from allay.science.evaluation.sql import refusal
from allay.science.evaluation.story.people import people, people_of
from allay.science.report.pdf import can_print
from allay.science.report.words import Say
from allay.server.engine import DUCKDB, add_engine, cluster
from allay.server.output import new_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PATIENCE = 3.0  # seconds; what takes longer tells how far it is
LARGE = 8_000_000  # bytes; smaller tables need no working file on the disk


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("data", metavar="DATA", nargs="?", help="a CSV or Parquet file of scores")
    parser.add_argument("--diary", metavar="DIARY", type=Path, help="a CSV or Parquet file of daily entries")
    parser.add_argument("--plan", metavar="PLAN.toml", type=Path, required=True, help="what is asked of it")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, required=True, help="a folder that does not exist yet"
    )
    parser.add_argument("--pdf", action="store_true", help="also write report.pdf (needs ./run with pdf)")
    parser.add_argument(
        "--federated",
        metavar="FILE",
        nargs="+",
        help="instead of DATA: what services made with allay summaries",
    )
    add_engine(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier result in DIR")


def run(args: Namespace) -> int:
    try:
        if args.federated:
            from allay.server.together import evaluate_together  # numerical libraries, loaded when needed

            print("\n".join(evaluate_together(args)))
            return 0
        results = _evaluate(args)
    except BadInput as fault:
        print(f"allay evaluate: {fault}", file=sys.stderr)
        return 2
    for line in _summary(results):
        print(line)
    print(f"Report: {args.out / 'report.html'}")
    return 0


def _evaluate(args: Namespace) -> Results:
    if args.data is None:
        raise BadInput("DATA", "give a table of scores, or --federated with files of allay summaries")
    if args.pdf and not can_print():
        raise BadInput("report.pdf", "needs a set of libraries that is not there: ./run with pdf")
    plan, plan_hash = load_plan(args.plan)
    data = examined(args.data, args.engine)
    provenance = _provenance(data, PlanSource(args.plan.name, plan_hash), lock_beside(args.plan, plan))
    replaceable = _reason_not_to_replace if args.overwrite else None
    with (
        new_folder(args.out, replaceable=replaceable) as (folder, scratch),
        refusal(data.name, str(args.out)),
        staged_in(args.engine, data, plan, scratch) as (connection, staged),
    ):
        if args.diary is not None:
            _add_diary(connection, args, plan, scratch)
        results = evaluate(connection, staged, plan, provenance, told_after(PATIENCE))
        write(folder, connection, plan, results)
        if args.pdf:
            (folder / "report.pdf").write_bytes(printed(connection, plan, results))
        return results


def examined(path: str, engine: str) -> DataFile:
    """What the data are. Raises BadInput."""
    return examine(Path(path)) if engine == DUCKDB else examine_for_cluster(path)


@contextmanager
def staged_in(
    engine: str, data: DataFile, plan: Plan, scratch: Path
) -> Iterator[tuple[DuckDBPyConnection, Staged]]:
    """The table of scores in the engine that was chosen."""
    if engine != DUCKDB:
        with cluster(engine) as connection:
            yield connection, stage_for_cluster(connection, data, plan, scratch)
        return
    large = data.path.stat().st_size > LARGE
    connection = open_workspace(scratch if large else None)
    try:
        yield connection, stage_file(connection, data, plan, scratch)
    finally:
        connection.close()


def told_after(seconds: float) -> Progress:
    """Progress on standard error, once a run has taken that long."""
    start = monotonic()

    def tell(step: str, share: float) -> None:
        if monotonic() - start > seconds:
            print(f"{100 * share:3.0f} %  {step}", file=sys.stderr, flush=True)

    return tell


def _add_diary(connection: DuckDBPyConnection, args: Namespace, plan: Plan, scratch: Path) -> None:
    if plan.diary is None:
        raise BadInput(args.plan.name, "has no [diary], so it does not say what to ask of one")
    if args.engine != DUCKDB:
        raise BadInput(args.diary.name, "daily entries are read by DuckDB: leave out --engine")
    from allay.science.diary.staging import stage_file as stage_diary

    stage_diary(connection, examine(args.diary), scratch)


def _provenance(data: DataFile, plan: PlanSource, lock: Locked | None) -> Provenance:
    return Provenance(
        evaluated_at=datetime.now(UTC).isoformat(timespec="seconds"),
        data=Data(data.path.name, data.sha256, data.format, data.encoding),
        plan=plan,
        versions=library_versions(),
        code_sha256=code_sha256(),
        lock=lock,
    )


def write(folder: Path, connection: DuckDBPyConnection, plan: Plan, results: Results) -> None:
    """Fills an empty folder with everything an evaluation gives."""
    for name, text in documents(connection, plan, results).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    if not isinstance(connection, SparkConnection):  # a cluster keeps its rows
        copy_people(connection, plan, results, folder / PEOPLE)


def _reason_not_to_replace(folder: Path) -> str:
    """Why a folder is not an earlier result, in words; empty where it is one and holds nothing else."""
    try:
        earlier = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        known = {"format", "study", "provenance"} <= earlier.keys()
    except (OSError, ValueError, AttributeError):
        known = False
    if not known:
        return "exists and holds no earlier result of allay evaluate"
    others = sorted({path.name for path in folder.iterdir()} - TOP_LEVEL)
    return f"holds something besides an earlier result ({others[0]})" if others else ""


def _summary(results: Results) -> list[str]:
    """One line for each outcome and arm, and one for everybody together where there are several arms."""
    say, lines = Say(), []
    for outcome in results.study.outcomes:
        lines += [f"{outcome.label}: {sentence}" for sentence in people_of(results, outcome, say)]
        together, method = results.change[outcome.score][ALL], results.change_method[outcome.score]
        if (
            len(results.study.arms) < 2
            or isinstance(together, NotEstimable)
            or isinstance(method, NotEstimable)
        ):
            continue
        lines.append(f"{outcome.label}: {people('Everybody', together, method, say)}")
    return lines
