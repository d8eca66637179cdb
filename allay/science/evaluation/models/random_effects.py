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
from allay.science.evaluation.models.sandwich import Clusters

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

    @cached_property
    def halves(self) -> Array:
        """(P, r, r) symmetric square roots of Z'Z."""
        sizes, turns = np.linalg.eigh(self.zz)
        return np.asarray((turns * np.sqrt(np.maximum(sizes, 0.0))[:, None, :]) @ turns.transpose(0, 2, 1))


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
    products = (data.xx - _over(data.zx, m[data.cell] @ data.zx)) / s
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
    values = np.linalg.eigvalsh(d)
    if values[0] >= -1e-14 * values[-1]:
        return True
    # eigenvalues of s I + Z D Z' other than s are those of s I + (Z'Z)^(1/2) D (Z'Z)^(1/2)
    inside = data.halves @ d @ data.halves
    return bool((np.linalg.eigvalsh(inside)[:, 0] + s > 1e-9 * s).all())


def _log_likelihood(data: Courses, reml: bool, log_v: float, log_a: float, rest: float) -> float:
    free = data.observations - (data.rank if reml else 0)
    extra = log_a + 2 * data.basis.log_determinant if reml else 0.0
    return -(free * LOG_TWO_PI + log_v + rest + extra) / 2 - free * float(np.log(data.basis.scale))


def clusters(at: Course, each: Array) -> Clusters:
    """People as clusters of a sandwich, from [X, y]'[X, y] of each (P, k + 1, k + 1), where no cell is folded."""
    data, k = at.data, at.data.rank
    inner = at.s * np.eye(data.effects) + data.zz @ at.d
    m = np.linalg.solve(inner.transpose(0, 2, 1), np.broadcast_to(at.d, inner.shape)).transpose(0, 2, 1)
    products = (each - data.zx.transpose(0, 2, 1) @ m @ data.zx) / at.s
    gram = products[:, :k, :k]
    return Clusters((gram + gram.transpose(0, 2, 1)) / 2, products[:, :k, k] - gram @ at.beta)


@dataclass(frozen=True)
class Bends:
    """Derivatives in (elements of D, s): those of minus the log-likelihood, and the matrices that df need.

    turned (m, k, k), as `Solution.turned`; `pairs` has what `Solution.middle` contracts.
    """

    at: Course
    units: Array
    derivatives: Derivatives
    turned: Array

    @cached_property
    def pairs(self) -> Array:
        """(m, m, k, k) of root' X'V^-1 V_i V^-1 V_j V^-1 X root, which Kenward and Roger's covariance needs."""
        at, k, m = self.at, self.at.data.rank, len(self.units) + 1
        a, a2 = at.a[:, :, :k] @ at.root, _square(at)[1][:, :, :k] @ at.root
        _, third = _powers(at)
        found = np.empty((m, m, k, k))
        found[-1, -1] = at.root.T @ third[:k, :k] @ at.root
        each = at.e[at.data.cell]
        pushed = [unit @ a for unit in self.units]
        for i, left in enumerate(pushed):
            found[i, -1] = _over(left, a2)
            found[-1, i] = found[i, -1].T
            for j, right in enumerate(pushed):
                found[i, j] = _over(left, each @ right)
        return found


def bends(at: Course, units: Array) -> Bends:
    """Derivatives at a point. units (m - 1, r, r): the directions of D.

    Sums over people of products such as tr(E U_i C U_j) are linear in sum_p E_p (x) C_p, one matrix product
    whatever the number of directions.
    """
    data, k, s = at.data, at.data.rank, at.s
    e2, a2 = _square(at)
    second, third = _powers(at)
    flat = units.reshape(len(units), -1)
    gamma = np.append(-at.beta, 1.0)
    rest, rest2 = at.a @ gamma, a2 @ gamma
    half, half2 = at.a[:, :, :k] @ at.root, a2[:, :, :k] @ at.root
    people = data.n[:, None, None] * at.e
    inverse_trace = (data.rows_each - np.einsum("pij,ji->p", at.e, at.d)) / s
    traces = np.append(flat @ people.sum(axis=0).ravel(), data.n @ inverse_trace)
    crossed = _bordered(
        flat,
        _crossed(flat, at.e, people),
        np.tensordot(data.n, e2, axes=1),
        float(data.n @ (inverse_trace - np.einsum("pij,ji->p", e2, at.d))) / s,
    )
    residual = _bordered(
        flat,
        _crossed(flat, at.e, _in_cells(data, rest[:, :, None] * rest[:, None, :])),
        rest.T @ rest2,
        float(gamma @ third @ gamma),
    )
    both = _bordered(
        flat,
        _crossed(flat, at.e, _in_cells(data, half @ half.transpose(0, 2, 1))),
        np.tensordot(half, half2, axes=([0, 2], [0, 2])),
        float(np.trace(at.root.T @ third[:k, :k] @ at.root)),
    )
    quadratic = np.concatenate([_quadratic(at, flat), second[None]])
    return _assembled(at, units, traces, crossed, residual, both, quadratic)


