"""How sure we are of the variance that a therapy group's people share: an interval from the profile likelihood.

All psi with 2 (l(max) - l(psi)) below the chi-square quantile of one df belong to it, Sigma being fitted anew at each
(Venzon & Moolgavkar, Appl Stat 1988; 37: 87-94). The intraclass correlation at a visit is psi / (psi + Sigma[t, t]),
its ends are those of psi. Where psi = 0 is not excluded the interval begins at 0; at psi = 0 itself the quantile of one
df is a little too wide (Self & Liang, JASA 1987; 82: 605-610), never too narrow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.errors import Unestimable
from allay.science.evaluation.models.groups import Grouped, GroupedFit
from allay.science.evaluation.models.newton import Derivatives, minimise

Array = npt.NDArray[np.float64]
MOST_DOUBLINGS = 40


@dataclass(frozen=True)
class Fixed:
    """The model with psi held."""

    grouped: Grouped
    psi: float

    def value(self, theta: Array) -> float | None:
        return self.grouped.value(np.append(theta, self.psi))

    def derivatives(self, theta: Array) -> Derivatives:
        found = self.grouped.derivatives(np.append(theta, self.psi))
        return Derivatives(found.gradient[:-1], found.observed[:-1, :-1], found.expected[:-1, :-1])


@dataclass(frozen=True)
class Interval:
    """Of psi, in squared units of the outcome, and of the intraclass correlation at each visit."""

    low: float
    high: float
    correlations: tuple[tuple[float, float], ...]


def interval(fit: GroupedFit, covariance: int, confidence: float = 0.95) -> Interval:
    """`covariance`: which covariance group the people who meet belong to. Raises Unestimable without an upper end."""
    from scipy.optimize import brentq
    from scipy.special import chdtri

    grouped, best = fit.objective, fit.theta
    limit = float(chdtri(1, 1 - confidence))
    top = -float(grouped.value(best) or 0.0)
    known: dict[float, Array] = {float(best[-1]): best[:-1]}

    def beyond(psi: float) -> float:
        """How far the deviance at psi exceeds the limit, from the nearest fit as a start."""
        start = known[min(known, key=lambda other: abs(other - psi))]
        optimum = minimise(Fixed(grouped, psi), start)
        if not optimum.settled:
            raise Unestimable("the profile likelihood of the groups' variance could not be followed")
        known[psi] = optimum.theta
        return 2 * (top + optimum.value) - limit

    estimate = float(best[-1])
    low = 0.0 if estimate == 0 or beyond(0.0) <= 0 else float(brentq(beyond, 0.0, estimate, rtol=1e-7))
    high = float(brentq(beyond, *_bracket(beyond, grouped, best), rtol=1e-7))
    ends = [
        (psi, _spread(grouped, known[psi] if psi in known else _at(grouped, known, psi), covariance))
        for psi in (low, high)
    ]
    scale = grouped.people.basis.scale**2
    shares = [grouped.alike * psi / (grouped.alike * psi + spread) for psi, spread in ends]
    pairs = tuple((float(first), float(last)) for first, last in zip(*shares, strict=True))
    return Interval(low * scale, high * scale, pairs)


def _bracket(beyond: Callable[[float], float], grouped: Grouped, best: Array) -> tuple[float, float]:
    """psi on both sides of the upper end."""
    inside = float(best[-1])
    outside = max(2 * inside, 0.05 * float(np.mean(np.diagonal(grouped.plain.covariances(best[:-1])[0]))))
    for _ in range(MOST_DOUBLINGS):
        if beyond(outside) > 0:
            return inside, outside
        inside, outside = outside, 2 * outside
    raise Unestimable("the groups' variance has no upper end")


def _at(grouped: Grouped, known: dict[float, Array], psi: float) -> Array:
    start = known[min(known, key=lambda other: abs(other - psi))]
    return minimise(Fixed(grouped, psi), start).theta


def _spread(grouped: Grouped, theta: Array, covariance: int) -> Array:
    """(T,) the variances within groups."""
    return np.asarray(np.diag(grouped.plain.covariances(theta)[covariance]))
