"""A table of daily entries, checked: one row for each person and day, every value as a whole number of units.

Days are the person's own calendar days, as dates or as whole numbers; times are refused, because a clock that is put
forward would shorten a day. What is missing stays missing, and a day without a row stays a gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from typing import Any
from uuid import uuid4

from allay.science.diary.plan import MOST_VARIABLES
from allay.science.evaluation.errors import BadInput, listed, quoted
from allay.science.evaluation.models.errors import BadModel, Unestimable
from allay.science.evaluation.models.profile import Coding, coding, decimals, number_fields
from allay.science.evaluation.models.source import WHOLE, Data, Table, opened
from allay.science.evaluation.sql import identifier

NAME = "the diary"
GRID_BITS = 30  # products of two values fit 64 bits
FURTHEST_DAY = 10**7
SMALLEST, LARGEST = 1e-120, 1e120
EPOCH = "DATE '2000-01-01'"
DATES_AT_MIDNIGHT = (
    "TIMESTAMP",
    "TIMESTAMP_S",
    "TIMESTAMP_MS",
    "TIMESTAMP_NS",
)  # as other programs write dates
DATES = ("DATE", *DATES_AT_MIDNIGHT)


@dataclass(frozen=True)
class Columns:
    """Which column is what. `not_today` is true where the person was asked and let the day pass."""

    variables: tuple[str, ...]
    person: str = "participant"
    day: str = "day"
    arm: str | None = None
    not_today: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.variables) <= MOST_VARIABLES:
            raise BadModel(f"a diary is read with 1 to {MOST_VARIABLES} variables, not {len(self.variables)}")
        if len(set(self.variables)) < len(self.variables):
            raise BadModel(f"a variable stands twice among {listed(self.variables)}")

    @property
    def named(self) -> list[tuple[str, str]]:
        """Every column with its role."""
        found = [(self.person, "person"), (self.day, "day")]
        found += [(name, "variable") for name in self.variables]
        return found + [
            (name, role) for name, role in ((self.arm, "arm"), (self.not_today, "not today")) if name
        ]


@dataclass(frozen=True)
class Entries:
    """Rows that can be scanned: `query` selects s (person), d (day number), x0, x1, ... (units), arm, passed."""

    table: Table
    columns: Columns
    codings: tuple[Coding, ...]
    query: str
    rows: int
    left_out: int  # rows without a person or a day

    def fetch(self, query: str) -> Mapping[str, Any]:
        """Columns of a query over `entries`, as arrays."""
        found = self.table.connection.execute(f"WITH entries AS ({self.query}) {query}")
        return dict(found.fetchnumpy())

    def lines(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query over `entries`."""
        return list(self.table.connection.execute(f"WITH entries AS ({self.query}) {query}").fetchall())


@contextmanager
def read(data: Data, columns: Columns) -> Iterator[Entries]:
    """The entries of a file, a table of DuckDB or a mapping of columns.

    Raises BadModel for columns that are not there or hold something else, BadInput for rows that cannot be: two for
    one day, infinite values. Unestimable where no row has a person and a day.
    """
    with opened(data) as table, _brought_in(table, columns) as entries:
        yield entries


@contextmanager
def _brought_in(table: Table, columns: Columns) -> Iterator[Entries]:
    for name, role in columns.named:
        table.require(name, role)
    for name in columns.variables:
        if not table.is_number(name):
            raise BadModel(f"the variable {quoted(name)} is not a column of numbers")
    name = f"diary_{uuid4().hex[:12]}"
    try:
        yield _checked(table, columns, name)
    finally:
        table.connection.execute(f"DROP TABLE IF EXISTS {name}")


def _checked(table: Table, columns: Columns, name: str) -> Entries:
    """Brings the rows in once, as `name`; everything else looks at that."""
    total = int(_first(table, f"SELECT count(*) FROM {table.source}")[0])
    fields = [f"{identifier(columns.person)} AS s", f"({_day(table, columns.day)})::BIGINT AS d"]
    for place, variable in enumerate(columns.variables):
        fields.append(f"{_known(table, variable)} AS v{place}")
    fields.append(f"{identifier(columns.arm)}::VARCHAR AS arm" if columns.arm else "NULL::VARCHAR AS arm")
    let = f"TRY_CAST({identifier(columns.not_today)} AS BOOLEAN)" if columns.not_today else "false"
    fields.append(f"coalesce({let}, false) AS passed")
    present = "s IS NOT NULL AND d IS NOT NULL"
    rows = f"SELECT * FROM (SELECT {', '.join(fields)} FROM {table.source}) WHERE {present}"
    table.connection.execute(f"CREATE TEMP TABLE {name} AS {rows}")
    _check_days(table, columns, name)
    codings = _codings(table, columns, name)
    units = ", ".join(
        f"CASE WHEN v{k} IS NOT NULL THEN {found.sql} END AS x{k}" for k, found in enumerate(codings)
    )
    kept = int(_first(table, f"SELECT count(*) FROM {name}")[0])
    return Entries(
        table, columns, codings, f"SELECT s, d, {units}, arm, passed FROM {name}", total, total - kept
    )


