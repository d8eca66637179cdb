"""The scoring rule as a table expression: one row per response, one column per item.

The frame may be anything Narwhals knows, lazy or eager: a DuckDB relation, a Spark, Polars or pandas
frame. What comes back is of the same kind, and stays lazy: on DuckDB nothing is read until the result
is, and then in streaming fashion, so memory does not grow with the number of rows. Neither pandas nor
pyarrow is needed: take rows from a DuckDB result with `.fetchall()` or `.fetchnumpy()`.

Item cells may be whole-number or float columns, or text (a CSV reader makes a whole column text when
one cell is not a number). An empty text cell is a skipped item. NaN, a fraction, a truth value, a date
or any other text is a fault: `faults_table` finds them, and a score that would need one is missing.

Arithmetic is as in `scoring`: whole numbers, exact in 64-bit floats below 2**53, then one division.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import narwhals as nw

from allay.content.schema import Instrument, Item, Scale, ScoreRule
from allay.science.scoring import allowed, shown

Frame = Any  # a Narwhals frame or any native frame that Narwhals knows
CELL, VALID, VALUE = "__cell_{}", "__valid_{}", "__value_{}"
ROW, ID = "__row", "__id"


class TableFault(ValueError):
    """The table cannot be scored as it is: a column is missing or stands twice. Plain words."""


@dataclass(frozen=True)
class CellFault:
    """A cell that is not an answer. `row` counts from 1 without the heading; None where rows have no order."""

    row: int | None
    id: object  # the value of `id_column` in that row
    column: str
    value: object
    reason: str


def score_table(
    instrument: Instrument, frame: Frame, *, keep: Sequence[str] = (), counts: bool = False
) -> Frame:
    """The columns named in `keep`, then one float column for each score, missing where there is none.

    With `counts`, each score is followed by `<score>_answered` (integer) and `<score>_prorated`
    (truth value: there is a value, and it stands on fewer answers than the score has items).
    Raises TableFault when a column is not there or a kept one has the name of a score.
    """
    table = nw.from_native(frame)
    types = _types(instrument, table, keep)
    _refuse_clashes(instrument, keep)
    cells = table.select(*keep, *_cells(instrument, types))
    scores = [column for rule in instrument.scores for column in _score_columns(instrument, rule, counts)]
    return _as_given(frame, cells.select(*keep, *scores))


def faults_table(
    instrument: Instrument, frame: Frame, *, id_column: str | None = None, limit: int = 20
) -> tuple[CellFault, ...]:
    """The first cells that are not answers, in the order of rows, then of items; at most `limit`.

    Raises TableFault when an item's column or the id column is not there.
    """
    table = nw.from_native(frame)
    types = _types(instrument, table, (id_column,) if id_column else ())
    numbered = _numbered(table)
    cells = numbered.select(
        *([nw.col(ROW)] if ROW in numbered.collect_schema().names() else []),
        *([nw.col(id_column).alias(ID)] if id_column else []),
        *(nw.col(item.id).alias(CELL.format(number)) for number, item in enumerate(instrument.items)),
        *_cells(instrument, types),
    )
    sound = (nw.col(VALID.format(number)) for number in range(len(instrument.items)))
    rows = _rows(cells.filter(~nw.all_horizontal(*sound, ignore_nulls=False)).head(limit))
    return tuple(fault for row in rows for fault in _faults_of_row(instrument, row))[:limit]


def _types(instrument: Instrument, table: Frame, others: Sequence[str]) -> dict[str, nw.dtypes.DType]:
    types = dict(table.collect_schema())
    wanted = [*(item.id for item in instrument.items), *others]
    if absent := [name for name in wanted if name not in types]:
        some = ", ".join(absent[:8]) + (" ..." if len(absent) > 8 else "")
        raise TableFault(f"{instrument.id} needs columns that are not in the table: {some}")
    return types


def _refuse_clashes(instrument: Instrument, keep: Sequence[str]) -> None:
    made = [f"{rule.id}{end}" for rule in instrument.scores for end in ("", "_answered", "_prorated")]
    names = [*keep, *made]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise TableFault(f"the scores of {instrument.id} would have a second column {', '.join(twice)}")


def _cells(instrument: Instrument, types: dict[str, nw.dtypes.DType]) -> Iterator[nw.Expr]:
    """For each item what its cell counts (missing where it is no answer), and whether it may be scored."""
    for number, item in enumerate(instrument.items):
        yield _points(instrument, item, types[item.id]).alias(VALUE.format(number))
        yield _is_answer_or_missing(instrument, item, types[item.id]).alias(VALID.format(number))


def _score_columns(instrument: Instrument, rule: ScoreRule, counts: bool) -> Iterator[nw.Expr]:
    numbers = [number for number, item in enumerate(instrument.items) if item.id in rule.items]
    counted = [nw.col(VALUE.format(number)) for number in numbers]
    sound = nw.all_horizontal(*(nw.col(VALID.format(number)) for number in numbers), ignore_nulls=False)
    answered = _total([nw.when(points.is_null()).then(0.0).otherwise(1.0) for points in counted])
    scored = (answered >= rule.min_answered) & sound
    yield nw.when(scored).then(_value(rule, counted, answered)).alias(rule.id)
    if counts:
        yield answered.cast(nw.Int64).alias(f"{rule.id}_answered")
        yield (scored & (answered < len(numbers))).alias(f"{rule.id}_prorated")


def _value(rule: ScoreRule, counted: Sequence[nw.Expr], answered: nw.Expr) -> nw.Expr:
    total = _total([points.fill_null(0.0) for points in counted])
    divisor = nw.when(answered > 0).then(answered).otherwise(1.0)  # never divides by zero, in any engine
    return (total * float(len(counted)) if rule.method == "sum" else total) / divisor


def _total(expressions: Sequence[nw.Expr]) -> nw.Expr:
    return reduce(lambda so_far, one: so_far + one, expressions)


def _points(instrument: Instrument, item: Item, kind: nw.dtypes.DType) -> nw.Expr:
    """What the cell counts, as a float; missing where it holds no permitted answer."""
    scale = instrument.scale_of(item)
    if kind == nw.String:
        answer = _number_in_text(nw.col(item.id).str.strip_chars(), scale)
    elif kind.is_numeric():
        answer = _among(nw.col(item.id).cast(nw.Float64), [float(value) for value in scale.values])
    else:
        answer = _among(nw.lit(0.0), [])
    return float(scale.low + scale.high) - answer if item.reverse else answer


def _number_in_text(text: nw.Expr, scale: Scale) -> nw.Expr:
    """Only "3" and "3.0" are let through to the conversion, so that it can fail on no row."""
    return _among(text, [f"{value}{end}" for value in scale.values for end in ("", ".0")]).cast(nw.Float64)


def _among(cell: nw.Expr, permitted: Sequence[object]) -> nw.Expr:
    """The cell where it holds one of the permitted values, else missing."""
    return nw.when(cell.is_in(permitted)).then(cell)


def _is_answer_or_missing(instrument: Instrument, item: Item, kind: nw.dtypes.DType) -> nw.Expr:
    """True or false for every row, never missing."""
    answer = ~_points(instrument, item, kind).is_null()
    column = nw.col(item.id)
    if kind == nw.String:
        return answer | column.is_null() | (column.fill_null("").str.strip_chars() == "")
    return answer | column.is_null()


def _numbered(table: Frame) -> Frame:
    """The table with its row numbers, where its rows have an order: eager frames and DuckDB relations."""
    if isinstance(table, nw.DataFrame):
        return table.with_row_index(ROW).with_columns(nw.col(ROW) + 1)
    if table.implementation.is_duckdb():
        relation = table.to_native()
        return nw.from_native(relation.project(f"row_number() OVER () AS {ROW}, *"))
    return table


def _rows(table: Frame) -> list[dict[str, Any]]:
    if isinstance(table, nw.DataFrame):
        return list(table.iter_rows(named=True))
    if table.implementation.is_duckdb():
        names = table.collect_schema().names()
        return [dict(zip(names, row, strict=True)) for row in table.to_native().fetchall()]
    return list(table.collect().iter_rows(named=True))


def _faults_of_row(instrument: Instrument, row: dict[str, Any]) -> list[CellFault]:
    return [
        CellFault(
            row.get(ROW),
            row.get(ID),
            item.id,
            value := row[CELL.format(n)],
            _reason(instrument, item, value),
        )
        for n, item in enumerate(instrument.items)
        if not row[VALID.format(n)]
    ]


def _reason(instrument: Instrument, item: Item, value: object) -> str:
    return f"{item.id} takes {allowed(instrument.scale_of(item))}, not {shown(value)}."[:200]


def _as_given(given: Frame, made: Frame) -> Frame:
    return made if isinstance(given, (nw.DataFrame, nw.LazyFrame)) else made.to_native()