def _square(at: Course) -> tuple[Array, Array]:
    """Z'V^-2 Z (P, r, r) and Z'V^-2 [X, y] (R, r, k + 1)."""
    ed = at.e @ at.d
    return (at.e - ed @ at.e) / at.s, (at.a - ed[at.data.cell] @ at.a) / at.s


def _powers(at: Course) -> tuple[Array, Array]:
    """[X, y]'V^-2 [X, y] and [X, y]'V^-3 [X, y], (k + 1, k + 1) each."""
    pushed = at.d @ at.a
    second = (at.products - _over(at.a, pushed)) / at.s
    return second, (second - _over(_square(at)[1], pushed)) / at.s


def _over(left: Array, right: Array) -> Array:
    """sum_r left_r' right_r of (R, r, k + 1) arrays."""
    return np.asarray(left.reshape(-1, left.shape[2]).T @ right.reshape(-1, right.shape[2]))


def _in_cells(data: Courses, each: Array) -> Array:
    """(P, r, r) sums of (R, r, r) over the folded people of a cell."""
    if len(each) == len(data.n):
        return each
    found = np.zeros((len(data.n), *each.shape[1:]))
    np.add.at(found, data.cell, each)
    return found


def _crossed(flat: Array, left: Array, right: Array) -> Array:
    """(m - 1, m - 1) of sum_p tr(left_p U_i right_p U_j) for symmetric left, right and directions."""
    r = left.shape[1]
    product = left.reshape(len(left), -1).T @ right.reshape(len(right), -1)
    return np.asarray(flat @ product.reshape(r, r, r, r).transpose(0, 2, 1, 3).reshape(r * r, r * r) @ flat.T)


def _bordered(flat: Array, inner: Array, edge: Array, corner: float) -> Array:
    """(m, m): the directions of D, and s as the last; edge (r, r) is what stands between both."""
    found = np.empty((len(inner) + 1, len(inner) + 1))
    found[:-1, :-1], found[-1, -1] = inner, corner
    found[-1, :-1] = found[:-1, -1] = flat @ ((edge + edge.T) / 2).ravel()
    return found


def _quadratic(at: Course, flat: Array) -> Array:
    """(m - 1, k + 1, k + 1) of [X, y]'V^-1 Z U_i Z'V^-1 [X, y]."""
    r, width = at.a.shape[1:]
    wide = at.a.reshape(len(at.a), -1)
    product = (wide.T @ wide).reshape(r, width, r, width).transpose(0, 2, 1, 3)
    return (flat @ product.reshape(r * r, -1)).reshape(-1, width, width)


def _assembled(
    at: Course, units: Array, traces: Array, crossed: Array, residual: Array, both: Array, quadratic: Array
) -> Bends:
    k = at.data.rank
    gamma = np.append(-at.beta, 1.0)
    turned = at.root.T @ quadratic[:, :k, :k] @ at.root
    mixed = (quadratic @ gamma)[:, :k] @ at.root
    gradient = (traces - np.einsum("a,mab,b->m", gamma, quadratic, gamma)) / 2
    observed = residual - crossed / 2 - mixed @ mixed.T
    expected = crossed / 2
    if at.reml:
        gradient = gradient - np.trace(turned, axis1=1, axis2=2) / 2
        flat = turned.reshape(len(turned), -1)
        shared = flat @ flat.T / 2
        observed, expected = observed + both - shared, expected - both + shared
    derivatives = Derivatives(gradient, (observed + observed.T) / 2, (expected + expected.T) / 2)
    return Bends(at, units, derivatives, turned)
