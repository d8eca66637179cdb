"""A Spark session that answers as a DuckDB connection does: `execute(statement).fetchall()`.

Tables that a statement makes are views of the session, kept in the cluster's memory and on its disks until they are
dropped. Whole numbers are summed in 64 bits; where these do not hold a sum, Spark says so (ANSI mode), and
the statement runs again with 38 digits. Nothing overflows silently.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from allay.science.evaluation.errors import BadInput, one_line
from allay.science.evaluation.spark.dialect import (
    Tree,
    as_spark,
    parsed,
    sums_whole_numbers,
    with_wide_sums,
)
from allay.science.evaluation.spark.reading import RECORD, view_of, view_of_path

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

MOST_ROWS = 20_000  # of one answer; rows stay in the cluster

SETTINGS = {
    "spark.sql.ansi.enabled": "true",  # an overflow is an error, never another number
    "spark.sql.variable.substitute": "false",  # "${...}" in a name stays text
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.parser.quotedRegexColumnNames": "false",
    "spark.sql.caseSensitive": "true",
    "spark.sql.csv.parser.columnPruning.enabled": "false",  # a row of another shape is a fault, whoever asks
    "spark.sql.session.timeZone": "UTC",
}

TYPES = {
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamp_ntz": "TIMESTAMP",
}


ARRAYS = {
    "tinyint": "int8",
    "smallint": "int16",
    "int": "int32",
    "bigint": "int64",
    "float": "float32",
    "double": "float64",
    "boolean": "bool",
}


class SparkConnection:
    """Statements for DuckDB, run by a Spark session. Raises BadInput, in one line, for what Spark cannot do."""

    def __init__(self, session: SparkSession, name: str = "Spark") -> None:
        self.session = session
        self.name = name
        self._kept: dict[str, DataFrame] = {}
        logging.getLogger("SQLQueryContextLogger").disabled = True  # Spark's own report of every fault
        for key, value in SETTINGS.items():
            session.conf.set(key, value)

    def execute(self, statement: str) -> Answer:
        """Runs a statement that makes or drops something; a query runs when its rows are fetched."""
        from sqlglot import exp

        tree = parsed(statement)
        with self.refusals():
            if isinstance(tree, exp.Create):
                self._create(tree)
                return Answer(self, None)
            if isinstance(tree, exp.Drop):
                self._drop(tree)
                return Answer(self, None)
            if isinstance(tree, exp.Describe):
                return Answer(self, None, self._described(tree.this))
            if not isinstance(tree, exp.Query):
                raise BadInput(self.name, f"does not run {tree.key.upper()}")
        return Answer(self, tree)

    def add(self, frame: DataFrame) -> str:
        """Names a data frame of this session, for use after FROM."""
        name = f"data_{uuid4().hex[:12]}"
        frame.createOrReplaceTempView(name)
        return name

    def read(self, path: str) -> str:
        """The name of a view of a Parquet or CSV file or folder, wherever the cluster can read it."""
        with self.refusals():
            return view_of_path(self.session, path)

    def close(self) -> None:
        """Lets go of everything kept. The session stays with whoever opened it."""
        for name in list(self._kept):
            self._release(name)

    def rows(self, tree: Tree, most: int = MOST_ROWS) -> list[tuple[object, ...]]:
        """The answer of a query. Raises BadInput when it is no summary."""
        with self.refusals():
            try:
                found = self._collected(self._frame(tree), most)
            except Exception as error:
                if _condition(error) != "ARITHMETIC_OVERFLOW" or not sums_whole_numbers(tree):
                    raise
                found = self._collected(self._widened(tree), most)
        if len(found) > most:
            raise BadInput(
                self.name, f"more than {most} rows would leave the cluster; rows stay where they are"
            )
        return found

    def _collected(self, frame: DataFrame, most: int) -> list[tuple[object, ...]]:
        return [tuple(_plain(value) for value in row) for row in frame.limit(most + 1).collect()]

    def _frame(self, tree: Tree) -> DataFrame:
        return self.session.sql(as_spark(tree, lambda call: view_of(self.session, call)))

    def kinds(self, tree: Tree) -> list[tuple[str, str]]:
        """The columns of a query with Spark's names of their types."""
        return [(field.name, field.dataType.simpleString()) for field in self._frame(tree).schema]

    def _widened(self, tree: Tree) -> DataFrame:
        kinds = self.kinds(tree)
        places = {place for place in sums_whole_numbers(tree) if kinds[place][1] == "bigint"}
        return self._frame(with_wide_sums(tree, places))

    def _create(self, tree: Tree) -> None:
        from pyspark import StorageLevel

        name = tree.this.name
        table = tree.args.get("kind") == "TABLE"
        frame = self._frame(_numbered(tree.expression) if table else tree.expression)
        if table:
            frame = frame.persist(StorageLevel.MEMORY_AND_DISK)
            self._kept[name] = frame
            frame.count()  # reads now, so that a fault shows here
        frame.createOrReplaceTempView(name)

    def _drop(self, tree: Tree) -> None:
        for table in tree.args.get("tables") or [tree.this]:
            self.session.catalog.dropTempView(table.name)
            self._release(table.name)

    def _release(self, name: str) -> None:
        frame = self._kept.pop(name, None)
        if frame is not None:
            frame.unpersist()

    def _described(self, query: Tree) -> list[tuple[object, ...]]:
        from sqlglot import exp

        asked = exp.select("*").from_(query) if isinstance(query, exp.Table) else query
        fields = self._frame(asked).schema
        return [
            (field.name, _type_name(field.dataType.simpleString()))
            for field in fields
            if field.name != RECORD
        ]

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Turns what Spark cannot do into one line."""
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            yield
        except (PySparkException, Py4JError) as error:
            raise BadInput(self.name, _one_sentence(error)) from None


class Answer:
    """What a statement gives, fetched as DuckDB's results are."""

    def __init__(
        self, connection: SparkConnection, tree: Tree | None, known: list[tuple[object, ...]] | None = None
    ) -> None:
        self._connection, self._tree = connection, tree
        self._rows: Iterator[tuple[object, ...]] | None = iter(known or []) if tree is None else None

    def fetchone(self) -> tuple[object, ...] | None:
        return next(self._answer(), None)

    def fetchall(self) -> list[tuple[object, ...]]:
        return list(self._answer())

    def fetchnumpy(self) -> Mapping[str, Any]:
        """The columns as arrays, masked where a value is absent."""
        rows = self._connection.rows(self._tree)
        kinds = self._connection.kinds(self._tree)
        columns = zip(*rows, strict=True) if rows else ([] for _ in kinds)
        return {name: _array(list(values), kind) for (name, kind), values in zip(kinds, columns, strict=True)}

    def _answer(self) -> Iterator[tuple[object, ...]]:
        if self._rows is None:
            self._rows = iter(self._connection.rows(self._tree))
        return self._rows


