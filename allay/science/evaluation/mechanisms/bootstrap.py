"""Bootstrap samples within arms, and intervals from what they give.

Percentile and BCa intervals as in Davison & Hinkley, Bootstrap Methods and their Application (1997), equations 5.6,
5.8 (interpolation on the normal scale), 5.21-5.23 and, for the acceleration, 2.41 with jackknife influence values.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.results.mechanisms import Interval

Array = npt.NDArray[np.float64]
CELLS = 4_000_000  # counts held at a time
ENOUGH = 0.9  # of the samples must give an answer
LARGEST = 5_000  # people; beyond, the delta method's interval is as good and the bootstrap is not made


def samples(arm: Array, replicates: int, seed: int) -> Iterator[Array]:
    """Counts (r, n) of people drawn with replacement within each arm, some hundred samples at a time."""
    random = np.random.default_rng(seed)
    at_once = max(1, CELLS // max(len(arm), 1))
    strata = [np.flatnonzero(arm == level) for level in np.unique(arm)]
    for start in range(0, replicates, at_once):
        r = min(at_once, replicates - start)
        counts = np.zeros((r, len(arm)))
        for members in strata:
            drawn = random.integers(len(members), size=(r, len(members)))
            flat = (drawn + np.arange(r)[:, None] * len(members)).ravel()
            counts[:, members] = np.bincount(flat, minlength=r * len(members)).reshape(r, -1)
        yield counts


def without_each(n: int) -> Iterator[Array]:
    """Weights (r, n) with each person left out in turn."""
    at_once = max(1, CELLS // max(n, 1))
    for start in range(0, n, at_once):
        rows = np.arange(start, min(start + at_once, n))
        weights = np.ones((len(rows), n))
        weights[np.arange(len(rows)), rows] = 0
        yield weights


def percentile(found: Array, confidence: float) -> Interval | NotEstimable:
    """Of replicates (r,), NaN where a sample gave none."""
    usable = found[np.isfinite(found)]
    if reason := _too_few(found, usable):
        return reason
    tail = (1 - confidence) / 2
    low, high = quantiles(usable, np.array([tail, 1 - tail]))
    return Interval(float(low), float(high))


def bca(estimate: float, found: Array, influence: Array, confidence: float) -> Interval | NotEstimable:
    """Bias-corrected and accelerated; influence (n,) of each person."""
    from scipy.special import ndtr, ndtri

    usable = found[np.isfinite(found)]
    if reason := _too_few(found, usable):
        return reason
    bias = float(ndtri((usable < estimate).mean()))
    squares = float((influence**2).sum())
    if not isfinite(bias) or not isfinite(squares) or squares == 0:
        return NotEstimable("the estimate lies outside all bootstrap samples")
    acceleration = float((influence**3).sum()) / (6 * squares**1.5)
    tail = (1 - confidence) / 2
    z = bias + ndtri(np.array([tail, 1 - tail]))
    low, high = quantiles(usable, ndtr(bias + z / (1 - acceleration * z)))
    return Interval(float(low), float(high))


def _too_few(found: Array, usable: Array) -> NotEstimable | None:
    if len(found) == 0:
        return NotEstimable("no bootstrap was made")
    if len(usable) < ENOUGH * len(found):
        return NotEstimable(f"only {len(usable)} of {len(found)} bootstrap samples gave an answer")
    return None


def influences(estimate: float, left_out: Array, arm: Array) -> Array:
    """Jackknife influence values within arms from the estimates (n,) without each person."""
    sizes = {level: (arm == level).sum() for level in np.unique(arm)}
    return np.asarray((np.array([sizes[level] for level in arm]) - 1) * (estimate - left_out))


def quantiles(values: Array, share: Array) -> Array:
    """Order statistic (R + 1) share, between two of them interpolated on the normal scale (equation 5.8)."""
    from scipy.special import ndtri

    ordered, r = np.sort(values), len(values)
    rank = (r + 1) * share
    below = np.clip(np.floor(rank), 0, r).astype(int)
    inside = np.clip(below, 1, r - 1)
    left, right = ndtri(inside / (r + 1)), ndtri((inside + 1) / (r + 1))
    part = (ndtri(share) - left) / (right - left)
    between = ordered[inside - 1] + part * (ordered[inside] - ordered[inside - 1])
    return np.asarray(np.where(below == 0, ordered[0], np.where(below >= r, ordered[-1], between)))
