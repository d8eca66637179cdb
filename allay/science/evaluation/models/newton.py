"""Newton's method on covariance parameters: observed information, expected where it fails, halving of steps.

Lindstrom & Bates (JASA 1988; 83: 1014-1022) and Jennrich & Schluchter (Biometrics 1986; 42: 805-820).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
MOST_STEPS = 100
MOST_HALVINGS = 30
LAST_STEP = 1e-9  # decrement after whose step the error is of the order of rounding


@dataclass(frozen=True)
class Derivatives:
    """Of minus the log-likelihood at one theta: gradient (m,), observed and expected information (m, m)."""

    gradient: Array
    observed: Array
    expected: Array


class Objective(Protocol):
    """Minus a log-likelihood of m parameters."""

    def value(self, theta: Array) -> float | None:
        """None outside the parameter space."""

    def derivatives(self, theta: Array) -> Derivatives:
        """At a theta inside the parameter space."""


@dataclass(frozen=True)
class Optimum:
    """Where the steps ended; `settled` when the last one was too small to matter."""

    theta: Array
    value: float
    steps: int
    settled: bool


def minimise(objective: Objective, start: Array) -> Optimum:
    """From a start inside the parameter space."""
    theta, value = start, objective.value(start)
    if value is None:
        return Optimum(start, float("inf"), 0, False)
    for step in range(MOST_STEPS):
        at = objective.derivatives(theta)
        direction, decrement, convex = _direction(at)
        if not np.isfinite(direction).all():
            return Optimum(theta, value, step, False)
        moved = _walked(objective, theta, value, direction, decrement)
        if moved is None:
            return Optimum(theta, value, step, convex and decrement < LAST_STEP)
        theta, value = moved
        if convex and decrement < LAST_STEP:
            return Optimum(theta, value, step + 1, True)
    return Optimum(theta, value, MOST_STEPS, False)


def _direction(at: Derivatives) -> tuple[Array, float, bool]:
    """The step, the decrement g' H^-1 g, and whether the observed information was positive definite."""
    for information, convex in ((at.observed, True), (at.expected, False)):
        solved = solve_definite(information, -at.gradient)
        if solved is not None:
            return solved, float(-at.gradient @ solved), convex
    sizes = np.sqrt(np.maximum(np.abs(np.diag(at.observed)), 1e-300))
    values, vectors = np.linalg.eigh(at.observed / np.outer(sizes, sizes))
    bent = np.maximum(np.abs(values), 1e-8 * np.abs(values).max())
    with np.errstate(over="ignore", invalid="ignore"):  # a step without end is refused by whoever asked
        step = -(vectors / bent) @ (vectors.T @ (at.gradient / sizes)) / sizes
    if not np.isfinite(step).all():
        return step, float("inf"), False
    return step, float(-at.gradient @ step), False


def solve_definite(matrix: Array, right: Array) -> Array | None:
    """The solution where the matrix, scaled to a unit diagonal, is safely positive definite; else None."""
    diagonal = np.diag(matrix)
    if not np.isfinite(matrix).all() or (diagonal <= 0).any():
        return None
    sizes = np.sqrt(diagonal)
    try:
        lower = np.linalg.cholesky(matrix / np.outer(sizes, sizes))
    except np.linalg.LinAlgError:
        return None
    if np.diag(lower).min() < 1e-7:
        return None
    half = np.linalg.solve(lower, right / sizes)
    return np.asarray(np.linalg.solve(lower.T, half) / sizes)


def _walked(
    objective: Objective, theta: Array, value: float, direction: Array, decrement: float
) -> tuple[Array, float] | None:
    """The first of the full, half, quarter ... steps that lowers the objective enough."""
    length = 1.0
    rounding = 1e-12 * (1 + abs(value))
    for _ in range(MOST_HALVINGS):
        reached = objective.value(theta + length * direction)
        if reached is not None and reached <= value - 1e-4 * length * decrement + rounding:
            return theta + length * direction, reached
        length /= 2
    return None
