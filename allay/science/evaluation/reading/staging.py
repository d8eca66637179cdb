"""A table of scores, brought into DuckDB as it lies: the table `staged`.

Its rows stand in the order of the file, so that `rowid` is the record number. Keys (participant,
timepoint, arm, score) are text; a value column holds text where the file does and DOUBLE elsewhere.
`checking` looks for faults in it, `people` makes one row per person of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from allay.science.evaluation.errors import BadInput, listed, one_line
from allay.science.evaluation.plan import Plan
from allay.science.evaluation.reading.delimited import LONGEST_LINE, Layout, find_layout
from allay.science.evaluation.reading.text_file import DataFile, as_utf8
from allay.science.evaluation.sql import failure, identifier, literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CHUNK = 20_000  # rows that are handed over at a time
NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
KEYS = ("participant", "timepoint", "arm", "score")

Row = tuple[object, object, object, object, float | None]  # participant, timepoint, arm, score, value


@dataclass(frozen=True)
class Value:
    """A column of values in `staged`: `sql` is its name there, `column` the one in the file."""

    sql: str
    column: str
    is_text: bool


@dataclass(frozen=True)
class Staged:
    """What stands in the table `staged`, and how to speak of its source."""

    name: str
    columns: dict[str, str]  # participant, timepoint and (where there is one) arm, score → name in the file
    values: tuple[Value, ...]  # one for each outcome of the plan; of a long table the one value column
    long: bool
    row_of: Callable[[int], int | None]  # record number → the row that a person sees, if rows have a place
    decimal_comma: bool = False  # may be: only where the separator is no comma
    sha256: str = ""  # of rows that a program handed over; a file has its own
    persons: tuple[Value, ...] = ()  # what else is known of people, named by the plan and there


def stage_file(connection: DuckDBPyConnection, data: DataFile, plan: Plan, folder: Path) -> Staged:
    """Stages a CSV or Parquet file; `folder` takes temporary files. Raises BadInput."""
    if data.format == "parquet":
        return _stage_parquet(connection, data, plan, folder)
    return stage_csv(connection, find_layout(as_utf8(data, folder), data.name, wanted_columns(plan)), plan)


def wanted_columns(plan: Plan) -> tuple[str, ...]:
    """The columns that a table for this plan may have, in either shape."""
    columns = plan.columns
    arm = (columns.arm,) if plan.study.arms else ()
    scores = columns.scores or (columns.score, columns.value, *plan.scores)
    persons = (name for name, needed in plan.person_columns.items() if needed)
    return (columns.participant, columns.timepoint, *arm, *scores, *persons)


def _is_long(plan: Plan, header: Sequence[str]) -> bool:
    """Long where the table has the column that names the score, and not every outcome as a column."""
    if plan.columns.scores or plan.columns.score not in header:
        return False
    return not all(score in header for score in plan.scores)


def _key_columns(plan: Plan, long: bool) -> dict[str, str]:
    columns = {"participant": plan.columns.participant, "timepoint": plan.columns.timepoint}
    if plan.study.arms:
        columns["arm"] = plan.columns.arm
    if long:
        columns["score"] = plan.columns.score
    return columns


def _value_names(plan: Plan, long: bool) -> list[str]:
    return [plan.columns.value] if long else list(plan.scores)


def _person_names(plan: Plan, header: Sequence[str]) -> list[str]:
    """The plan's columns about people that are there or must be."""
    return [name for name, needed in plan.person_columns.items() if needed or name in header]


# CSV


