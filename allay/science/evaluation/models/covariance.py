"""Covariance structures of one person's visits: Sigma(theta) with its first and second derivatives.

Names and parameters (T visits), those of SAS and R's mmrm:

    us      unstructured                            T (T + 1) / 2 elements of Sigma
    toep    Toeplitz, one variance                  log SD, one correlation per lag
    toeph   Toeplitz, a variance per visit          T log SDs, one correlation per lag
    ar1     first-order autoregressive              log SD, correlation
    ar1h    the same, a variance per visit          T log SDs, correlation
    ad      antedependence, one variance            log SD, T - 1 correlations of neighbours
    adh     antedependence, a variance per visit    T log SDs, T - 1 correlations of neighbours
    cs      compound symmetry                       log SD, correlation
    csh     the same, a variance per visit          T log SDs, correlation

Unstructured keeps the elements themselves as parameters, so that second derivatives vanish; the others are
Sigma = diag(s) R(rho) diag(s) with s = exp(log SD).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import listed, quoted
from allay.science.evaluation.models.errors import BadModel

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
STRUCTURES = ("us", "toeph", "toep", "ar1h", "ar1", "adh", "ad", "csh", "cs")


@dataclass(frozen=True)
class Shape:
    """Sigma at one theta: (T, T); its Jacobian (T * T, m); and second derivatives contracted with a gradient.

    `bend(g)` with g (T * T) gives the (m, m) matrix sum_ab g_ab d2 Sigma_ab / d theta_k d theta_l.
    """

    sigma: Array
    jacobian: Array
    bend: Callable[[Array], Array]


@dataclass(frozen=True)
class Structure:
    """One covariance structure over T visits."""

    name: str
    visits: int

    @property
    def size(self) -> int:
        return len(self.labels())

    @property
    def linear(self) -> bool:
        return self.name == "us"

    def labels(self) -> list[str]:
        """Names of the parameters, visits counted from 1."""
        visits = range(1, self.visits + 1)
        if self.name == "us":
            return [f"covariance {a},{b}" for a in visits for b in range(1, a + 1)]
        spreads = [f"log sd {a}" for a in visits] if self.heterogeneous else ["log sd"]
        return spreads + [f"correlation {number + 1}" for number in range(self.correlations)]

    @property
    def heterogeneous(self) -> bool:
        return self.name.endswith("h")

    @property
    def correlations(self) -> int:
        """How many correlation parameters there are."""
        if self.visits == 1:
            return 0
        return 1 if self.name in ("ar1", "ar1h", "cs", "csh") else self.visits - 1

    def at(self, theta: Array) -> Shape:
        """Sigma and its derivatives at theta (m,)."""
        return self._elements(theta) if self.name == "us" else self._correlated(theta)

    def start(self, sigma: Array) -> Array:
        """Parameters close to a given (T, T) covariance."""
        if self.name == "us":
            return np.asarray(sigma[np.tril_indices(self.visits)])
        spread = np.sqrt(np.diag(sigma))
        correlation = sigma / np.outer(spread, spread)
        logs = np.log(spread) if self.heterogeneous else [np.log(np.mean(spread**2)) / 2]
        return np.concatenate([logs, self._correlations_like(correlation)])

    def _correlations_like(self, correlation: Array) -> Array:
        lags = [float(np.mean(np.diag(correlation, lag))) for lag in range(1, self.visits)]
        if not lags:
            return np.zeros(0)
        if self.name.startswith("toep"):
            return np.array(lags)
        if self.name.startswith("ad"):
            return np.clip(np.diag(correlation, 1), -0.95, 0.95)
        if self.name.startswith("ar1"):
            return np.clip([lags[0]], -0.95, 0.95)
        mean = (correlation.sum() - self.visits) / (self.visits * (self.visits - 1))
        return np.asarray(np.clip([mean], -0.9 / (self.visits - 1), 0.95))

    def _elements(self, theta: Array) -> Shape:
        spread, size = _duplication(self.visits), len(theta)
        sigma = (spread @ theta).reshape(self.visits, self.visits)
        return Shape(sigma, spread, lambda _: np.zeros((size, size)))

    def _correlated(self, theta: Array) -> Shape:
        visits, spreads = self.visits, self.visits if self.heterogeneous else 1
        tie = np.eye(visits) if self.heterogeneous else np.ones((visits, 1))
        s = np.exp(tie @ theta[:spreads])
        correlation, first, second = self._correlation(theta[spreads:])
        scale = np.outer(s, s)
        sigma = scale * correlation
        # d Sigma_ab / d log s_c = (1[a=c] + 1[b=c]) Sigma_ab
        touch = np.eye(visits)[:, None, :] + np.eye(visits)[None, :, :]
        touched = (touch @ tie).reshape(visits * visits, spreads)
        by_correlation = (scale[None] * first).reshape(len(first), visits * visits).T
        jacobian = np.concatenate([touched * sigma.reshape(-1, 1), by_correlation], axis=1)

        def bend(gradient: Array) -> Array:
            weighted = gradient * sigma.ravel()
            top = touched.T @ (weighted[:, None] * touched)
            cross = touched.T @ (gradient[:, None] * by_correlation)
            low = np.einsum("x,klx->kl", gradient * scale.ravel(), second.reshape(*second.shape[:2], -1))
            return np.block([[top, cross], [cross.T, low]])

        return Shape(sigma, jacobian, bend)

    def _correlation(self, rho: Array) -> tuple[Array, Array, Array]:
        """R (T, T), its first (c, T, T) and second (c, c, T, T) derivatives."""
        if self.name.startswith("ad"):
            return _antedependence(rho, self.visits)
        lag = np.abs(np.subtract.outer(np.arange(self.visits), np.arange(self.visits)))
        if self.name.startswith("ar1"):
            return _autoregressive(rho, lag)
        groups = (lag > 0).astype(int) if self.name.startswith("cs") else lag
        first = np.array([groups == number + 1 for number in range(len(rho))], dtype=float).reshape(
            -1, *lag.shape
        )
        correlation = np.eye(self.visits) + np.tensordot(rho, first, axes=1)
        return correlation, first, np.zeros((len(rho), len(rho), *lag.shape))


def _autoregressive(rho: Array, lag: Whole) -> tuple[Array, Array, Array]:
    if not len(rho):
        return np.ones(lag.shape), np.zeros((0, *lag.shape)), np.zeros((0, 0, *lag.shape))
    power = [float(rho[0]) ** np.maximum(lag - step, 0) for step in range(3)]
    return power[0], (lag * power[1])[None], (lag * (lag - 1) * power[2])[None, None]


def _antedependence(rho: Array, visits: int) -> tuple[Array, Array, Array]:
    """R_ab is the product of the correlations of the neighbours between a and b."""
    steps = len(rho)
    low = np.minimum.outer(np.arange(visits), np.arange(visits))
    high = np.maximum.outer(np.arange(visits), np.arange(visits))
    between = np.array([(low <= step) & (step < high) for step in range(steps)]).reshape(
        steps, visits, visits
    )

    def without(left_out: set[int]) -> Array:
        kept = [step for step in range(steps) if step not in left_out]
        factors = np.where(between[kept], rho[kept][:, None, None], 1.0)
        return np.asarray(factors.prod(axis=0)) if kept else np.ones((visits, visits))

    first = np.array([between[k] * without({k}) for k in range(steps)], dtype=float).reshape(
        steps, visits, visits
    )
    second = np.zeros((steps, steps, visits, visits))
    for k in range(steps):
        for other in range(k):
            second[k, other] = second[other, k] = between[k] * between[other] * without({k, other})
    return without(set()), first, second


_DUPLICATIONS: dict[int, Array] = {}


def _duplication(visits: int) -> Array:
    """(T * T, T (T + 1) / 2): the elements of the lower triangle, row by row, spread over both halves."""
    if visits not in _DUPLICATIONS:
        rows, columns = np.tril_indices(visits)
        found = np.zeros((visits, visits, len(rows)))
        found[rows, columns, np.arange(len(rows))] = 1.0
        found[columns, rows, np.arange(len(rows))] = 1.0
        _DUPLICATIONS[visits] = found.reshape(visits * visits, len(rows))
    return _DUPLICATIONS[visits]


def structure(name: str, visits: int) -> Structure:
    """The structure of that name. Raises BadModel for an unknown one."""
    if name not in STRUCTURES:
        raise BadModel(f"covariance {quoted(name)} is unknown (there are {listed(STRUCTURES)})")
    return Structure(name, visits)
