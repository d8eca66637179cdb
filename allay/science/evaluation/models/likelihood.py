"""The restricted and the full likelihood of a mixed model for repeated measures, on compressed people.

Person i in pattern p:  y_i = X_i beta + e_i,  e_i ~ N(0, Sigma[o, o]),  o the pattern's visits. With
W = Sigma[o, o]^-1 (zero outside o), A = sum X'WX, Phi = A^-1 and beta = Phi sum X'Wy,

    -2 l_R = (N - k) log 2 pi + sum log |Sigma[o, o]| + log |A| + sum (y - X beta)' W (y - X beta)

and the full likelihood without log |A| and with N for N - k (Patterson & Thompson, Biometrika 1971; 58: 545-554).
Derivatives are taken in the T * T elements of Sigma, where they are sums over patterns of small matrices; any
structure follows by the chain rule. For symmetric directions S, S' of Sigma, with M = W K W,
K = sum (r r' + X Phi X'), P_S = -sum X'W S W X and g_S = -sum X'W S W r:

    -2 dl[S]     = sum n tr(W S) - tr(M S)
    -2 d2l[S,S'] = - sum n tr(W S W S') + 2 sum tr(S M S' W) - tr(Phi P_S Phi P_S') - 2 g_S' Phi g_S'

(Lindstrom & Bates, JASA 1988; 83: 1014-1022, in these terms.) Without the terms in Phi for the full likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.compressed import Compressed

Array = npt.NDArray[np.float64]
LOG_TWO_PI = float(np.log(2 * np.pi))
SINGULAR = 1e-12  # share of a variance left by the visits before it, below which Sigma counts as singular


@dataclass(frozen=True)
class Point:
    """The model at one Sigma (G, T, T), for G covariance groups. Arrays in the basis of the compressed people.

    inverse (P, T, T) is W; logs is sum n log |Sigma[o, o]|; root (rank, rank) with Phi = root root'; beta (rank,);
    weighted (P, T, r, rank + 1) is W [X, y]; log_likelihood in the units of the outcome as given.
    """

    people: Compressed
    reml: bool
    sigma: Array
    inverse: Array
    logs: float
    root: Array
    beta: Array
    weighted: Array
    log_likelihood: float

    @property
    def phi(self) -> Array:
        return np.asarray(self.root @ self.root.T)


def point(people: Compressed, sigma: Array, reml: bool) -> Point | None:
    """The model at Sigma (G, T, T); None where it is not positive definite at some pattern."""
    solved = inverses(people, sigma)
    if solved is None:
        return None
    inverse, log_determinants = solved
    weighted, products = _weighted(people, inverse)
    return _solved(people, reml, sigma, inverse, weighted, products, float(people.n @ log_determinants))


def _weighted(people: Compressed, inverse: Array) -> tuple[Array, Array]:
    """W [X, y] and [X, y]'W [X, y]; below `depth` only y is there."""
    rows, (count, visits, _, width) = people.rows, people.rows.shape
    above, below = rows[:, :, : people.depth], rows[:, :, people.depth :, -1]
    both = (inverse @ above.reshape(count, visits, -1)).reshape(above.shape)
    alone = inverse @ below
    products = above.reshape(-1, width).T @ both.reshape(-1, width)
    products[-1, -1] += np.vdot(below, alone)
    weighted = np.zeros(rows.shape)
    weighted[:, :, : people.depth] = both
    weighted[:, :, people.depth :, -1] = alone
    return weighted, products


def inverses(people: Compressed, sigma: Array) -> tuple[Array, Array] | None:
    """W (P, T, T), zero where not observed, and log |Sigma[o, o]| (P,)."""
    seen = people.observed[:, :, None] & people.observed[:, None, :]
    filled = np.where(seen, sigma[people.covariance], np.eye(sigma.shape[1]))
    try:
        roots = np.linalg.cholesky(filled)
    except np.linalg.LinAlgError:
        return None
    pivots = np.diagonal(roots, axis1=1, axis2=2)
    if (pivots**2 < SINGULAR * np.diagonal(filled, axis1=1, axis2=2)).any():
        return None
    logs = 2 * np.log(pivots).sum(axis=1)
    return np.where(seen, np.linalg.inv(filled), 0.0), logs


