"""People of one arm and one pattern of observed visits, reduced to a count and one matrix of cross-products.

With z the features of a person without the arm (a 1 first) and y the outcomes, nought where missing, a cell holds

    n,   zz = sum z z' (q, q),   zy = sum z y' (q, T),   yy = sum y y' (T, T)

Conditional means are linear in (z, y), so that imputed values never have to be made: all that a model or an analysis
of imputed data needs is linear in these sums. A replicate is a set of weights on people; its sums have the same shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.missing.cohort import Marks, Whole, last_seen

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """G cells. arm (G,), pattern (G,) into patterns (P, T); member (N,) the cell of each person."""

    arm: Whole
    pattern: Whole
    patterns: Marks
    member: Whole

    @property
    def observed(self) -> Marks:
        """(G, T)"""
        return self.patterns[self.pattern]

    @property
    def begins(self) -> Whole:
        """(G,) the visit after the last observed one, at which a person's own course is no longer known."""
        return last_seen(self.observed) + 1

    @property
    def arms(self) -> int:
        return int(self.arm.max()) + 1

    def of(self, arm: int) -> Whole:
        return np.flatnonzero(self.arm == arm)


@dataclass(frozen=True)
class Sums:
    """R replicates of the sums of G cells: n (R, G), zz (R, G, q, q), zy (R, G, q, T), yy (R, G, T, T)."""

    n: Array
    zz: Array
    zy: Array
    yy: Array

    @property
    def replicates(self) -> int:
        return len(self.n)

    def chosen(self, rows: Marks | Whole) -> Sums:
        return Sums(self.n[rows], self.zz[rows], self.zy[rows], self.yy[rows])


def cells_of(arm: Whole, observed: Marks) -> Cells:
    """The cells that hold anybody, in the order of arms and patterns."""
    keys = np.column_stack([arm, observed.astype(np.int64)])
    found, member = np.unique(keys, axis=0, return_inverse=True)
    patterns, pattern = np.unique(found[:, 1:], axis=0, return_inverse=True)
    return Cells(found[:, 0], pattern.reshape(-1), patterns.astype(bool), member.reshape(-1))


def summed(cells: Cells, z: Array, y: Array) -> Sums:
    """The sums of everybody, as one replicate. z (N, q); y (N, T) with noughts for what is missing."""
    count, q, visits = len(cells.arm), z.shape[1], y.shape[1]
    n = np.bincount(cells.member, minlength=count).astype(float)
    both = np.concatenate([z, y], axis=1)
    products = np.zeros((count, q + visits, q + visits))
    for cell in range(count):
        mine = both[cells.member == cell]
        products[cell] = mine.T @ mine
    return _split(n[None], products[None], q)


def cross_products(sums: Sums) -> Array:
    """(G, q + T, q + T) of [z, y], of the first replicate."""
    top = np.concatenate([sums.zz[0], sums.zy[0]], axis=2)
    return np.concatenate([top, np.concatenate([sums.zy[0].swapaxes(1, 2), sums.yy[0]], axis=2)], axis=1)


def _split(n: Array, products: Array, q: int) -> Sums:
    parts = (products[..., :q, :q], products[..., :q, q:], products[..., q:, q:])
    return Sums(n, *(np.ascontiguousarray(part) for part in parts))


def leaving_out(full: Sums, cells: Cells, z: Array, y: Array, sets: Sequence[Whole]) -> Sums:
    """One replicate for each of these sets of people, without them."""
    count, people = len(sets), np.concatenate(sets)
    found = Sums(*(np.repeat(part, count, axis=0) for part in (full.n, full.zz, full.zy, full.yy)))
    where = (np.repeat(np.arange(count), [len(one) for one in sets]), cells.member[people])
    mine, own = z[people], y[people]
    np.subtract.at(found.n, where, 1.0)
    np.subtract.at(found.zz, where, mine[:, :, None] * mine[:, None, :])
    np.subtract.at(found.zy, where, mine[:, :, None] * own[:, None, :])
    np.subtract.at(found.yy, where, own[:, :, None] * own[:, None, :])
    return found
