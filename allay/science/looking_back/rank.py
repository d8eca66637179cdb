"""A rank correlation of two things on one person's days, with an interval that allows for days like their neighbours.

The estimand: Spearman's correlation of same-day values (Pearson's correlation of mid-ranks, so ties are allowed) of
the process that makes this person's days, a straight drift over the days taken out of both; for a process without
drift, the value of an endless diary.

The interval, on the scale of Fisher's z, takes the mean of two estimates of its variance:

- From the days themselves: pseudo-values of a jackknife over days (Miller, Biometrika 1974; 61: 1-15), their long-run
  variance from cosines (Müller, Journal of Econometrics 2007; 141: 1331-1352), days without an entry standing as
  noughts (Parzen, Sankhya A 1963; 25: 383-392).
- From how alike neighbouring days are: 1 / (m - 3), m the number of independent days that say as much (Bartlett,
  Journal of the Royal Statistical Society 1935; 98: 536-543: the likenesses of both things multiply).

The first is put right for the bias that the second's likeness implies, and its degrees of freedom are Satterthwaite's
(Bell and McCaffrey, Survey Methodology 2002; 28: 169-181); the mean has twice as many. How often the interval holds
the truth, and what else was tried: docs/looking-back.md, docs/adr/0010.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, lgamma, log, pi, sqrt, tanh
from typing import Self

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
LIMIT = 0.999  # of a correlation, so that its z is finite
SHARE = 4  # days of the span for each cosine
FEWEST_COSINES = 6
MOST_ALIKE = 0.95
DRIFT_ONLY = 1e-9  # share of a thing's variance that may be left beside its drift before it counts as none


@dataclass(frozen=True)
class Association:
    """z and its standard error `se`; df: of the t distribution; alike: days worth one independent day, 1 or more."""

    z: float
    se: float
    df: float
    alike: float

    @property
    def estimate(self) -> float:
        """The rank correlation."""
        return tanh(self.z)

    def interval(self, level: float) -> tuple[float, float]:
        """Low and high of the rank correlation at `level`, for example 0.95."""
        half = t_quantile(0.5 + level / 2, self.df) * self.se
        return tanh(self.z - half), tanh(self.z + half)


@dataclass(frozen=True, eq=False)
class Diary:
    """n different days in order; day (n,): numbers counted from the first."""

    day: npt.NDArray[np.int64]

    @classmethod
    def of(cls, days: Sequence[date]) -> Self:
        numbers = np.array([one.toordinal() for one in days], dtype=np.int64)
        return cls(numbers - numbers.min())

    @property
    def span(self) -> int:
        return int(self.day.max()) + 1

    def ranks(self, values: Array) -> Array:
        """Mid-ranks (n + 1, n) among all days, then among all but one, less their drift; who is left out has 0."""
        below = (values[:, None] < values[None, :]) + 0.5 * (values[:, None] == values[None, :])
        return self._without_drift(np.vstack([below.sum(axis=0), below.sum(axis=0) - below]))

    def _without_drift(self, ranks: Array) -> Array:
        n = len(self.day)
        present = np.vstack([np.ones(n), 1 - np.eye(n)])
        time, left = (
            _centred(present, rows) for rows in (np.tile(self.day.astype(float), (n + 1, 1)), ranks)
        )
        slope = (left * time).sum(axis=1, keepdims=True) / (time * time).sum(axis=1, keepdims=True)
        return np.asarray(left - slope * time)

    def likeness(self, ranks: Array) -> float:
        """Autocorrelation of ranks (n,) from one day to the next, put right for the bias of a short diary.

        The bias beside a straight drift is about -(2 + 4 likeness) / n (Kendall, Biometrika 1954; 41: 403-404).
        """
        along, there, n = self._along(ranks), self._along(np.ones(len(ranks))), len(ranks)
        neighbours = max(float(there[1:] @ there[:-1]), 1.0)
        found = float(along[1:] @ along[:-1]) / neighbours / float(ranks @ ranks / n)
        return min(max((found * n + 2) / (n - 4), 0.0), MOST_ALIKE)

    def _along(self, values: Array) -> Array:
        """(span,): each value on its day, 0 on days without."""
        found = np.zeros(self.span)
        found[self.day] = values
        return found

    def cosines(self) -> Array:
        """(count, n): at the days, less their means."""
        count = max(FEWEST_COSINES, self.span // SHARE)
        found = sqrt(2) * np.cos(pi * np.outer(np.arange(1, count + 1), (self.day + 0.5) / self.span))
        return np.asarray(found - found.mean(axis=1, keepdims=True))


def association(days: Sequence[date], first: Sequence[float], second: Sequence[float]) -> Association | None:
    """Of two things on the same n >= 8 different days, in any order. None where one of them only drifts."""
    order = np.argsort([one.toordinal() for one in days], kind="stable")
    diary = Diary.of([days[place] for place in order])
    a, b = (diary.ranks(np.asarray(values, dtype=float)[order]) for values in (first, second))
    if min(float(ranks[0] @ ranks[0]) for ranks in (a, b)) < DRIFT_ONLY * len(order) ** 3:
        return None
    z, n = np.arctanh(np.clip(_correlations(a, b), -LIMIT, LIMIT)), len(order)
    pseudo = n * z[0] - (n - 1) * z[1:]
    likeness = diary.likeness(a[0]) * diary.likeness(b[0])
    return Association(float(z[0]), *_precision(diary, pseudo, likeness))


def _precision(diary: Diary, pseudo: Array, likeness: float) -> tuple[float, float, float]:
    """Standard error of the mean of pseudo-values, its degrees of freedom, and days worth one independent day."""
    n, cosines = len(pseudo), diary.cosines()
    alike = likeness ** np.abs(diary.day[:, None] - diary.day[None, :])
    worth = float(alike.sum()) / n
    spread = cosines @ alike @ cosines.T
    from_days = float(((cosines @ pseudo) ** 2).sum()) / float(np.trace(spread)) * worth / n
    from_likeness = 1 / max(n / worth - 3, 1.0)
    df = float(np.trace(spread)) ** 2 / float((spread * spread).sum())
    return sqrt((from_days + from_likeness) / 2), 2 * df, worth


def _centred(present: Array, rows: Array) -> Array:
    mean = (present * rows).sum(axis=1, keepdims=True) / present.sum(axis=1, keepdims=True)
    return np.asarray(present * (rows - mean))


def _correlations(first: Array, second: Array) -> Array:
    sizes = np.sqrt((first * first).sum(axis=1) * (second * second).sum(axis=1))
    return np.asarray((first * second).sum(axis=1) / np.maximum(sizes, 1e-12))


def t_quantile(share: float, df: float) -> float:
    """Of Student's t for df >= 4 and 0.5 <= share <= 0.9999, right to 0.0002: SciPy would cost a page its memory."""
    x = np.linspace(0, 40, 8001)
    scale = exp(lgamma((df + 1) / 2) - lgamma(df / 2) - 0.5 * log(df * pi))
    density = scale * (1 + x * x / df) ** (-(df + 1) / 2)
    below = 0.5 + np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)]) * (x[1] - x[0])
    return float(np.interp(share, below, x))
