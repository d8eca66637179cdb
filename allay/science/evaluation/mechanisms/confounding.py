"""What an unmeasured cause of both mediator and outcome would have to do to explain an indirect effect away.

With corr(e_mediator, e_outcome) = rho instead of the nought that mediation assumes, the indirect effect is

    a (s1 / s2) (r - rho sqrt((1 - r^2) / (1 - rho^2)))

where s2 and s1 are the SDs of what arm and covariates leave of mediator and outcome and r is their correlation; it is
nought at rho = r (Imai, Keele & Yamamoto, Statistical Science 2010; 25: 51-71, theorem 4). An unmeasured cause that
explains shares R2m and R2y of what is left of mediator and outcome has rho^2 = R2m R2y (their section 6.2).

The mediational E-value (Smith & VanderWeele, Epidemiology 2019; 30: 835-837) takes the effect in SDs of the outcome, d,
for a risk ratio exp(0.91 d): RR + sqrt(RR (RR - 1)).

Each mediator is looked at by itself. A cause of both that the arm changes is not covered.
"""

from __future__ import annotations

from math import exp, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.mechanisms.bootstrap import percentile
from allay.science.evaluation.results.mechanisms import Interval, RhoPoint, Sensitivity

Array = npt.NDArray[np.float64]
GRID = tuple(round(0.1 * step, 1) for step in range(-9, 10))
HALVINGS = 14


def indirect_at(rho: float | Array, a: Any, residual: Any) -> Any:
    """The indirect effect at rho from a (...) and residual covariances (..., 2, 2) of mediator and outcome."""
    s2, s1 = np.sqrt(residual[..., 0, 0]), np.sqrt(residual[..., 1, 1])
    r = residual[..., 0, 1] / (s1 * s2)
    spared = np.sqrt(np.maximum(1 - r**2, 0) / (1 - np.asarray(rho) ** 2))
    return a * s1 / s2 * (r - rho * spared)


def e_value(standardised: float) -> float:
    """Of an effect in standard deviations of the outcome; 1 for no effect."""
    ratio = exp(0.91 * abs(standardised))
    return ratio + sqrt(ratio * (ratio - 1))


def sensitivity(
    a: float,
    residual: Array,
    replicates: tuple[Array, Array],
    interval: Interval,
    unit: float,
    outcome_sd: float,
    confidence: float,
) -> Sensitivity | NotEstimable:
    """Of one mediator: a and residual (2, 2), the same of bootstrap samples (r,) and (r, 2, 2); `unit` in points.

    interval: of the indirect effect as it is, in points; outcome_sd: within arms, in points.
    """
    r = float(residual[0, 1] / sqrt(residual[0, 0] * residual[1, 1]))
    if not abs(r) < 1:
        return NotEstimable("mediator and outcome determine each other")

    def interval_at(rho: float) -> Interval | None:
        found = percentile(np.asarray(indirect_at(rho, *replicates)) * unit, confidence)
        return None if isinstance(found, NotEstimable) else found

    def point(rho: float) -> RhoPoint:
        around = interval_at(rho)
        ends = (around.low, around.high) if around else (None, None)
        return RhoPoint(rho, float(indirect_at(rho, a, residual)) * unit, *ends)

    nearer = min(abs(interval.low), abs(interval.high)) if interval.excludes_nought else 0.0
    return Sensitivity(
        rho=r,
        shared=r * r,
        rho_interval=_first_nought(interval_at, r),
        curve=[point(rho) for rho in GRID],
        e_value=e_value(float(indirect_at(0.0, a, residual)) * unit / outcome_sd),
        e_value_interval=e_value(nearer / outcome_sd),
    )


def _first_nought(interval_at: Any, r: float) -> float | None:
    """The rho nearest to nought, towards r, at which the interval takes in nought; by halving."""
    now, there = interval_at(0.0), interval_at(r)
    if now is None or not now.excludes_nought:
        return None
    if there is None or there.excludes_nought:
        return r
    clear, taken = 0.0, r
    for _ in range(HALVINGS):
        middle = (clear + taken) / 2
        if interval_at(middle).excludes_nought:
            clear = middle
        else:
            taken = middle
    return taken
