"""A table of daily entries, checked: one row for each person and day, every value as a whole number of units.

Days are the person's own calendar days, as dates or as whole numbers; times are refused, because a clock that is put
forward would shorten a day. What is missing stays missing, and a day without a row stays a gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from allay.science.evaluation.errors import BadInput, listed, one_line, quoted
from allay.science.evaluation.models.errors import BadModel, Unestimable
from allay.science.evaluation.models.profile import Coding, coding, decimals, number_fields
from allay.science.evaluation.models.source import WHOLE, Data, Table, opened
from allay.science.evaluation.sql import identifier

NAME = "the diary"
GRID_BITS = 30  # products of two values fit 64 bits
MOST_VARIABLES = 12
FURTHEST_DAY = 10**7


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


@contextmanager
def read(data: Data, columns: Columns) -> Iterator[Entries]:
    """The entries of a file, a table of DuckDB or a mapping of columns.

    Raises BadModel for columns that are not there or hold something else, BadInput for rows that cannot be: two for
    one day, infinite values. Unestimable where no row has a person and a day.
    """
    with opened(data) as table:
        for name, role in columns.named:
            table.require(name, role)
        for name in columns.variables:
            if not table.is_number(name):
                raise BadModel(f"the variable {quoted(name)} is not a column of numbers")
        yield _checked(table, columns)


def _checked(table: Table, columns: Columns) -> Entries:
    day = _day(table, columns.day)
    person = identifier(columns.person)
    present = f"{person} IS NOT NULL AND {day} IS NOT NULL"
    counts = _first(table, f"SELECT count(*), count(*) FILTER (WHERE {present}) FROM {table.source}")
    if not counts[1]:
        raise Unestimable("no row of the diary has a person and a day")
    _check_days(table, columns, day, present)
    codings = _codings(table, columns, present)
    fields = [f"{person} AS s", f"({day})::BIGINT AS d"]
    for place, (name, found) in enumerate(zip(columns.variables, codings, strict=True)):
        missing = f"{identifier(name)} IS NULL OR isnan({identifier(name)}::DOUBLE)"
        fields.append(f"CASE WHEN {missing} THEN NULL ELSE {found.sql} END AS x{place}")
    fields.append(f"{identifier(columns.arm)}::VARCHAR AS arm" if columns.arm else "NULL::VARCHAR AS arm")
    passed = (
        f"coalesce(TRY_CAST({identifier(columns.not_today)} AS BOOLEAN), false)"
        if columns.not_today
        else "false"
    )
    query = f"SELECT {', '.join(fields)}, {passed} AS passed FROM {table.source} WHERE {present}"
    return Entries(table, columns, codings, query, int(counts[0]), int(counts[0] - counts[1]))


def _day(table: Table, name: str) -> str:
    """SQL: the day as a number."""
    column, kind = identifier(name), table.types[name]
    if kind == "DATE":
        return f"({column} - DATE '2000-01-01')"
    if kind in WHOLE:
        return column
    if kind in ("FLOAT", "DOUBLE") or kind.startswith("DECIMAL"):
        odd = f"{column} IS NOT NULL AND NOT isnan({column}::DOUBLE) AND {column} <> round({column})"
        if _first(table, f"SELECT count(*) FROM {table.source} WHERE {odd}")[0]:
            raise BadModel(f"the day {quoted(name)} holds numbers that are not whole")
        return f"CASE WHEN NOT isnan({column}::DOUBLE) THEN {column} END"
    if kind.startswith("TIMESTAMP"):
        raise BadModel(f"the day {quoted(name)} holds times: give each person's own calendar day, as a date")
    raise BadModel(f"the day {quoted(name)} holds neither dates nor whole numbers")


def _check_days(table: Table, columns: Columns, day: str, present: str) -> None:
    far = f"SELECT max(abs(({day})::DOUBLE)) FROM {table.source} WHERE {present}"
    if not float(_first(table, far)[0]) <= FURTHEST_DAY:
        raise BadInput(NAME, "holds days that are too far away", column=columns.day)
    person = identifier(columns.person)
    twice = (
        f"SELECT {person}::VARCHAR, {identifier(columns.day)}::VARCHAR, count(*) FROM {table.source}"
        f" WHERE {present} GROUP BY {person}, {identifier(columns.day)} HAVING count(*) > 1 ORDER BY 1, 2"
    )
    found = table.connection.execute(twice).fetchall()
    if found:
        who, when, _ = found[0]
        more = f", and so for {len(found) - 1} more days" if len(found) > 1 else ""
        raise BadInput(
            NAME,
            f"{quoted(one_line(who))} has several rows on day {quoted(one_line(when))}{more}",
            column=columns.day,
        )


def _codings(table: Table, columns: Columns, present: str) -> tuple[Coding, ...]:
    found = []
    for name in columns.variables:
        column, whole = identifier(name), table.is_whole(name)
        fields = number_fields(name, column, whole=whole)
        select = ", ".join(sql for _, sql in fields)
        where = f"{present} AND {column} IS NOT NULL AND NOT isnan({column}::DOUBLE)"
        row = dict(
            zip(
                (key for key, _ in fields),
                _first(table, f"SELECT {select} FROM {table.source} WHERE {where}"),
                strict=True,
            )
        )
        low, high = row[f"low {name}"], row[f"high {name}"]
        if low is None:
            raise Unestimable(f"{quoted(name)} was never answered")
        if not (abs(low) < float("inf") and abs(high) < float("inf")):
            raise BadInput(NAME, "holds infinite values", column=name)
        places = 0 if whole else decimals(name, [row])
        found.append(coding(name, column, (low, high), places, GRID_BITS, whole=whole))
    return tuple(found)


def _first(table: Table, query: str) -> tuple[Any, ...]:
    row = table.connection.execute(query).fetchone()
    return tuple(row) if row else ()