def _known(table: Table, name: str) -> str:
    """SQL: a variable's value, absent where it is NaN."""
    column = identifier(name)
    if table.types[name] in ("FLOAT", "DOUBLE"):
        return f"CASE WHEN NOT isnan({column}) THEN {column} END"
    return column


def _day(table: Table, name: str) -> str:
    """SQL: the day as a number."""
    column, kind = identifier(name), table.types[name]
    if kind == "DATE":
        return f"({column} - {EPOCH})"
    if kind in WHOLE:
        return column
    if kind in ("FLOAT", "DOUBLE") or kind.startswith("DECIMAL"):
        odd = f"{column} IS NOT NULL AND NOT isnan({column}::DOUBLE) AND {column} <> round({column})"
        if _first(table, f"SELECT count(*) FROM {table.source} WHERE {odd}")[0]:
            raise BadModel(f"the day {quoted(name)} holds numbers that are not whole")
        return f"CASE WHEN NOT isnan({column}::DOUBLE) THEN {column} END"
    if kind in DATES_AT_MIDNIGHT:
        clock = f"SELECT count(*) FROM {table.source} WHERE {column} <> date_trunc('day', {column})"
        if not _first(table, clock)[0]:
            return f"({column}::DATE - {EPOCH})"
    if kind.startswith("TIMESTAMP"):
        raise BadModel(f"the day {quoted(name)} holds times: give each person's own calendar day, as a date")
    raise BadModel(f"the day {quoted(name)} holds neither dates nor whole numbers")


def _check_days(table: Table, columns: Columns, name: str) -> None:
    furthest = _first(table, f"SELECT max(abs(d::DOUBLE)) FROM {name}")[0]
    if furthest is None:
        raise Unestimable("no row of the diary has a person and a day")
    if furthest > FURTHEST_DAY:
        raise BadInput(NAME, "holds days that are too far away", column=columns.day)
    said = f"({EPOCH} + d::INTEGER)::VARCHAR" if table.types[columns.day] in DATES else "d::VARCHAR"
    twice = f"SELECT s::VARCHAR, {said} FROM {name} GROUP BY s, d HAVING count(*) > 1 ORDER BY s, d"
    found = table.connection.execute(twice).fetchall()
    if found:
        more = f", and so on {len(found) - 1} more days" if len(found) > 1 else ""
        raise BadInput(
            NAME,
            f"{quoted(found[0][0])} has several rows on day {quoted(found[0][1])}{more}",
            column=columns.day,
        )


def _codings(table: Table, columns: Columns, name: str) -> tuple[Coding, ...]:
    fields = [
        field
        for place, variable in enumerate(columns.variables)
        for field in number_fields(variable, f"v{place}", whole=table.is_whole(variable))
    ]
    values = _first(table, f"SELECT {', '.join(sql for _, sql in fields)} FROM {name}")
    row = dict(zip((key for key, _ in fields), values, strict=True))
    return tuple(
        _coding(variable, f"v{place}", row, table.is_whole(variable))
        for place, variable in enumerate(columns.variables)
    )


def _coding(variable: str, column: str, row: dict[str, Any], whole: bool) -> Coding:
    ends = row[f"low {variable}"], row[f"high {variable}"]
    if ends[0] is None:
        raise Unestimable(f"{quoted(variable)} was never answered")
    if not (isfinite(ends[0]) and isfinite(ends[1])):
        raise BadInput(NAME, "holds infinite values", column=variable)
    largest = max(abs(ends[0]), abs(ends[1]))
    if largest and not SMALLEST < largest < LARGEST:
        raise BadInput(NAME, "holds numbers too large or too small to be squared", column=variable)
    places = 0 if whole else decimals(variable, [row])
    return coding(variable, column, ends, places, GRID_BITS, whole=whole)


def _first(table: Table, query: str) -> tuple[Any, ...]:
    row = table.connection.execute(query).fetchone()
    return tuple(row) if row else ()
