"""Counts and sums of first and last scores, from which every mean, spread and difference follows.

The sums are taken about a fixed shift near the middle of the scores, a whole number where the scores span
more than a point. Questionnaire scores are whole numbers or simple fractions, so these sums are exact in
floating point, whatever the order in which threads add them; the rest is done in fractions. Nothing
is lost where scores lie far from zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING

from allay.science.evaluation.reading.people import EVERYBODY, column
from allay.science.evaluation.sql import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Sums:
    """n values: their sum and sum of squares about a shift, smallest and largest."""

    n: int
    shift: float
    total: float
    squares: float
    low: float
    high: float

    @property
    def mean(self) -> float:
        return float(Fraction(self.shift) + Fraction(self.total) / self.n)

    @property
    def spread(self) -> float:
        """The sum of squared deviations from the mean."""
        if self.low == self.high:
            return 0.0
        return max(0.0, _about_mean(self.n, self.total, self.total, self.squares))

    @property
    def sd(self) -> float:
        """Of a sample (n - 1)."""
        return sqrt(self.spread / (self.n - 1))


def _about_mean(n: int, total_a: float, total_b: float, products: float) -> float:
    return float(Fraction(products) - Fraction(total_a) * Fraction(total_b) / n)


@dataclass(frozen=True)
class Pairs:
    """The people measured at the first and at the last timepoint, of one arm or of all."""

    first: Sums
    last: Sums
    change: Sums
    products: float  # sum of first times last, both about the shift

    @property
    def n(self) -> int:
        return self.first.n

    @property
    def joint_spread(self) -> float:
        """The sum of products of deviations of first and last."""
        if self.first.spread == 0 or self.last.spread == 0:
            return 0.0
        return _about_mean(self.n, self.first.total, self.last.total, self.products)


def shift_of(connection: DuckDBPyConnection, columns: Sequence[str]) -> float:
    """A number near the middle of these columns of `people`."""
    parts = " UNION ALL ".join(f"SELECT {name} AS v FROM people" for name in columns)
    row = connection.execute(f"SELECT avg(v), min(v), max(v) FROM ({parts})").fetchone()
    if row is None or row[0] is None:
        return 0.0
    middle, low, high = row
    return float(round(middle)) if high - low > 1 else float(low)


def column_sums(connection: DuckDBPyConnection, name: str, shift: float) -> dict[int, Sums]:
    """The sums of one column of `people`, by arm number and `EVERYBODY`; absent where nobody was measured."""
    rows = connection.execute(
        f"SELECT coalesce(arm, {EVERYBODY}), {_sums(name, literal(shift))} FROM people "
        f"WHERE {name} IS NOT NULL GROUP BY GROUPING SETS ((arm), ())"
    ).fetchall()
    return {arm: Sums(n, shift, *rest) for arm, n, *rest in rows if n}


def pair_sums(connection: DuckDBPyConnection, outcome: int, last: int, shift: float) -> dict[int, Pairs]:
    """The sums of those measured at both timepoints, by arm number and `EVERYBODY`; absent where nobody was."""
    about = literal(shift)
    first_name, last_name = column(outcome, 0), column(outcome, last)
    parts = [
        _sums(first_name, about),
        _sums(last_name, about),
        _sums(f"({last_name} - {first_name})", literal(0.0)),
        f"sum(({first_name} - {about}) * ({last_name} - {about}))",
    ]
    rows = connection.execute(
        f"SELECT coalesce(arm, {EVERYBODY}), {', '.join(parts)} FROM people "
        f"WHERE {first_name} IS NOT NULL AND {last_name} IS NOT NULL GROUP BY GROUPING SETS ((arm), ())"
    ).fetchall()
    return {row[0]: _pairs(row[1:], shift) for row in rows if row[1]}


def _sums(value: str, about: str) -> str:
    deviation = f"({value} - {about})"
    return f"count(*), sum({deviation}), sum({deviation} * {deviation}), min({value}), max({value})"


def _pairs(row: Sequence[float], shift: float) -> Pairs:
    n = int(row[0])
    return Pairs(
        Sums(n, shift, *row[1:5]), Sums(n, shift, *row[6:10]), Sums(n, 0.0, *row[11:15]), products=row[15]
    )
