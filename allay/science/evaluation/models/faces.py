"""Parts of the space of covariances D of random effects: all symmetric matrices, or products D = Q L L'Q'.

With fewer columns than effects L L' is a face of the cone of covariances, on which some combinations of the random
effects do not vary. L is lower trapezoidal in the axes Q, which leaves, but for signs, one L for each D of that rank
(Pinheiro & Bates, Statistics and Computing 1996; 6: 289-296, on triangular factors); L is diagonal and Q = I for
effects that do not correlate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Face(Protocol):
    """(elements of D, s) as a function of fewer parameters."""

    def place(self, phi: Array) -> Array:
        """(m,) elements of D, row by row of its lower triangle or its diagonal, and s."""

    def jacobian(self, phi: Array) -> Array:
        """(m, f) derivatives of `place`."""

    def bend(self, phi: Array, gradient: Array) -> Array:
        """(f, f) second derivatives of `place`, weighted with a gradient (m,)."""


@dataclass(frozen=True)
class Whole:
    """Every symmetric D, whether a covariance or not."""

    size: int

    def place(self, phi: Array) -> Array:
        return phi

    def jacobian(self, phi: Array) -> Array:
        return np.eye(self.size)

    def bend(self, phi: Array, gradient: Array) -> Array:
        return np.zeros((self.size, self.size))


@dataclass(frozen=True)
class Factored:
    """D = Q L L'Q'. axes: Q (r, r); rows and columns: the free elements of L, f - 1 of them."""

    axes: Array
    rows: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    correlated: bool

    @property
    def effects(self) -> int:
        return len(self.axes)

    def factor(self, phi: Array) -> Array:
        """Q L, (r, r)."""
        found = np.zeros((self.effects, self.effects))
        found[self.rows, self.columns] = phi[:-1]
        return np.asarray(self.axes @ found)

    def place(self, phi: Array) -> Array:
        root = self.factor(phi)
        return np.append(self._elements(root @ root.T), phi[-1])

    def jacobian(self, phi: Array) -> Array:
        root, free = self.factor(phi), len(self.rows)
        outer = self.axes[:, self.rows].T[:, :, None] * root[:, self.columns].T[:, None, :]
        found = np.zeros((len(self.place(phi)), free + 1))
        for place, moved in enumerate(outer + outer.transpose(0, 2, 1)):
            found[:-1, place] = self._elements(moved)
        found[-1, -1] = 1.0
        return found

    def bend(self, phi: Array, gradient: Array) -> Array:
        slope = self.axes.T @ slope_in(gradient, self.effects, self.correlated) @ self.axes
        free = len(self.rows)
        found = np.zeros((free + 1, free + 1))
        same = self.columns[:, None] == self.columns[None, :]
        found[:-1, :-1] = 2 * slope[self.rows[:, None], self.rows[None, :]] * same
        return found

    def _elements(self, d: Array) -> Array:
        return elements_of(d, self.correlated)


def elements_of(d: Array, correlated: bool) -> Array:
    """The lower triangle of D row by row, or its diagonal."""
    return np.asarray(d[np.tril_indices(len(d))] if correlated else np.diag(d).copy())


def slope_in(gradient: Array, effects: int, correlated: bool) -> Array:
    """The symmetric (r, r) matrix S with dF = tr(S dD), from the gradient in the elements (and s)."""
    values = gradient[:-1]
    if not correlated:
        return np.diag(values)
    found = np.zeros((effects, effects))
    found[np.tril_indices(effects)] = values / 2
    return np.asarray(found + found.T)


def triangular(axes: Array, rank: int) -> Factored:
    """Correlated effects: the first `rank` columns of a lower triangle in the axes Q."""
    rows, columns = np.tril_indices(len(axes), m=rank)
    return Factored(axes, rows, columns, True)


def diagonal(effects: int, free: list[int]) -> Factored:
    """Effects that do not correlate; those that are not `free` do not vary."""
    return Factored(np.eye(effects), np.array(free, dtype=int), np.array(free, dtype=int), False)