def stage_csv(connection: DuckDBPyConnection, layout: Layout, plan: Plan) -> Staged:
    """Stages a CSV file whose layout is known. Raises BadInput."""
    long = _is_long(plan, layout.header)
    keys = _key_columns(plan, long)
    values = tuple(
        Value(f"v{number}", name, is_text=True) for number, name in enumerate(_value_names(plan, long))
    )
    persons = tuple(
        Value(f"p{number}", name, is_text=True)
        for number, name in enumerate(_person_names(plan, layout.header))
    )
    for name in (*plan.columns.scores, *keys.values(), *(value.column for value in (*values, *persons))):
        layout.position(name)
    missing = plan.columns.missing
    cells = [f"{text_of(_cell(layout, name), missing)} AS {key}" for key, name in keys.items()]
    cells += [
        f"{text_of(_cell(layout, value.column), missing)} AS {value.sql}" for value in (*values, *persons)
    ]
    cells += [f"NULL::VARCHAR AS {key}" for key in KEYS if key not in keys]
    create_from_csv(connection, "staged", cells, layout)
    comma = layout.separator != ","
    return Staged(layout.name, keys, values, long, layout.line_of, decimal_comma=comma, persons=persons)


def _cell(layout: Layout, column: str) -> str:
    return f"c{layout.position(column)}"


def text_of(cell: str, missing: Sequence[str]) -> str:
    """A cell of text without blanks around it; NULL where it is empty or a code for missing."""
    trimmed = f"trim({cell}, E' \\t\\r\\n')"
    codes = ", ".join(literal(code) for code in ("", *missing))
    return f"CASE WHEN {trimmed} IN ({codes}) THEN NULL ELSE {trimmed} END"


def csv_reader(layout: Layout) -> str:
    """SQL that reads the file as text, its columns named c0, c1, ... by their place."""
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(layout.header)))
    return (
        f"read_csv({literal(layout.address or str(layout.path))}, auto_detect = false, header = true, columns = {{{columns}}}, "
        f"delim = {literal(layout.separator)}, quote = '\"', escape = '\"', compression = 'none', "
        f"max_line_size = {LONGEST_LINE})"
    )


def create_from_csv(connection: DuckDBPyConnection, table: str, cells: list[str], layout: Layout) -> None:
    """Makes a table of these expressions on c0, c1, ...; `rowid` is the record. Raises BadInput."""
    import duckdb

    try:
        connection.execute(f"CREATE TABLE {table} AS SELECT {', '.join(cells)} FROM {csv_reader(layout)}")
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        raise layout.fault() or BadInput(layout.name, f"cannot be read as CSV: {failure(error)}") from None
    except BadInput as fault:  # of Spark
        raise (None if layout.address else layout.fault()) or fault from None


# Parquet


def _stage_parquet(connection: DuckDBPyConnection, data: DataFile, plan: Plan, folder: Path) -> Staged:
    import duckdb

    link = folder / "data.parquet"
    link.symlink_to(data.path.resolve())
    source = f"read_parquet({literal(str(link))})"
    try:
        connection.execute(f"DESCRIBE SELECT * FROM {source}")
    except duckdb.Error as error:
        raise BadInput(data.name, f"cannot be read as Parquet: {failure(error)}") from None
    return stage_source(connection, source, plan, data.name)


def stage_relation(connection: DuckDBPyConnection, table: str, plan: Plan, name: str) -> Staged:
    """Stages a table or view that stands in the connection already; `name` is for messages."""
    return stage_source(connection, identifier(table), plan, name)


def stage_source(connection: DuckDBPyConnection, source: str, plan: Plan, name: str) -> Staged:
    """Stages whatever may stand after FROM with typed columns."""
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    return _stage_typed(connection, source, {row[0]: row[1] for row in described}, plan, name)


def _stage_typed(
    connection: DuckDBPyConnection, source: str, types: dict[str, str], plan: Plan, name: str
) -> Staged:
    long = _is_long(plan, list(types))
    keys = _key_columns(plan, long)
    persons = tuple(
        Value(f"p{number}", column, is_text=True)
        for number, column in enumerate(_person_names(plan, list(types)))
    )
    known = (value.column for value in persons)
    for column in (*plan.columns.scores, *keys.values(), *_value_names(plan, long), *known):
        if column not in types:
            reason = f"there is no column {one_line(column)}; the table has: {listed(list(types))}"
            raise BadInput(name, reason)
    values = tuple(
        _typed_value(number, column, types[column], name)
        for number, column in enumerate(_value_names(plan, long))
    )
    cells = [f"{_typed_key(column, types[column], plan)} AS {key}" for key, column in keys.items()]
    cells += [f"{_typed_cell(value, plan)} AS {value.sql}" for value in values]
    cells += [f"{_typed_key(value.column, types[value.column], plan)} AS {value.sql}" for value in persons]
    cells += [f"NULL::VARCHAR AS {key}" for key in KEYS if key not in keys]
    _copy_typed(connection, f"CREATE TABLE staged AS SELECT {', '.join(cells)} FROM {source}", name)
    return Staged(name, keys, values, long, lambda record: record + 1, persons=persons)


