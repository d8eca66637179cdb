"""What every part of the results is built of. Sections import from here, `results` imports the sections' shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

Key = str
T = TypeVar("T")
PerSlice = dict[Key, T]  # arm, or "all"
PerScore = dict[Key, T]


@dataclass(frozen=True)
class NotEstimable:
    """Stands where a number cannot be had, and says why."""

    not_estimable: str


@dataclass(frozen=True)
class Estimate:
    """A mean or a difference of means with its t interval; p is two-sided, against no change at all."""

    estimate: float
    se: float
    low: float
    high: float
    df: float
    t: float
    p: float


@dataclass(frozen=True)
class Standardised:
    """An effect in units of `sd` (of which, `methods` says), corrected for small samples."""

    estimate: float
    low: float
    high: float
    sd: float


@dataclass(frozen=True)
class Share:
    """A part of n, between 0 and 1, with its Wilson interval."""

    estimate: float
    low: float
    high: float
