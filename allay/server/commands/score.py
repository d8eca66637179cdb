"""`allay score INSTRUMENT ANSWERS.csv --out SCORES.csv`: scores one instrument from a table of answers.

One column per item, named as the item; every other column is kept in front of the scores. A cell that is no
answer is one line on standard error, with its row and column, and exit code 2.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from allay.content import library
from allay.content.errors import ContentError
from allay.content.schema import Instrument
from allay.science.evaluation import BadInput, examine, open_workspace
from allay.science.evaluation.errors import listed, one_line
from allay.science.evaluation.reading.delimited import Layout, find_layout
from allay.science.evaluation.reading.staging import create_from_csv, text_of
from allay.science.evaluation.reading.text_file import as_utf8
from allay.science.evaluation.sql import identifier, literal, refusal
from allay.science.evaluation.tables import safe_sql
from allay.server.output import new_file

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MISSING = ("NA", "NaN")  # beside empty cells
RECORD, KEPT = "__record", "__kept_"


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("instrument", metavar="INSTRUMENT", help="the instrument's id, for example phq-8")
    parser.add_argument("answers", metavar="ANSWERS.csv", type=Path, help="one row for each response")
    parser.add_argument("--out", metavar="SCORES.csv", type=Path, required=True, help="the file to write")
    parser.add_argument("--overwrite", action="store_true", help="replace SCORES.csv")
    parser.add_argument("--counts", action="store_true", help="add how many items were answered")
    parser.add_argument("--extra", metavar="DIR", type=Path, help="a local content folder")


def run(args: Namespace) -> int:
    try:
        instrument = _instrument(args.instrument, args.extra)
        rows = _score(instrument, args)
    except (BadInput, ContentError) as fault:
        print(f"allay score: {fault}", file=sys.stderr)
        return 2
    print(
        f"{instrument.id} {instrument.version}: {rows} {'row' if rows == 1 else 'rows'} scored in {args.out}"
    )
    return 0


def _instrument(wanted: str, extra: Path | None) -> Instrument:
    known = library.load(extra).instruments
    if wanted not in known:
        raise BadInput(one_line(wanted), f"is no instrument here; there are: {listed(sorted(known))}")
    return known[wanted]


def _score(instrument: Instrument, args: Namespace) -> int:
    data = examine(args.answers)
    if data.format != "csv":
        raise BadInput(data.name, "is a Parquet file; answers are read from CSV")
    with new_file(args.out, overwrite=args.overwrite) as (written, scratch):
        items = tuple(item.id for item in instrument.items)
        layout = find_layout(as_utf8(data, scratch), data.name, items)
        connection = open_workspace(scratch)
        try:
            with refusal(data.name, str(args.out)):
                kept = _stage(connection, layout, items)
                return _write(connection, instrument, layout, kept, args.counts, written)
        finally:
            connection.close()


def _stage(connection: DuckDBPyConnection, layout: Layout, items: tuple[str, ...]) -> list[str]:
    """Makes the table `answers` and gives the names of the columns that are kept, in order."""
    kept = [name for name in layout.header if name and name not in items]
    cells = [f"c{layout.position(name)} AS {KEPT}{number}" for number, name in enumerate(kept)]
    cells += [f"{text_of(f'c{layout.position(item)}', MISSING)} AS {identifier(item)}" for item in items]
    create_from_csv(connection, "answers", cells, layout)
    return kept


def _write(
    connection: DuckDBPyConnection,
    instrument: Instrument,
    layout: Layout,
    kept: list[str],
    counts: bool,
    written: Path,
) -> int:
    from allay.science.scoring_table import score_table

    answers = connection.sql(f"SELECT rowid AS {RECORD}, * FROM answers")  # noqa: S608
    _refuse_faults(instrument, answers, layout)
    keep = [f"{KEPT}{number}" for number in range(len(kept))]
    scored = score_table(instrument, answers, keep=[RECORD, *keep], counts=counts)
    made = scored.columns[1 + len(keep) :]
    if twice := set(made) & set(kept):
        raise BadInput(layout.name, "has the name of a score that is to be added", row=1, column=min(twice))
    scored.create_view("scored")
    columns = [f"{safe_sql(short)} AS {identifier(name)}" for short, name in zip(keep, kept, strict=True)]
    columns += [identifier(name) for name in made]
    query = f"SELECT {', '.join(columns)} FROM scored ORDER BY {RECORD}"  # noqa: S608
    connection.execute(f"COPY ({query}) TO {literal(str(written))} (FORMAT csv, HEADER)")
    count = connection.execute("SELECT count(*) FROM answers").fetchone()
    return int(count[0]) if count else 0


def _refuse_faults(instrument: Instrument, answers: object, layout: Layout) -> None:
    from allay.science.scoring_table import faults_table

    for fault in faults_table(instrument, answers, id_column=RECORD, limit=1):
        record = int(str(fault.id))
        raise BadInput(layout.name, fault.reason.rstrip("."), row=layout.line_of(record), column=fault.column)