def _numbered(query: Tree) -> Tree:
    """The query with DuckDB's `rowid`, where it takes rows over as they are."""
    from sqlglot import exp

    if query.args.get("group") is not None or query.is_star:
        return query
    file = query.find(exp.ReadCSV, exp.ReadParquet)
    number = exp.column(RECORD) if file else exp.Anonymous(this="monotonically_increasing_id")
    return query.select(exp.alias_(number, "rowid"))


def _plain(value: object) -> object:
    """Whole decimals as whole numbers, as DuckDB gives its HUGEINT."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else value
    return list(value) if isinstance(value, list | tuple) else value


def _array(values: list[object], kind: str) -> Any:
    import numpy as np

    dtype = ARRAYS.get(kind, "float64" if kind.startswith("decimal") else "object")
    absent = [value is None for value in values]
    if not any(absent):
        return np.array(values, dtype=dtype)
    nought = "" if dtype == "object" else 0
    filled = np.array([nought if value is None else value for value in values], dtype=dtype)
    return np.ma.MaskedArray(filled, mask=absent)


def _type_name(spark: str) -> str:
    return TYPES.get(spark, spark.upper().replace(" ", ""))


def _condition(error: Exception) -> str:
    known = getattr(error, "getCondition", None)
    return str(known() or "") if known else ""


def _one_sentence(error: Exception) -> str:
    """The first line that says what went wrong, without Spark's own label and advice."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    first = lines[0] if lines else type(error).__name__
    first = first.split("] ", 1)[-1] if first.startswith("[") else first
    return one_line(first.split(" SQLSTATE:")[0], 200)
