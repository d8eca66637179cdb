"""Full-information maximum likelihood of a multivariate normal regression in which responses are missing.

    y_i ~ N(B z_i, Sigma(theta)), of y_i only the observed part counts (Little & Rubin, Statistical Analysis with Missing
    Data, 3rd ed. 2020, section 11.3); Sigma is any smooth function of theta that gives its derivatives.

People are reduced to cross-products for each pattern of observed responses. Newton's method on (B, theta) with the
observed information, or the expected one where that is not positive definite; step halving keeps every step uphill. What
is returned is a maximum: the gradient is nought in units of its own standard error and the observed information, which
also gives the standard errors, is positive definite. Under values missing at random the observed information is
the one to use (Kenward & Molenberghs, Statistical Science 1998; 13: 236-247).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, pi
from typing import Protocol

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.errors import Unestimable

Array = npt.NDArray[np.float64]
MOST_STEPS = 60
HALVINGS = 20
FLAT = 1e-3  # least curvature taken for a step, where the observed information is not positive definite
CLOSE = 1e-14  # gradient' information^-1 gradient at a maximum
NEAR = 1e-9  # the same, where rounding lets no further step go uphill


class Covariance(Protocol):
    """Sigma as a function of theta (m,)."""

    def sigma(self, theta: Array) -> Array:
        """(q, q) alone."""
        ...

    def at(self, theta: Array) -> tuple[Array, Array, Array | None]:
        """Sigma (q, q), first derivatives (m, q, q), second ones (m, m, q, q) or None where all are nought."""
        ...


@dataclass(frozen=True)
class Unstructured:
    """Every variance and covariance of q responses by itself."""

    q: int

    def sigma(self, theta: Array) -> Array:
        made = np.zeros((self.q, self.q))
        rows, columns = np.tril_indices(self.q)
        made[rows, columns] = made[columns, rows] = theta
        return made

    def at(self, theta: Array) -> tuple[Array, Array, Array | None]:
        first = np.zeros((len(theta), self.q, self.q))
        for place, (row, column) in enumerate(zip(*np.tril_indices(self.q), strict=True)):
            first[place, row, column] = first[place, column, row] = 1.0
        return self.sigma(theta), first, None

    def elements(self, sigma: Array) -> Array:
        return np.asarray(sigma[np.tril_indices(self.q)])


@dataclass(frozen=True)
class Pattern:
    """People of whom the same responses were observed: their number and cross-products."""

    observed: tuple[int, ...]
    n: float
    zz: Array
    zy: Array
    yy: Array


@dataclass(frozen=True)
class Maximum:
    """coefficients (q, p), theta (m,), sigma (q, q); information of (coefficients by rows, theta)."""

    coefficients: Array
    theta: Array
    sigma: Array
    loglik: float
    information: Array
    decrement: float
    steps: int

    @property
    def covariance(self) -> Array:
        """Of (coefficients by rows, theta)."""
        return np.asarray(np.linalg.inv(self.information))


def seen_patterns(y: Array) -> list[tuple[tuple[int, ...], npt.NDArray[np.intp]]]:
    """Which responses are observed together, and in whose rows; rows without any are left out."""
    known, which = np.unique(~np.isnan(y), axis=0, return_inverse=True)
    which = which.reshape(-1)
    return [
        (tuple(np.flatnonzero(row).tolist()), np.flatnonzero(which == place))
        for place, row in enumerate(known)
        if row.any()
    ]


def reduce(z: Array, y: Array) -> tuple[Pattern, ...]:
    """Regressors (n, p) without gaps and responses (n, q), NaN where missing, as cross-products."""
    made = []
    for observed, rows in seen_patterns(y):
        zi, yi = z[rows], y[rows][:, list(observed)]
        made.append(Pattern(observed, float(len(rows)), zi.T @ zi, zi.T @ yi, yi.T @ yi))
    return tuple(made)


@dataclass(frozen=True)
class _Point:
    """The log-likelihood at one place, its gradient, and both kinds of information."""

    loglik: float
    gradient: Array
    observed: Array
    expected: Array


def _derivatives(patterns: Sequence[Pattern], shape: Covariance, b: Array, theta: Array) -> _Point | None:
    """None where Sigma is not positive definite."""
    sigma, first, second = shape.at(theta)
    q, p, m = len(b), b.shape[1], len(theta)
    loglik, gradient = 0.0, np.zeros(q * p + m)
    observed, expected = np.zeros((q * p + m,) * 2), np.zeros((q * p + m,) * 2)
    for one in patterns:
        seen = np.array(one.observed)
        try:
            root = np.linalg.cholesky(sigma[np.ix_(seen, seen)])
        except np.linalg.LinAlgError:
            return None
        inverse = np.linalg.inv(root)
        s = inverse.T @ inverse
        bo = b[seen]
        error = one.zy.T - bo @ one.zz  # (o, p)
        r = one.yy - bo @ one.zy - error @ bo.T
        logdet = 2 * float(np.log(np.diag(root)).sum())
        loglik -= 0.5 * (one.n * (len(seen) * log(2 * pi) + logdet) + float((s * r).sum()))
        g = 0.5 * (s @ r @ s - one.n * s)
        d = first[:, seen[:, None], seen]
        sd = s @ d  # (m, o, o)
        where = (seen[:, None] * p + np.arange(p)).ravel()
        gradient[where] += (s @ error).ravel()
        gradient[q * p :] += np.tensordot(d, g, 2)
        mean = np.kron(s, one.zz)
        cross = (sd @ (s @ error)).reshape(m, -1).T
        turned = sd.transpose(0, 2, 1).reshape(m, -1)
        spread = 0.5 * one.n * (sd.reshape(m, -1) @ turned.T)
        curved = sd.reshape(m, -1) @ (sd @ (s @ r)).transpose(0, 2, 1).reshape(m, -1).T - spread
        if second is not None:
            curved = curved - np.tensordot(second[:, :, seen[:, None], seen], g, 2)
        at = np.ix_(where, where)
        expected[at] += mean
        observed[at] += mean
        observed[np.ix_(where, np.arange(q * p, q * p + m))] += cross
        observed[q * p :, q * p :] += curved
        expected[q * p :, q * p :] += spread
    observed[q * p :, : q * p] = observed[: q * p, q * p :].T
    return _Point(loglik, gradient, 0.5 * (observed + observed.T), expected)


def maximise(patterns: Sequence[Pattern], shape: Covariance, b: Array, theta: Array) -> Maximum:
    """The maximum uphill of a start at coefficients b (q, p) and theta (m,). Raises Unestimable."""
    point = _derivatives(patterns, shape, b, theta)
    if point is None:
        raise Unestimable("the covariance at the start is not positive definite")
    for steps in range(MOST_STEPS):
        step, definite = _step(point)
        decrement = float(point.gradient @ step)
        if definite and decrement < CLOSE:
            return _polished(patterns, shape, b, theta, point, step, steps)
        moved = _uphill(patterns, shape, b, theta, point, step)
        if moved is None:
            if definite and decrement < NEAR:
                return _maximum(shape, b, theta, point, decrement, steps)
            break
        b, theta, point = moved
    raise Unestimable("the likelihood has no clear maximum: too little was measured together")


def _polished(
    patterns: Sequence[Pattern],
    shape: Covariance,
    b: Array,
    theta: Array,
    point: _Point,
    step: Array,
    steps: int,
) -> Maximum:
    """The maximum after one last step, which the log-likelihood is too coarse to judge."""
    decrement = float(point.gradient @ step)
    last_b, last_theta = b + step[: b.size].reshape(b.shape), theta + step[b.size :]
    found = _derivatives(patterns, shape, last_b, last_theta)
    if found is None:
        return _maximum(shape, b, theta, point, decrement, steps)
    return _maximum(shape, last_b, last_theta, found, decrement, steps)


def _maximum(
    shape: Covariance, b: Array, theta: Array, point: _Point, decrement: float, steps: int
) -> Maximum:
    return Maximum(b, theta, shape.sigma(theta), point.loglik, point.observed, decrement, steps)


def _step(point: _Point) -> tuple[Array, bool]:
    """Newton's step and whether the observed information was positive definite.

    Where it was not, the step takes every curvature as if it were downhill, and none as less than `FLAT` of what is
    expected: uphill in any case, and away from saddles.
    """
    size = np.sqrt(np.diag(point.expected))
    if not (np.isfinite(size).all() and size.all()):
        raise Unestimable("the data do not determine every variance and covariance that is needed")
    curves, turn = np.linalg.eigh(point.observed / np.outer(size, size))
    definite = bool(curves[0] > 1e-11 * curves[-1])
    taken = curves if definite else np.maximum(np.abs(curves), FLAT)
    return turn @ ((turn.T @ (point.gradient / size)) / taken) / size, definite


def _uphill(
    patterns: Sequence[Pattern], shape: Covariance, b: Array, theta: Array, point: _Point, step: Array
) -> tuple[Array, Array, _Point] | None:
    for halving in range(HALVINGS):
        part = step * 0.5**halving
        new_b, new_theta = b + part[: b.size].reshape(b.shape), theta + part[b.size :]
        if _loglik(patterns, shape.sigma(new_theta), new_b) > point.loglik:
            found = _derivatives(patterns, shape, new_b, new_theta)
            return None if found is None else (new_b, new_theta, found)
    return None


def _loglik(patterns: Sequence[Pattern], sigma: Array, b: Array) -> float:
    """The log-likelihood alone; minus infinity where sigma is not positive definite."""
    total = 0.0
    for one in patterns:
        seen = list(one.observed)
        try:
            root = np.linalg.cholesky(sigma[np.ix_(seen, seen)])
        except np.linalg.LinAlgError:
            return -np.inf
        bo = b[seen]
        r = one.yy - bo @ one.zy - (one.zy.T - bo @ one.zz) @ bo.T
        inverse = np.linalg.inv(root)
        logdet = 2 * float(np.log(np.diag(root)).sum())
        total -= 0.5 * (one.n * (len(seen) * log(2 * pi) + logdet) + float(((inverse.T @ inverse) * r).sum()))
    return total


def start(z: Array, y: Array) -> tuple[Array, Array]:
    """Coefficients (q, p) by least squares on what was observed of each response, and residual variances (q,)."""
    b, variances = [], []
    for column in y.T:
        known = ~np.isnan(column)
        one, *_ = np.linalg.lstsq(z[known], column[known], rcond=None)
        rest = column[known] - z[known] @ one
        b.append(one)
        variances.append(float(rest @ rest) / max(int(known.sum()), 1))
    return np.array(b), np.array(variances)
