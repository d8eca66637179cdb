"""The certificate of a fit: is this a maximum of the likelihood, and one to be trusted?

It is issued from the derivatives at the reported parameters alone, whatever search led there, and holds when

- the gradient is nought: g' H^-1 g, twice the log-likelihood still to be gained, is below 1e-8;
- the observed information H of the free parameters is positive definite, so the point is a maximum;
- every covariance is positive definite with room to spare;
- at a variance estimated as nought, no direction back inside raises the likelihood (Kuhn-Tucker).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.newton import Derivatives, solve_definite

Array = npt.NDArray[np.float64]
STILL_TO_GAIN = 1e-8
SINGULAR = 1e-9  # smallest eigenvalue of a correlation matrix that counts as positive


@dataclass(frozen=True)
class Certificate:
    """Whether a fit holds, and what was looked at.

    gradient: largest |g_k| / sqrt(H_kk); decrement: g' H^-1 g; curvature: smallest eigenvalue of H scaled to a
    unit diagonal; room: smallest eigenvalue of the covariances as correlations; boundary: what was estimated at the
    edge of its range; faults: why it does not hold.
    """

    holds: bool
    gradient: float
    decrement: float
    curvature: float
    room: float
    boundary: tuple[str, ...]
    faults: tuple[str, ...]


def certify(
    at: Derivatives,
    covariances: Array,
    *,
    boundary: tuple[str, ...] = (),
    outward: bool = True,
) -> Certificate:
    """From the derivatives of the free parameters, the (G, T, T) covariances, and what lies on the boundary.

    `outward`: on the boundary, the likelihood falls in every direction back inside.
    """
    finite = bool(np.isfinite(at.gradient).all() and np.isfinite(at.observed).all())
    sizes = np.sqrt(np.maximum(np.abs(np.diag(at.observed)), 1e-300)) if finite else np.ones(len(at.gradient))
    solved = solve_definite(at.observed, at.gradient) if finite else None
    gradient = float(np.abs(at.gradient / sizes).max(initial=0.0)) if finite else float("nan")
    decrement = float(at.gradient @ solved) if solved is not None else float("inf")
    scaled = at.observed / np.outer(sizes, sizes)
    curvature = (
        float(np.linalg.eigvalsh(scaled)[0]) if finite and len(sizes) else (1.0 if finite else float("nan"))
    )
    room = min((_room(sigma) for sigma in covariances), default=1.0)
    faults = _faults(solved is not None, decrement, room, outward)
    return Certificate(not faults, gradient, decrement, curvature, room, boundary, faults)


def _faults(maximum: bool, decrement: float, room: float, outward: bool) -> tuple[str, ...]:
    found = []
    if not maximum:
        found.append("the information is not positive definite: no maximum, or one that is not determined")
    elif not decrement < STILL_TO_GAIN:
        found.append("the gradient is not zero: the likelihood can still be raised")
    if not room > SINGULAR:
        found.append("a covariance matrix is singular")
    if not outward:
        found.append("the likelihood rises from the boundary inwards")
    return tuple(found)


def _room(sigma: Array) -> float:
    spread = np.sqrt(np.diag(sigma))
    if not (np.isfinite(sigma).all() and (spread > 0).all()):
        return 0.0
    return float(np.linalg.eigvalsh(sigma / np.outer(spread, spread))[0])
