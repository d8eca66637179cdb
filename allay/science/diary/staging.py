"""A diary brought into DuckDB as the table `diary`, and where it came from as `diary_source`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from allay.science.diary.entries import NAME, Columns
from allay.science.evaluation.errors import BadInput
from allay.science.evaluation.reading.text_file import DataFile, as_utf8
from allay.science.evaluation.sql import failure, identifier, literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLE, SOURCE = "diary", "diary_source"
CHUNK = 20_000


def stage_file(connection: DuckDBPyConnection, data: DataFile, folder: Path) -> None:
    """A CSV or Parquet file with a header; `folder` takes temporary files. Raises BadInput where it cannot be read."""
    import duckdb

    if data.format == "parquet":
        source = f"read_parquet({literal(str(data.path))})"
    else:
        own = folder / "diary"  # beside the temporary files of the scores
        own.mkdir()
        path = as_utf8(data, own)
        source = (
            f"read_csv({literal(str(path))}, header = true, nullstr = ['', 'NA', 'NaN'], sample_size = -1)"
        )
    try:
        connection.execute(f"CREATE TABLE {TABLE} AS SELECT * FROM {source}")
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except duckdb.Error as error:
        raise BadInput(data.name, f"cannot be read: {failure(error)}") from None
    _told(connection, data.path.name, data.sha256)


def stage_rows(
    connection: DuckDBPyConnection, rows: Iterable[Sequence[object]], columns: Columns, name: str = NAME
) -> None:
    """Rows of a program: person, day (a date), arm, not today, then the variables; read in chunks."""
    import numpy as np

    fields = [columns.person, columns.day, columns.arm or "arm", columns.not_today or "not_today"]
    types = ["VARCHAR", "DATE", "VARCHAR", "BOOLEAN"]
    fields, types = [*fields, *columns.variables], [*types, *["DOUBLE"] * len(columns.variables)]
    head = ", ".join(f"{identifier(field)} {kind}" for field, kind in zip(fields, types, strict=True))
    casts = ", ".join(f"c{place}::{kind}" for place, kind in enumerate(types))
    connection.execute(f"CREATE TABLE {TABLE} ({head})")
    seal, source = sha256(), iter(rows)
    while chunk := [_texts(row) for row in islice(source, CHUNK)]:
        for row in chunk:
            seal.update(repr(row).encode())
        columns_of = zip(*chunk, strict=True)
        handed = {f"c{place}": np.array(values, dtype=object) for place, values in enumerate(columns_of)}
        connection.register("diary_chunk", handed)
        connection.execute(f"INSERT INTO {TABLE} SELECT {casts} FROM diary_chunk")
        connection.unregister("diary_chunk")
    _told(connection, name, seal.hexdigest())


def _texts(row: Sequence[object]) -> tuple[str | None, ...]:
    return tuple(None if value is None else str(value) for value in row)


def _told(connection: DuckDBPyConnection, name: str, digest: str) -> None:
    connection.execute(
        f"CREATE TABLE {SOURCE} AS SELECT {literal(name)} AS name, {literal(digest)} AS sha256"
    )


def staged_source(connection: DuckDBPyConnection) -> tuple[str, str] | None:
    """Name and SHA-256 of the diary that was staged; None where none was, as on a cluster."""
    import duckdb

    if not isinstance(connection, duckdb.DuckDBPyConnection):
        return None
    known = "SELECT count(*) FROM duckdb_tables() WHERE table_name = ?"
    found = connection.execute(known, [SOURCE]).fetchone()
    if not found or not found[0]:
        return None
    row = connection.execute(f"SELECT name, sha256 FROM {SOURCE}").fetchone()
    return (str(row[0]), str(row[1])) if row else None
