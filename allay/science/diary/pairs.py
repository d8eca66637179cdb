"""One pass over the days: for each person, sums of products of [1, yesterday, today] over pairs of following days.

A pair is two days of one person that follow each other (a difference of exactly 1), the first answered in full. All that
a multilevel vector autoregression needs of the rows are these sums, shared by all its outcomes, and the person means.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from allay.science.diary.entries import Entries

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pairs:
    """N people, K variables, C cells: one for each person and set of variables that were answered on the second day.

    people (N,) as they stand in the table, in its order; means (N, K) over all of a person's answered days, NaN where
    there are none; answers (N, K) how many these are; person (C,) places in `people`; answered (C, K) which; n (C,)
    pairs; products (C, 2K + 1, 2K + 1) of [1, yesterday less the person's mean, today less `shift`].
    shift (K,): a fixed number near the middle of each variable's range.
    """

    variables: tuple[str, ...]
    people: tuple[object, ...]
    means: Array
    answers: Whole
    person: Whole
    answered: npt.NDArray[np.bool_]
    n: Whole
    products: Array
    shift: Array
    fingerprint: str  # SHA-256 of the sums as whole numbers

    @property
    def size(self) -> int:
        return len(self.variables)

    @property
    def full(self) -> npt.NDArray[np.bool_]:
        """(C,) cells in which the second day was answered in full."""
        return np.asarray(self.answered.all(axis=1))

    @cached_property
    def usable(self) -> Whole:
        """(N,) pairs of each person in which both days were answered in full."""
        return np.bincount(self.person[self.full], self.n[self.full], len(self.people)).astype(np.int64)

    def over(self, cells: npt.NDArray[np.bool_]) -> tuple[Array, Array]:
        """Pairs (N,) and products (N, 2K + 1, 2K + 1) of each person over some of the cells."""
        products = np.zeros((len(self.people), *self.products.shape[1:]))
        np.add.at(products, self.person[cells], self.products[cells])
        n = np.bincount(self.person[cells], self.n[cells], len(self.people)).astype(float)
        return n, products


def pairs(entries: Entries) -> Pairs:
    """The sums of all people with at least one row."""
    size = len(entries.columns.variables)
    found = entries.fetch(_query(size))
    codings = entries.codings
    scale = np.array([float(coding.scale) for coding in codings])
    rows = np.flatnonzero(found["first"])
    people = tuple(found["s"][rows].tolist())
    person = np.cumsum(found["first"]) - 1
    answers = np.column_stack([found[f"n{k}"][rows] for k in range(size)]).astype(np.int64)
    sums = np.column_stack([found[f"m{k}"][rows] for k in range(size)]).astype(float)
    with np.errstate(invalid="ignore"):
        centre = sums / np.where(answers > 0, answers, np.nan)
    some = np.asarray(found["pairs"]) > 0
    raw = _triangle(found, size)[some]
    lagged = np.concatenate([np.ones(1), scale, scale])
    products = _centred(raw / np.outer(lagged, lagged), centre[person[some]] / scale)
    shift = np.array([coding.shift for coding in codings])
    bits = np.asarray(found["pattern"], dtype=np.int64)[some]
    return Pairs(
        entries.columns.variables,
        people,
        centre / scale + shift,
        answers,
        person[some].astype(np.int64),
        (bits[:, None] >> np.arange(size) & 1).astype(bool),
        raw[:, 0, 0].astype(np.int64),
        products,
        shift,
        _fingerprint(entries, sums, answers, raw),
    )


def _query(size: int) -> str:
    """Means ride along: people without a pair have a row of their own with `pairs` 0."""
    names = [f"x{k}" for k in range(size)]
    before = ", ".join(f"lag({name}) OVER w AS l{k}" for k, name in enumerate(names))
    known = " AND ".join(f"l{k} IS NOT NULL" for k in range(size))
    bits = " + ".join(f"(({name} IS NOT NULL)::INTEGER << {k})" for k, name in enumerate(names))
    today = ", ".join(f"coalesce({name}, 0) AS c{k}" for k, name in enumerate(names))
    columns = [f"l{k}" for k in range(size)] + [f"c{k}" for k in range(size)]
    sums = [f"sum({name})::DOUBLE AS a{place}" for place, name in enumerate(columns)]
    for place, left in enumerate(columns):
        for other in range(place, len(columns)):
            sums.append(f"sum({left} * {columns[other]})::DOUBLE AS p{place}_{other}")
    means = ", ".join(
        f"count({name}) AS n{k}, coalesce(sum({name}), 0)::DOUBLE AS m{k}" for k, name in enumerate(names)
    )
    return f""", following AS (
        SELECT s, d, {", ".join(names)}, lag(d) OVER w AS before, {before} FROM entries
        WINDOW w AS (PARTITION BY s ORDER BY d)
    ), paired AS (
        SELECT s, {bits} AS pattern, {", ".join(f"l{k}" for k in range(size))}, {today} FROM following
        WHERE d = before + 1 AND {known}
    ), summed AS (
        SELECT s, pattern, count(*) AS pairs, {", ".join(sums)} FROM paired WHERE pattern > 0 GROUP BY s, pattern
    ), everybody AS (SELECT s, {means} FROM entries GROUP BY s)
    SELECT *, coalesce(s <> lag(s) OVER (ORDER BY s, pattern), true) AS first FROM (
        SELECT everybody.s AS s, coalesce(pattern, 0) AS pattern, coalesce(pairs, 0) AS pairs,
            everybody.* EXCLUDE (s), summed.* EXCLUDE (s, pattern, pairs)
        FROM everybody LEFT JOIN summed ON everybody.s = summed.s
    ) ORDER BY s, pattern"""


def _triangle(found: Mapping[str, Any], size: int) -> Array:
    """(C, 2K + 1, 2K + 1) sums in units."""
    width = 2 * size
    raw = np.empty((len(found["s"]), width + 1, width + 1))
    raw[:, 0, 0] = np.asarray(found["pairs"], dtype=float)
    for place in range(width):
        raw[:, 0, place + 1] = raw[:, place + 1, 0] = np.ma.filled(found[f"a{place}"], 0.0)
        for other in range(place, width):
            value = np.ma.filled(found[f"p{place}_{other}"], 0.0)
            raw[:, place + 1, other + 1] = raw[:, other + 1, place + 1] = value
    return raw


def _centred(products: Array, means: Array) -> Array:
    """Yesterday less the person's mean: linear in [1, yesterday, today], so it is done on the sums."""
    cells, width = products.shape[:2]
    change = np.broadcast_to(np.eye(width), (cells, width, width)).copy()
    change[:, 1 : means.shape[1] + 1, 0] = -means
    return change @ products @ change.transpose(0, 2, 1)


def _fingerprint(entries: Entries, *arrays: Array | Whole) -> str:
    seal = hashlib.sha256(repr((entries.columns.variables, entries.codings)).encode())
    for array in arrays:
        seal.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    return seal.hexdigest()
