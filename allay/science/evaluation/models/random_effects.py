"""Random intercepts and slopes: likelihood and derivatives from each person's small cross-products.

y_i = X_i beta + Z_i b_i + e_i,  b_i ~ N(0, D),  e_i ~ N(0, s I),  V_i = Z_i D Z_i' + s I  (Laird & Ware, Biometrics
1982; 38: 963-974). With M = D (s I + Z'Z D)^-1,

    E = Z'V^-1 Z = (Z'Z - Z'Z M Z'Z) / s          a = Z'V^-1 X = (I - Z'Z M) Z'X / s
    s V^-1 = I - V^-1 Z D Z'                      which gives the higher powers one after the other:
    Z'V^-2 Z = (E - E D E) / s                    Z'V^-2 X = (a - E D a) / s
    X'V^-2 X = (X'V^-1 X - a'D a) / s             X'V^-3 X = (X'V^-2 X - X'V^-2 Z D a) / s

so nothing larger than r x r is ever inverted, and rows of any days cost the same. The parameters are the elements
of D and s, in which V is linear. People with the same Z may be folded (`compressed`): `cells` then stand for n people.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.compressed import Basis
from allay.science.evaluation.models.newton import Derivatives

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
LOG_TWO_PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class Courses:
    """What the likelihood needs of the data, in the basis.

    n (P,) people and rows_each (P,) their rows per cell; zz (P, r, r); zx (R, r, k + 1) of Z'[X, y] for each
    folded person, whose cell is cell (R,); xx (k + 1, k + 1) in all.
    """

    n: Array
    rows_each: Array
    zz: Array
    zx: Array
    cell: Whole
    xx: Array
    basis: Basis

    @property
    def rank(self) -> int:
        return int(self.xx.shape[0]) - 1

    @property
    def effects(self) -> int:
        return int(self.zz.shape[1])

    @cached_property
    def observations(self) -> float:
        return float(self.n @ self.rows_each)


def directions(effects: int, correlated: bool) -> Array:
    """(m - 1, r, r) symmetric unit directions of D, the lower triangle row by row or the diagonal."""
    found = []
    for a in range(effects):
        for b in range(a + 1) if correlated else [a]:
            unit = np.zeros((effects, effects))
            unit[a, b] = unit[b, a] = 1.0
            found.append(unit)
    return np.array(found)


@dataclass(frozen=True)
class Course:
    """The model at one D and s."""

    data: Courses
    reml: bool
    d: Array
    s: float
    e: Array  # (P, r, r) Z'V^-1 Z
    a: Array  # (R, r, k + 1) Z'V^-1 [X, y]
    products: Array  # (k + 1, k + 1) [X, y]'V^-1 [X, y]
    root: Array
    beta: Array
    log_likelihood: float


def course(data: Courses, d: Array, s: float, reml: bool) -> Course | None:
    """The model at D (r, r) and s > 0; None where some V is not positive definite."""
    if not (s > 0 and np.isfinite(s) and np.isfinite(d).all()):
        return None
    inner = s * np.eye(data.effects) + data.zz @ d
    sign, logs = np.linalg.slogdet(inner)
    if (sign <= 0).any() or not _definite(data, d, s):
        return None
    m = np.linalg.solve(inner.transpose(0, 2, 1), np.broadcast_to(d, inner.shape)).transpose(0, 2, 1)
    kept = np.eye(data.effects) - data.zz @ m
    e = kept @ data.zz / s
    a = kept[data.cell] @ data.zx / s
    k = data.rank
    products = (data.xx - np.einsum("ria,rij,rjb->ab", data.zx, m[data.cell], data.zx, optimize=True)) / s
    try:
        lower = np.linalg.cholesky(products[:k, :k])
    except np.linalg.LinAlgError:
        return None
    root = np.linalg.inv(lower).T
    half = root.T @ products[:k, k]
    log_v = float(data.n @ (logs + (data.rows_each - data.effects) * np.log(s)))
    log_a = 2 * float(np.log(np.diag(lower)).sum())
    value = _log_likelihood(data, reml, log_v, log_a, float(products[k, k] - half @ half))
    return Course(data, reml, d, s, e, a, products, root, root @ half, value)


def _definite(data: Courses, d: Array, s: float) -> bool:
    """Whether V is positive definite where D itself is not positive semidefinite."""
    if np.linalg.eigvalsh(d)[0] >= 0:
        return True
    # eigenvalues of s I + Z D Z' other than s are those of s I + (Z'Z)^(1/2) D (Z'Z)^(1/2)
    sizes, turns = np.linalg.eigh(data.zz)
    halves = (turns * np.sqrt(np.maximum(sizes, 0.0))[:, None, :]) @ turns.transpose(0, 2, 1)
    return bool((np.linalg.eigvalsh(halves @ d @ halves)[:, 0] + s > 1e-9 * s).all())


def _log_likelihood(data: Courses, reml: bool, log_v: float, log_a: float, rest: float) -> float:
    free = data.observations - (data.rank if reml else 0)
    extra = log_a + 2 * data.basis.log_determinant if reml else 0.0
    return -(free * LOG_TWO_PI + log_v + rest + extra) / 2 - free * float(np.log(data.basis.scale))


@dataclass(frozen=True)
class Bends:
    """Derivatives in (elements of D, s): those of minus the log-likelihood, and the matrices that df need.

    turned (m, k, k) and pairs (m, m, k, k), as `Solution.turned` and, contracted, `Solution.middle`.
    """

    derivatives: Derivatives
    turned: Array
    pairs: Array


def bends(at: Course, units: Array) -> Bends:
    """Derivatives at a point. units (m - 1, r, r): the directions of D."""
    data, k = at.data, at.data.rank
    d, s, e, a = at.d, at.s, at.e, at.a
    e2 = (e - e @ d @ e) / s
    each = e[data.cell]
    a2 = (a - each @ d @ a) / s
    second = (at.products - np.einsum("ria,ij,rjb->ab", a, d, a, optimize=True)) / s
    third = (second - np.einsum("ria,ij,rjb->ab", a2, d, a, optimize=True)) / s
    m = len(units) + 1
    traces, crossed = np.empty(m), np.empty((m, m))
    quadratic, pairs = np.empty((m, k + 1, k + 1)), np.empty((m, m, k + 1, k + 1))
    pushed = [unit @ a for unit in units]
    summed = np.tensordot(data.n, e, axes=1)
    inverse_trace = (data.rows_each - np.trace(e @ d, axis1=1, axis2=2)) / s
    traces[-1], quadratic[-1], pairs[-1, -1] = data.n @ inverse_trace, second, third
    crossed[-1, -1] = data.n @ (inverse_trace - np.trace(e2 @ d, axis1=1, axis2=2)) / s
    for i, unit in enumerate(units):
        traces[i] = (summed * unit).sum()
        quadratic[i] = _over(a, pushed[i])
        crossed[i, -1] = crossed[-1, i] = (np.tensordot(data.n, e2, axes=1) * unit).sum()
        pairs[i, -1] = _over(pushed[i], a2)
        pairs[-1, i] = pairs[i, -1].T
        for j, other in enumerate(units):
            crossed[i, j] = data.n @ np.trace(e @ unit @ e @ other, axis1=1, axis2=2)
            pairs[i, j] = _over(pushed[i], each @ pushed[j])
    return _assembled(at, traces, crossed, quadratic, pairs)


def _over(left: Array, right: Array) -> Array:
    """sum_r left_r' right_r of (R, r, k + 1) arrays."""
    width = left.shape[2]
    return np.asarray(left.reshape(-1, width).T @ right.reshape(-1, width))


def _assembled(at: Course, traces: Array, crossed: Array, quadratic: Array, pairs: Array) -> Bends:
    k = at.data.rank
    gamma = np.append(-at.beta, 1.0)
    turned = at.root.T @ quadratic[:, :k, :k] @ at.root
    inner = at.root.T @ pairs[:, :, :k, :k] @ at.root
    score = at.root.T @ (quadratic @ gamma)[:, :k, None]
    mixed = score[:, :, 0]
    residual = np.einsum("a,mab,b->m", gamma, quadratic, gamma)
    gradient = (traces - residual) / 2
    observed = -crossed / 2 + np.einsum("a,mnab,b->mn", gamma, pairs, gamma) - mixed @ mixed.T
    expected = crossed / 2
    if at.reml:
        gradient = gradient - np.trace(turned, axis1=1, axis2=2) / 2
        flat = turned.reshape(len(turned), -1)
        shared, both = flat @ flat.T / 2, np.trace(inner, axis1=2, axis2=3)
        observed, expected = observed + both - shared, expected - both + shared
    return Bends(
        Derivatives(gradient, (observed + observed.T) / 2, (expected + expected.T) / 2), turned, inner
    )