def _copy_typed(connection: DuckDBPyConnection, statement: str, name: str) -> None:
    import duckdb

    try:
        connection.execute(statement)
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.SerializationException) as error:
        raise BadInput(name, f"cannot be read: {failure(error)}") from None


def _typed_value(number: int, column: str, kind: str, name: str) -> Value:
    plain = kind.split("(")[0].removeprefix("U")
    if plain not in (*NUMBERS, "VARCHAR"):
        raise BadInput(name, f"holds {kind.lower()}, not numbers", column=column)
    return Value(f"v{number}", column, is_text=plain == "VARCHAR")


def _typed_key(column: str, kind: str, plan: Plan) -> str:
    """A key as text; a whole number that is stored as a float loses its ".0"."""
    name = identifier(column)
    if kind in ("FLOAT", "DOUBLE"):
        whole = f"CASE WHEN {name} = trunc({name}) AND abs({name}) < 1e15 THEN {name}::BIGINT::VARCHAR"
        return f"{whole} WHEN isnan({name}) THEN NULL ELSE {name}::VARCHAR END"
    return text_of(f"{name}::VARCHAR", plan.columns.missing)


def _typed_cell(value: Value, plan: Plan) -> str:
    name = identifier(value.column)
    if value.is_text:
        return text_of(name, plan.columns.missing)
    number = f"{name}::DOUBLE"
    codes = [code for code in map(_number, plan.columns.missing) if code is not None]
    missing = "".join(f" OR {number} = {literal(code)}" for code in codes)
    return f"CASE WHEN isnan({number}){missing} THEN NULL ELSE {number} END"


def _number(code: str) -> float | None:
    try:
        number = float(code)
    except ValueError:
        return None
    return number if number == number else None


# Rows that a program hands over


def stage_rows(connection: DuckDBPyConnection, rows: Iterable[Row], plan: Plan, name: str) -> Staged:
    """Stages rows (participant, timepoint, arm, score, value) from any iterator, a chunk at a time.

    Keys become text; a value is a number or None. The plan's [columns] do not matter here.
    """
    import numpy as np

    connection.execute(
        "CREATE TABLE staged (participant VARCHAR, timepoint VARCHAR, arm VARCHAR, score VARCHAR, v0 DOUBLE)"
    )
    digest = sha256()
    for chunk in _chunks(rows):
        digest.update(json.dumps(chunk, default=str).encode())
        participant, timepoint, arm, score, value = zip(*chunk, strict=True)
        connection.register(
            "chunk",
            {
                "participant": _texts(participant),
                "timepoint": _texts(timepoint),
                "arm": _texts(arm),
                "score": _texts(score),
                "v0": np.array([np.nan if one is None else one for one in value], dtype=np.float64),
            },
        )
        connection.execute("INSERT INTO staged SELECT * REPLACE (nullif(v0, 'NaN'::DOUBLE) AS v0) FROM chunk")
        connection.unregister("chunk")
    columns = {key: key for key in KEYS if key != "arm" or plan.study.arms}
    value_column = Value("v0", "value", is_text=False)
    return Staged(name, columns, (value_column,), True, lambda record: record + 1, sha256=digest.hexdigest())


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _texts(values: Sequence[object]) -> object:
    import numpy as np

    texts = [None if value is None else str(value).strip() or None for value in values]
    return np.array(texts, dtype=object)
