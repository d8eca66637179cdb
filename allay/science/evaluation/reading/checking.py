"""Faults in a staged table, each refused in one line that names the row and the column.

Ends in the view `cells`: record, participant, timepoint, arm, score and the values as DOUBLE, without
the rows that are blank throughout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allay.science.evaluation.errors import BadInput, listed, one_line, quoted
from allay.science.evaluation.plan import Plan
from allay.science.evaluation.reading.staging import KEYS, Staged, Value
from allay.science.evaluation.sql import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NUMBER = r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]+)?"
LARGEST = 1e50  # beyond this, squares of squares leave the range of floating-point numbers


def check(connection: DuckDBPyConnection, staged: Staged, plan: Plan) -> None:
    """Raises BadInput for the first fault of each kind, else makes the view `cells`."""
    columns = (*KEYS, *(value.sql for value in (*staged.values, *staged.persons)))
    blank = " AND ".join(f"{column} IS NULL" for column in columns)
    connection.execute(f"CREATE VIEW filled AS SELECT rowid AS record, * FROM staged WHERE NOT ({blank})")
    if _one(connection, "SELECT count(*) FROM filled") == 0:
        raise BadInput(staged.name, "has a header, but no rows below it")
    _check_keys(connection, staged)
    _check_names(connection, staged, plan)
    _make_cells(connection, staged, plan, _uses_decimal_comma(connection, staged, plan))
    _check_sizes(connection, staged)
    _check_duplicates(connection, staged, plan)


def _one(connection: DuckDBPyConnection, query: str) -> int | None:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _check_keys(connection: DuckDBPyConnection, staged: Staged) -> None:
    for key in ("participant", "timepoint", "score"):
        if key not in staged.columns:
            continue
        record = _one(connection, f"SELECT min(record) FROM filled WHERE {key} IS NULL")
        if record is not None:
            raise BadInput(
                staged.name, f"there is no {key}", row=staged.row_of(record), column=staged.columns[key]
            )


def _check_names(connection: DuckDBPyConnection, staged: Staged, plan: Plan) -> None:
    """Every score, timepoint and arm of the plan stands in the table."""
    wanted = {"timepoint": plan.study.timepoints, "arm": plan.study.arms}
    if staged.long:
        wanted["score"] = plan.scores
    for key, names in wanted.items():
        for name in names:
            found = f"SELECT 1 FROM filled WHERE {key} = {literal(name)} LIMIT 1"
            if not connection.execute(found).fetchone():
                _refuse_unknown(connection, staged, key, name)


def _refuse_unknown(connection: DuckDBPyConnection, staged: Staged, key: str, name: str) -> None:
    query = f"SELECT DISTINCT {key} FROM filled WHERE {key} IS NOT NULL ORDER BY {key} LIMIT 60"
    there = [row[0] for row in connection.execute(query).fetchall()]
    has = f"the table has: {listed(there)}" if there else "the column is empty"
    raise BadInput(
        staged.name, f"the plan names the {key} {one_line(name)}; {has}", column=staged.columns[key]
    )


# Numbers


def _uses_decimal_comma(connection: DuckDBPyConnection, staged: Staged, plan: Plan) -> bool:
    """Whether numbers have decimal commas. Raises BadInput at a cell that is no number."""
    bad: list[tuple[int, Value]] = []
    commas: list[tuple[int, Value]] = []
    points = False
    for value in (value for value in staged.values if value.is_text):
        first_bad, first_comma, first_point = _odd_records(connection, value, _concerned(staged, plan))
        points = points or first_point is not None
        if first_bad is not None:
            bad.append((first_bad, value))
        if first_comma is not None:
            commas.append((first_comma, value))
    if bad:
        _refuse_cell(connection, staged, *min(bad, key=_record), "is not a number")
    if commas and not staged.decimal_comma:
        reason = "is not a number: decimal commas are read where semicolons or tabs separate the cells"
        _refuse_cell(connection, staged, *min(commas, key=_record), reason)
    if commas and points:
        reason = "has a decimal comma, while other numbers of this file have a decimal point"
        _refuse_cell(connection, staged, *min(commas, key=_record), reason)
    return bool(commas)


def _record(found: tuple[int, Value]) -> int:
    return found[0]


def _concerned(staged: Staged, plan: Plan) -> str:
    """Of a long table, the rows with scores of the plan."""
    if not staged.long:
        return "true"
    return f"score IN ({', '.join(literal(score) for score in plan.scores)})"


def _odd_records(
    connection: DuckDBPyConnection, value: Value, concerned: str
) -> tuple[int | None, int | None, int | None]:
    """The first records that hold no number, a comma, and a point."""
    row = connection.execute(
        f"""SELECT min(record) FILTER (NOT regexp_full_match({value.sql}, {literal(NUMBER)})),
                   min(record) FILTER (contains({value.sql}, ',')),
                   min(record) FILTER (contains({value.sql}, '.'))
            FROM filled WHERE {value.sql} IS NOT NULL AND {concerned}"""
    ).fetchone()
    return row if row else (None, None, None)


def _refuse_cell(
    connection: DuckDBPyConnection, staged: Staged, record: int, value: Value, reason: str
) -> None:
    row = connection.execute(f"SELECT {value.sql} FROM staged WHERE rowid = {record}").fetchone()
    cell = quoted(str(row[0])) if row else ""
    raise BadInput(staged.name, f"{cell} {reason}", row=staged.row_of(record), column=value.column)


def _make_cells(connection: DuckDBPyConnection, staged: Staged, plan: Plan, decimal_comma: bool) -> None:
    numbers = [*staged.values, *_person_numbers(connection, staged, plan)]
    made = [f"{_number(value, decimal_comma)} AS {value.sql}" for value in numbers]
    made += [value.sql for value in staged.persons if value not in numbers]
    connection.execute(f"CREATE VIEW cells AS SELECT record, {', '.join((*KEYS, *made))} FROM filled")


def _person_numbers(connection: DuckDBPyConnection, staged: Staged, plan: Plan) -> list[Value]:
    """Columns about people that hold nothing but numbers. A weight must, a category or a group need not."""
    harms = plan.harm_columns
    categories = {*plan.model.factors, plan.columns.group, *(name for name in harms if not harms[name])}
    found = []
    for value in staged.persons:
        if value.column in categories:
            continue
        bad, _comma, _point = _odd_records(connection, value, "true")
        if bad is None:
            found.append(value)
        elif value.column == plan.columns.weight or harms.get(value.column):
            _refuse_cell(connection, staged, bad, value, "is not a number")
    return found


def _number(value: Value, decimal_comma: bool) -> str:
    if not value.is_text:
        return value.sql
    text = f"replace({value.sql}, ',', '.')" if decimal_comma else value.sql
    return f"TRY_CAST({text} AS DOUBLE)"


def _check_sizes(connection: DuckDBPyConnection, staged: Staged) -> None:
    for value in staged.values:
        record = _one(
            connection, f"SELECT min(record) FROM cells WHERE abs({value.sql}) > {literal(LARGEST)}"
        )
        if record is not None:
            _refuse_cell(connection, staged, record, value, "is infinite or too large for a score")


# Duplicates


def _check_duplicates(connection: DuckDBPyConnection, staged: Staged, plan: Plan) -> None:
    """One row for each participant and timepoint (of a long table: and score)."""
    keys = ("participant", "timepoint", "score") if staged.long else ("participant", "timepoint")
    pair = connection.execute(
        f"""SELECT list(record ORDER BY record)[1:2], {", ".join(f"any_value({key})" for key in keys)}
            FROM filled SEMI JOIN (
                SELECT {", ".join(keys)}, min(record) AS foremost FROM filled WHERE {_concerned(staged, plan)}
                GROUP BY {", ".join(keys)} HAVING count(*) > 1 ORDER BY foremost LIMIT 1
            ) twice USING ({", ".join(keys)})
            HAVING count(*) > 1"""
    ).fetchone()
    if pair:
        (first, second), *names = pair
        what = ", ".join(f"{key} {one_line(name)}" for key, name in zip(keys, names, strict=True))
        before = staged.row_of(first)
        reason = f"{what} stands here a second time" + (f", after row {before}" if before is not None else "")
        raise BadInput(staged.name, reason, row=staged.row_of(second), column=staged.columns["participant"])