def _solved(
    people: Compressed,
    reml: bool,
    sigma: Array,
    inverse: Array,
    weighted: Array,
    products: Array,
    logs: float,
) -> Point | None:
    k = people.rank
    try:
        lower = np.linalg.cholesky(products[:k, :k])
    except np.linalg.LinAlgError:
        return None
    root = np.linalg.inv(lower).T
    half = root.T @ products[:k, k]
    rest = products[k, k] - half @ half
    value = log_likelihood(people, reml, logs, 2 * float(np.log(np.diag(lower)).sum()), float(rest))
    return Point(people, reml, sigma, inverse, logs, root, root @ half, weighted, value)


def log_likelihood(people: Compressed, reml: bool, logs: float, log_a: float, rest: float) -> float:
    """From log |V|, log |X'V^-1 X| and the residual quadratic form, all in the basis; in the units of the outcome."""
    basis = people.basis
    free = people.observations - (people.rank if reml else 0)
    value = free * LOG_TWO_PI + logs + rest + (log_a + 2 * basis.log_determinant if reml else 0.0)
    return -value / 2 - free * float(np.log(basis.scale)) + people.log_weights


@dataclass(frozen=True)
class Slopes:
    """Derivatives of minus the log-likelihood in the elements of the G covariances.

    gradient (G * T * T,); observed and expected information (G * T * T, G * T * T), to be contracted with
    symmetric directions only; design (G * T * T, rank, rank) is root' (sum X'W S W X) root for each
    element S, that is -root' P root, and mixed (G * T * T, rank) is root' (sum X'W S W r).
    """

    gradient: Array
    observed: Array
    expected: Array
    design: Array
    mixed: Array


def slopes(at: Point) -> Slopes:
    """First and second derivatives at a point."""
    people = at.people
    count, visits, _, width = people.rows.shape
    k, groups, depth = width - 1, at.sigma.shape[0], people.depth
    residual = at.weighted @ np.append(-at.beta, 1.0)  # (P, T, r): W (y - X beta)
    turned = at.weighted[:, :, :depth, :k] @ at.root  # (P, T, depth, k): W X root
    errors = residual @ residual.transpose(0, 2, 1)
    residual = residual[:, :, :depth]
    flat = turned.reshape(count, visits, depth * k)
    fixed = flat @ flat.transpose(0, 2, 1) if at.reml else np.zeros_like(errors)
    size = visits * visits
    gradient = np.zeros((groups, size))
    same = np.zeros((groups, size, groups, size))
    expected = np.zeros_like(same)
    design, mixed = np.zeros((groups, size, k, k)), np.zeros((groups, size, k))
    for group in range(groups):
        mine = people.covariance == group
        w, n = at.inverse[mine], people.n[mine][:, None, None]
        gradient[group] = (n * w - errors[mine] - fixed[mine]).sum(axis=0).ravel() / 2
        counted = crossed(n * w, w)
        same[group, :, group] = crossed(errors[mine] + fixed[mine], w) - counted / 2
        expected[group, :, group] = counted / 2 - crossed(fixed[mine], w)
        by_visit = turned[mine].transpose(1, 3, 0, 2).reshape(visits * k, -1)
        both = (by_visit @ by_visit.T).reshape(visits, k, visits, k)
        design[group] = both.transpose(0, 2, 1, 3).reshape(size, k, k)
        cross = by_visit @ residual[mine].transpose(1, 0, 2).reshape(visits, -1).T
        mixed[group] = cross.reshape(visits, k, visits).transpose(0, 2, 1).reshape(size, k)
    return _assembled(at, gradient, same, expected, design, mixed)


def _assembled(
    at: Point, gradient: Array, same: Array, expected: Array, design: Array, mixed: Array
) -> Slopes:
    size = gradient.size
    cross = mixed.reshape(size, -1)
    observed = same.reshape(size, size) - cross @ cross.T
    flat = design.reshape(size, -1)
    expected = expected.reshape(size, size)
    if at.reml:
        shared = flat @ flat.T / 2  # tr(Phi P_S Phi P_S')
        observed, expected = observed - shared, expected + shared
    return Slopes(gradient.ravel(), observed, expected, design.reshape(size, *design.shape[2:]), cross)


def crossed(left: Array, right: Array) -> Array:
    """sum_p left_p[a, c] right_p[b, d] as a matrix over (ab, cd)."""
    visits = left.shape[1]
    size = visits * visits
    found = left.reshape(-1, size).T @ right.reshape(-1, size)  # (ac, bd)
    return found.reshape(visits, visits, visits, visits).transpose(0, 2, 1, 3).reshape(size, size)
