"""Mediation from everybody of whom mediator or outcome was measured: full-information maximum likelihood.

What was measured of a person counts, nothing is filled in; right where values are missing at random given what was
measured. Covariates known of everybody are regressors; the others are responses beside mediators and outcome.
Standard errors from the observed information. The bootstrap's samples are estimated together by the EM algorithm
(Dempster, Laird & Rubin 1977; Little & Rubin 2020, section 11.3) on cross-products, from the maximum of all people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.mechanisms.joint_normal import (
    Maximum,
    Unstructured,
    maximise,
    reduce,
    seen_patterns,
    start,
)
from allay.science.evaluation.mechanisms.paths import Estimated, Replicates, paths
from allay.science.evaluation.mechanisms.sample import FEWEST, Sample
from allay.science.evaluation.mechanisms.sweep import sweep
from allay.science.evaluation.models.errors import Unestimable

Array = npt.NDArray[np.float64]
COMPLEX_STEP = 1e-30
ROUNDS = 200
CLOSE = 2e-6  # largest change of a coefficient or covariance (in standard deviations) in one round


@dataclass(frozen=True)
class _Seen:
    """People with the same gaps, in each of r samples: how many, and their products of (z, observed responses)."""

    observed: list[int]
    missing: list[int]
    inside: list[int]  # where z and the observed responses stand among (z, y)
    products: Array  # (r, d, d)
    n: Array  # (r,)


class FullInformation:
    """Everybody of a sample: how they are estimated, and estimated again under other weights of people."""

    def __init__(self, people: Sample) -> None:
        self.people, self.arm = people, people.arm
        self._k = people.mediators.shape[1]
        gaps = np.isnan(people.covariates).any(axis=0)
        self._c = int(gaps.sum())
        n = len(self.arm)
        self._z = np.column_stack([np.ones(n), self.arm, people.covariates[:, ~gaps]])
        self._y = np.column_stack([people.covariates[:, gaps], people.mediators, people.outcome])
        self._check()
        self._maximum: Maximum | None = None

    def _check(self) -> None:
        together = ~np.isnan(self._y[:, self._c :]).any(axis=1)
        left = int(together.sum()) - self._z.shape[1] - self._c - self._k
        if left < FEWEST:
            raise Unestimable(
                f"mediator and outcome were measured together of only {int(together.sum())} people; "
                f"{FEWEST - left} more needed"
            )

    def estimate(self) -> Estimated:
        """Raises Unestimable where the likelihood has no clear maximum."""
        b, variances = start(self._z, self._y)
        if (variances <= 1e-10).any():
            raise Unestimable("the other columns determine a mediator or the outcome")
        shape = Unstructured(self._y.shape[1])
        self._maximum = maximise(reduce(self._z, self._y), shape, b, shape.elements(np.diag(variances)))
        found = paths(self._maximum.coefficients, self._maximum.sigma, self._c)
        if not found.sound:
            raise Unestimable("covariates and mediators determine each other")
        slope = self._slope(self._maximum, shape)
        covariance = slope @ self._maximum.covariance @ slope.T
        return Estimated(found.paths, covariance, None, found.residual)

    def _slope(self, at: Maximum, shape: Unstructured) -> Array:
        """(2k + 2, parameters) derivative of the paths, by complex steps."""
        place = np.concatenate([at.coefficients.ravel(), at.theta])
        steps = place + 1j * COMPLEX_STEP * np.eye(len(place))
        size, q = at.coefficients.size, len(at.sigma)
        sigma = np.zeros((len(place), q, q), dtype=complex)
        rows, columns = np.tril_indices(q)
        sigma[:, rows, columns] = sigma[:, columns, rows] = steps[:, size:]
        b = steps[:, :size].reshape(-1, *at.coefficients.shape)
        return np.asarray(paths(b, sigma, self._c).paths.imag.T / COMPLEX_STEP)

    def again(self, weights: Array) -> Replicates:
        """Paths under weights (r, n) of people, by EM from the maximum of all; not sound where it does not settle."""
        if self._maximum is None:
            raise RuntimeError("estimate first")
        b, sigma, settled = self._em(self._maximum, weights)
        found = paths(b, sigma, self._c)
        return Replicates(found.paths, found.residual, settled & found.sound)

    def _em(self, at: Maximum, weights: Array) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
        """Coefficients (r, q, p), covariances (r, q, q), and which have settled."""
        r, p = len(weights), self._z.shape[1]
        seen, known, size = self._known(weights)
        b, sigma = np.tile(at.coefficients, (r, 1, 1)), np.tile(at.sigma, (r, 1, 1))
        sound, active = np.ones(r, dtype=bool), np.arange(r)
        for _ in range(ROUNDS):
            total, good = _expected(seen, known[active], b[active], sigma[active], active)
            swept, whole = sweep(total, range(p))
            new_b = swept[:, :p, p:].transpose(0, 2, 1)
            new_sigma = swept[:, p:, p:] / size[active, None, None]
            change = np.maximum(
                np.abs(new_b - b[active]).max(axis=(1, 2)), np.abs(new_sigma - sigma[active]).max(axis=(1, 2))
            )
            b[active], sigma[active] = new_b, new_sigma
            sound[active] &= good & whole
            active = active[good & whole & (change > CLOSE)]
            if not len(active):
                break
        sound[active] = False
        return b, sigma, sound

    def _known(self, weights: Array) -> tuple[list[_Seen], Array, Array]:
        """The patterns with gaps, what was observed of all cross-products (r, p + q, p + q), and the people (r,)."""
        p, q = self._z.shape[1], self._y.shape[1]
        known, size, seen = np.zeros((len(weights), p + q, p + q)), np.zeros(len(weights)), []
        for observed, rows in seen_patterns(self._y):
            v = np.column_stack([self._z[rows], self._y[rows][:, list(observed)]])
            flat = (v[:, :, None] * v[:, None, :]).reshape(len(rows), -1)
            mine = weights[:, rows]
            products = (mine @ flat).reshape(len(weights), v.shape[1], v.shape[1])
            n = mine.sum(axis=1)
            size += n
            missing = [place for place in range(q) if place not in observed]
            one = _Seen(list(observed), missing, [*range(p), *(p + place for place in observed)], products, n)
            known[np.ix_(range(len(weights)), one.inside, one.inside)] += products
            seen += [one] if missing else []
        return seen, known, size


def _expected(
    seen: list[_Seen], known: Array, b: Array, sigma: Array, active: npt.NDArray[np.intp]
) -> tuple[Array, npt.NDArray[np.bool_]]:
    """The E step: cross-products of (z, y) that are expected given what was observed, for each active sample."""
    total, sound, p = known.copy(), np.ones(len(b), dtype=bool), b.shape[2]
    for one in seen:
        swept, good = sweep(sigma, one.observed)
        sound &= good
        slope = swept[:, one.observed][:, :, one.missing].transpose(0, 2, 1)
        fill = np.concatenate([b[:, one.missing] - slope @ b[:, one.observed], slope], axis=2)
        cross = fill @ one.products[active]
        rest = one.n[active, None, None] * swept[:, one.missing][:, :, one.missing]
        filled = [p + place for place in one.missing]
        total[np.ix_(range(len(b)), filled, one.inside)] += cross
        total[np.ix_(range(len(b)), one.inside, filled)] += cross.transpose(0, 2, 1)
        total[np.ix_(range(len(b)), filled, filled)] += cross @ fill.transpose(0, 2, 1) + rest
    return total, sound
