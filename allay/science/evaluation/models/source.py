"""Where the rows of a model come from: a file, a table of an open connection, columns in memory, or a Spark data frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from allay.science.evaluation.errors import BadInput, listed, quoted
from allay.science.evaluation.models.errors import BadModel
from allay.science.evaluation.sql import failure, identifier, literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
REAL = {"FLOAT", "DOUBLE", "HUGEINT", "UBIGINT", "UHUGEINT"}

MEMORY = "256MB"

Data = Any  # str | Path | tuple[DuckDBPyConnection, str] | DuckDBPyRelation | Mapping[str, Sequence[object]]


@dataclass(frozen=True)
class Table:
    """Rows that DuckDB can scan: what stands after FROM, and the type of each column."""

    connection: DuckDBPyConnection
    source: str
    types: Mapping[str, str]

    def require(self, name: str, role: str) -> None:
        if name not in self.types:
            raise BadModel(
                f"{role}: there is no column {quoted(name)} (there are {listed(list(self.types))})"
            )

    def is_number(self, name: str) -> bool:
        return self.types[name] in WHOLE | REAL or self.types[name].startswith("DECIMAL")

    def is_whole(self, name: str) -> bool:
        return self.types[name] in WHOLE


@contextmanager
def opened(data: Data) -> Iterator[Table]:
    """A table for the time of a fit. Raises BadModel when the data cannot be read as one."""
    import duckdb

    with TemporaryDirectory(prefix="allay-") as folder, _readable():
        if isinstance(data, tuple):
            connection, name = data
            with _cluster_readable(connection):
                yield _table(connection, identifier(name))
            return
        if type(data).__module__.startswith("pyspark."):
            with _cluster_readable(data):
                yield _of_spark(data)
            return
        connection = duckdb.connect(config=_settings(Path(folder)))
        connection.execute("SET enable_progress_bar = false")  # it would be drawn over the answer
        try:
            yield _numbers_read(_table(connection, _brought_in(connection, data)))
        finally:
            connection.close()


@contextmanager
def _readable() -> Iterator[None]:
    """Turns what DuckDB cannot do into one line; an interruption stays one."""
    import duckdb

    try:
        yield
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except duckdb.Error as error:
        raise BadModel(f"the data cannot be read: {failure(error)}") from None


@contextmanager
def _cluster_readable(connection: object) -> Iterator[None]:
    """The same for what Spark cannot do, which its connection says as BadInput."""
    import duckdb

    try:
        yield
    except BadInput as fault:
        if isinstance(connection, duckdb.DuckDBPyConnection):
            raise
        raise BadModel(str(fault)) from None


def _of_spark(frame: Any) -> Table:
    """A Spark data frame, where it lies."""
    from allay.science.evaluation.spark import SparkConnection

    connection = SparkConnection(frame.sparkSession)
    return _table(connection, connection.add(frame))


def _settings(folder: Path) -> dict[str, str | bool | int | float | list[str]]:
    """Bounded memory, spilling into the folder; never an extension from elsewhere."""
    return {
        "memory_limit": MEMORY,
        "temp_directory": str(folder / "spill"),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }


def _brought_in(connection: DuckDBPyConnection, data: Data) -> str:
    if isinstance(data, str | Path):
        return _file(Path(data))
    if not isinstance(data, Mapping):
        names = list(data.columns)
        rows = data.fetchall()
        data = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    if not data:
        raise BadModel("the data have no columns")
    columns = {str(name): _column(values) for name, values in data.items()}
    if len({len(values) for values in columns.values()}) > 1:
        raise BadModel("the columns are not of the same length")
    connection.register("data_columns", columns)
    return "data_columns"


def _file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise BadModel(f"{path}: cannot be read: {error.strerror}") from None
    if start == b"PAR1":
        return f"read_parquet({literal(str(path))})"
    return f"read_csv({literal(str(path))}, header = true, nullstr = ['', 'NA'], sample_size = -1)"


def _numbers_read(table: Table) -> Table:
    """A CSV column of numbers with `inf` or `nan` among them comes as text: it is one of numbers all the same."""
    if not table.source.startswith("read_csv"):
        return table
    texts = [name for name, kind in table.types.items() if kind == "VARCHAR" and _all_numbers(table, name)]
    if not texts:
        return table
    numbers = ", ".join(f"{identifier(name)}::DOUBLE AS {identifier(name)}" for name in texts)
    return _table(table.connection, f"(SELECT * REPLACE ({numbers}) FROM {table.source})")


def _all_numbers(table: Table, name: str) -> bool:
    column = identifier(name)
    other = f"SELECT 1 FROM {table.source} WHERE {column} IS NOT NULL AND try_cast({column} AS DOUBLE) IS NULL LIMIT 1"
    number = f"try_cast({column} AS DOUBLE)"  # codes such as 007 are numbers too, but were not meant as such
    some = f"SELECT 1 FROM {table.source} WHERE isinf({number}) OR isnan({number}) LIMIT 1"
    return not table.connection.execute(other).fetchone() and bool(table.connection.execute(some).fetchone())


def _column(values: Sequence[object]) -> Any:
    """One column as DuckDB takes it; categories as text."""
    array = np.ma.filled(values, np.nan) if np.ma.isMaskedArray(values) else np.asarray(values)
    return array.astype(object) if array.dtype.kind in "US" else array


def _table(connection: Any, source: str) -> Table:
    import duckdb

    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    except duckdb.Error as error:
        raise BadModel(f"the data cannot be read: {failure(error)}") from None
    return Table(connection, source, {str(row[0]): str(row[1]) for row in described})
