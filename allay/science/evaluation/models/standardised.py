"""Standardised effects: a difference in units of the outcome's own spread, with an interval that knows both.

    d = J (estimate / SD),  SD = sqrt(Sigma[t, t]) at one visit (the first by default), J = 1 - 3 / (4 df - 1)
    Var d = J^2 [ Var(estimate) / SD^2 + estimate^2 Var(Sigma[t, t]) / (4 SD^6) ]

by the delta method; with one covariance for each arm, Sigma[t, t] is their mean, weighted by the arms' people. The
estimates of beta and Sigma are asymptotically uncorrelated (Hedges, J Educ Stat 1981; 6: 107-128, for J).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import quoted
from allay.science.evaluation.models.covariance import STRUCTURES, structure
from allay.science.evaluation.models.degrees import t_quantile
from allay.science.evaluation.models.errors import BadModel
from allay.science.evaluation.models.fit import Estimated, Fit
from allay.science.evaluation.results import NotEstimable

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Standardised:
    """An effect in standard deviations, its standard error and interval, and the deviation used."""

    name: str
    visit: str | None
    d: float
    se: float
    low: float
    high: float
    sd: float


def standardise(fit: Fit, effect: Estimated, visit: str | None = None) -> Standardised | NotEstimable:
    """An effect of a fit in units of the spread at a visit. Raises BadModel for an unknown visit."""
    if fit.covariance not in STRUCTURES:
        return NotEstimable("there is no single standard deviation at a visit")
    if visit is not None and visit not in fit.visits:
        raise BadModel(f"there is no visit {quoted(visit)}")
    place = fit.visits.index(visit) if visit is not None else 0
    sd = sqrt(float(_shares(fit) @ fit.solution.covariances[:, place, place]))
    shrink = 1.0 if effect.df == inf else 1 - 3 / (4 * effect.df - 1)
    d = shrink * effect.estimate / sd
    se = shrink * sqrt(effect.se**2 / sd**2 + effect.estimate**2 * _uncertainty(fit, place) / (4 * sd**6))
    half = t_quantile(effect.df, fit.confidence) * se
    return Standardised(effect.name, effect.visit, d, se, d - half, d + half, sd)


def _shares(fit: Fit) -> Array:
    """(G,) each covariance group's share of the people."""
    groups = len(fit.solution.covariances)
    if groups == 1 or fit.summaries is None:
        return np.full(groups, 1 / groups)
    people = np.zeros(groups)
    for cell in fit.summaries.cells:
        people[cell.key.covariance] += cell.n
    return np.asarray(people / people.sum())


def _uncertainty(fit: Fit, place: int) -> float:
    """The variance of the estimate of Sigma[t, t]."""
    shape, shares = structure(fit.covariance, len(fit.visits)), _shares(fit)
    size = shape.size * len(shares)
    parts = np.split(fit.solution.parameters[:size], len(shares))
    diagonal = place * len(fit.visits) + place
    slope = np.concatenate(
        [share * shape.at(part).jacobian[diagonal] for share, part in zip(shares, parts, strict=True)]
    )
    spread = fit.precision.spread[:size, :size]
    return float(slope @ spread @ slope) * fit.solution.basis.scale**4
