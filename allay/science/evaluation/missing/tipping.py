"""The tipping point: how much worse than expected would missing values have to be for the conclusion to change?

Estimates are linear in delta, e + delta s, with everybody and without each person alike. So the jackknife's variance is
a square function of delta, and after one pass any number of deltas costs nothing; the point at which the interval
reaches nought is a root of (e + delta s)^2 = t^2 (v_ee + 2 delta v_es + delta^2 v_ss).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import one_line
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.intervals import t_estimate, t_quantile
from allay.science.evaluation.missing.leaving import Units, covariances
from allay.science.evaluation.results.missing import Raised, Shifted, Tipping, Verdict

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """An effect along delta: everybody's estimate and slope, and those without each unit, (U,) each.

    df: those of the effect without a shift, for the whole line.
    """

    estimate: float
    slope: float
    estimates: Array
    slopes: Array
    units: Units
    df: float
    confidence: float

    def variances(self) -> tuple[float, float, float]:
        """Jackknife variances of estimate and slope, with the covariance between: v_ee, v_es, v_ss."""
        e, s = self.estimates, self.slopes
        ee, es, ss = (float(covariances(self.units, *pair).sum()) for pair in ((e, e), (e, s), (s, s)))
        return ee, es, ss

    def at(self, delta: float) -> Shifted:
        ee, es, ss = self.variances()
        variance = ee + 2 * delta * es + delta**2 * ss
        if not variance > 0:
            return Shifted(delta, NotEstimable("the estimate does not vary"))
        found = t_estimate(self.estimate + delta * self.slope, sqrt(variance), self.df, self.confidence)
        return Shifted(delta, found)

    def crossings(self) -> list[float]:
        """The deltas at which an end of the interval is nought, nearest first."""
        ee, es, ss = self.variances()
        square = t_quantile(self.df, self.confidence) ** 2
        a = self.slope**2 - square * ss
        b = 2 * (self.estimate * self.slope - square * es)
        c = self.estimate**2 - square * ee
        roots = np.roots([a, b, c]) if a != 0 or b != 0 else np.array([])
        return sorted((float(root.real) for root in roots if abs(root.imag) < 1e-12), key=abs)


def tipping(
    line: Line | NotEstimable,
    deltas: Sequence[float],
    *,
    arm: str,
    reference: str,
    visit: str,
    raised: Raised,
) -> Tipping:
    """The grid and the tipping point along it. line: why the effect cannot be had, where it cannot."""

    def answer(verdict: Verdict, says: str, at: float | None = None, first: float | None = None) -> Tipping:
        return Tipping(arm, reference, visit, raised, grid, at, first, verdict, says)

    grid: list[Shifted] = []
    if isinstance(line, NotEstimable):
        return answer("not estimable", line.not_estimable)
    grid += [line.at(delta) for delta in deltas]
    if not _clear(line.at(0.0)):
        return answer(
            "nothing to tip",
            "the interval holds nought without any shift: there is no finding that could tip",
        )
    within = [root for root in line.crossings() if min(deltas) <= root <= max(deltas)]
    who = one_line(arm) if raised == "active" else "all arms"
    if not within:
        ends = f"{min(deltas):g} to {max(deltas):g}"
        return answer(
            "not reached", f"not reached within the grid, {ends} points for missing values of {who}"
        )
    first = next((one.delta for one in sorted(grid, key=lambda one: abs(one.delta)) if not _clear(one)), None)
    says = f"the interval reaches nought when missing values of {who} lie {within[0]:+.3g} points from what is expected"
    return answer("tips", says, within[0], first)


def _clear(one: Shifted) -> bool:
    """Whether the interval leaves out nought."""
    return not isinstance(one.effect, NotEstimable) and one.effect.low * one.effect.high > 0


def delta_grid(farthest: float, count: int = 21) -> list[float]:
    """Deltas from nought to the farthest, in equal steps."""
    return [farthest * step / (count - 1) for step in range(count)]
