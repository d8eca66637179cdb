"""The index of Jacobson and Truax (1991, doi 10.1037/0022-006X.59.1.12): change in standard errors of a difference.

The root of two was missing from the index of 1984 and was added by Christensen and Mendoza (1986).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt

from allay.content.schema.shape import Direction

Z = 1.959963984540054  # two-sided 5 %
Z_ONE_SIDED = 1.6448536269514722  # one-sided 5 %: Hageman and Arrindell
ROUNDING = 1e-9


@dataclass(frozen=True)
class ReliableChange:
    """The reliable change index and what it is judged by, all but the index in score points."""

    index: float  # (after - before) / difference_error; its sign is that of the raw change
    threshold: float  # the smallest raw change that is not yet reliable: z * difference_error
    measurement_error: float  # standard error of one score
    difference_error: float  # standard error of the difference of two scores
    z: float


def sign(better: Direction) -> int:
    """+1 where higher scores are better, -1 where lower ones are."""
    return 1 if better == "higher" else -1


def measurement_error(sd: float, reliability: float) -> float:
    """The standard error of one score, SD sqrt(1 - reliability). Raises ValueError outside the permitted range."""
    if not (isfinite(sd) and sd > 0):
        raise ValueError("the standard deviation must be above 0")
    if not 0 < reliability < 1:
        raise ValueError("the reliability must lie between 0 and 1")
    return sd * sqrt(1 - reliability)


def reliable_change(
    before: float, after: float, sd: float, reliability: float, z: float = Z
) -> ReliableChange:
    """The index of Jacobson and Truax for one person. `sd` is the baseline SD of the reference group."""
    one = measurement_error(sd, reliability)
    difference = sqrt(2) * one
    return ReliableChange((after - before) / difference, z * difference, one, difference, z)


def change_band(value: float, sd: float, reliability: float, z: float = Z) -> tuple[float, float]:
    """The error band of one score: value plus and minus z standard errors of measurement."""
    half = z * measurement_error(sd, reliability)
    return value - half, value + half
