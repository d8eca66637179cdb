"""Many trials of one design fitted at once: the engine's model, with a leading axis for trials.

The same restricted likelihood as `models.groups`, written for people who differ only in their arm, their therapy group
and the visits that are seen. A pattern p of visits has W_p = Sigma[o, o]^-1 (zero outside o); a unit u is a therapy
group, or everybody else of an arm, with design X_u (T, k). Of unit and pattern only the count n and the sum s of scores
are needed, of a pattern also the sum S of squares and products. With d the visits at which a group is alike, and per unit

    kappa = sum n d'W d,   r = X' sum n W d,   rho = d' sum W (s - n X beta),   c = 1 / (1 + psi kappa)
    V^-1 X  has rows  Z = W (X - d h'),  h = psi c r,        V^-1 e  has sums  z = W (s - n m),  m = X beta + d psi c rho

(psi = 0 outside groups). For theta = (elements of Sigma, psi), V is linear, and with P = V^-1 - V^-1 X Phi X'V^-1

    -2 dl = tr P V_k - y'P V_k P y        observed = y'P V_k P V_l P y - tr(P V_k P V_l) / 2       expected = tr / 2

Satterthwaite and Kenward-Roger as in `models.degrees`. Trials for which Newton's method does not settle are left to the
engine itself. tests/science/power compares the two, trial by trial.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]
MOST_STEPS = 30
MOST_HALVINGS = 10
SETTLED = 1e-9  # decrement after whose step the error is of the order of rounding
SINGULAR = 1e-9


def _sum(subscripts: str, *arrays: Array) -> Array:
    """np.einsum, in an order that is looked for once for each set of shapes."""
    return np.asarray(
        np.einsum(subscripts, *arrays, optimize=_order(subscripts, *(array.shape for array in arrays)))
    )


@lru_cache(maxsize=2000)
def _order(subscripts: str, *shapes: tuple[int, ...]) -> Any:
    return np.einsum_path(subscripts, *(np.empty(shape) for shape in shapes), optimize="greedy")[0]


@dataclass(frozen=True)
class Stack:
    """R trials in sums. U units, P patterns, T visits, k coefficients.

    x (U, T, k); meets (U,): the unit is a therapy group; alike (T,) is d; seen (P, T);
    n (R, P, U), s (R, P, U, T), products (R, P, T, T).
    """

    x: Array
    meets: Flags
    alike: Array
    seen: Flags
    n: Array
    s: Array
    products: Array

    def at(self, places: Flags | Whole) -> Stack:
        return replace(self, n=self.n[places], s=self.s[places], products=self.products[places])


def stacked(y: Array, unit: Whole, x: Array, meets: Flags, alike: Array) -> Stack:
    """From scores (R, N, T) with NaN where missing, and everybody's unit (N,)."""
    here = ~np.isnan(y)
    bits = here @ (1 << np.arange(y.shape[2]))
    known, which = np.unique(bits, return_inverse=True)
    which = which.reshape(bits.shape)
    values = np.where(here, y, 0.0)
    count, units = len(known), len(x)
    inside = np.eye(units)[unit]  # (N, U)
    n = np.zeros((len(y), count, units))
    s = np.zeros((len(y), count, units, y.shape[2]))
    products = np.zeros((len(y), count, y.shape[2], y.shape[2]))
    for place in range(count):
        mine = (which == place).astype(float)
        of = mine[:, :, None] * values
        n[:, place] = mine @ inside
        s[:, place] = inside.T @ of
        products[:, place] = of.transpose(0, 2, 1) @ values
    seen = (known[:, None] >> np.arange(y.shape[2]) & 1).astype(bool)
    kept = known > 0
    return Stack(x, meets, alike, seen[kept], n[:, kept], s[:, kept], products[:, kept])


@dataclass(frozen=True)
class State:
    """The likelihood of R trials at sigma (R, T, T) and psi (R,): `value` is minus it, up to a constant.

    w (R, P, T, T); psi, kappa, c, rho (R, U), psi being 0 outside groups; r (R, U, k); phi (R, k, k); beta (R, k);
    inside: the parameters are possible.
    """

    stack: Stack
    sigma: Array
    w: Array
    psi: Array
    kappa: Array
    c: Array
    r: Array
    rho: Array
    phi: Array
    beta: Array
    value: Array
    inside: Flags


def state(stack: Stack, sigma: Array, psi: Array) -> State:
    x, d = stack.x, stack.alike
    w, logs, inside = _inverses(stack, sigma)
    summed = _sum("rpu,rpab->ruab", stack.n, w)
    wy = (w[:, :, None] @ stack.s[..., None])[..., 0].sum(axis=1)  # (R, U, T)
    shared = psi[:, None] * stack.meets
    kappa = _sum("ruab,a,b->ru", summed, d, d)
    inside = inside & (1 + shared * kappa > SINGULAR).all(axis=1)
    c = 1 / np.where(1 + shared * kappa > SINGULAR, 1 + shared * kappa, 1.0)
    wx = summed @ x  # (R, U, T, k)
    r, ry = _sum("a,ruak->ruk", d, wx), wy @ d
    pull = shared * c
    a = _sum("uak,rual->rkl", x, wx) - _sum("ru,ruk,rul->rkl", pull, r, r)
    b = _sum("uak,rua->rk", x, wy) - _sum("ru,ruk,ru->rk", pull, r, ry)
    total = _sum("rpab,rpab->r", w, stack.products) - (pull * ry**2).sum(axis=1)
    sign, log_a = np.linalg.slogdet(a)
    inside = inside & (sign > 0)
    phi = np.linalg.inv(np.where(inside[:, None, None], a, np.eye(a.shape[1])))
    beta = (phi @ b[:, :, None])[:, :, 0]
    rest = total - (beta * b).sum(axis=1)
    value = (logs + np.log1p(np.where(inside[:, None], shared * kappa, 0.0)).sum(axis=1) + log_a + rest) / 2
    rho = ry - _sum("ruk,rk->ru", r, beta)
    value = np.where(inside & np.isfinite(value), value, np.inf)
    return State(stack, sigma, w, shared, kappa, c, r, rho, phi, beta, value, inside)


def _inverses(stack: Stack, sigma: Array) -> tuple[Array, Array, Flags]:
    """W (R, P, T, T), sum n log |Sigma[o, o]| (R,), and where Sigma is positive definite."""
    inside: Flags = np.asarray(np.isfinite(sigma).all(axis=(1, 2)))
    safe = np.where(inside[:, None, None], sigma, np.eye(sigma.shape[1]))
    inside = inside & (np.linalg.eigvalsh(safe)[:, 0] > SINGULAR * np.trace(safe, axis1=1, axis2=2))
    safe = np.where(inside[:, None, None], sigma, np.eye(sigma.shape[1]))
    both = stack.seen[:, :, None] & stack.seen[:, None, :]
    filled = np.where(both, safe[:, None], np.eye(sigma.shape[1]))
    logs = (stack.n.sum(axis=2) * np.linalg.slogdet(filled)[1]).sum(axis=1)
    return np.where(both, np.linalg.inv(filled), 0.0), logs, inside


@dataclass(frozen=True)
class Derivatives:
    """In m parameters: gradient (R, m), observed and expected information (R, m, m).

    slopes (R, m, k, k) are X'V^-1 V_k V^-1 X; z (R, P, U, T, k) and g (R, U, m - 1, k) lead on to `middle`.
    """

    gradient: Array
    observed: Array
    expected: Array
    slopes: Array
    z: Array
    g: Array


def derivatives(at: State) -> Derivatives:
    stack, phi, d = at.stack, at.phi, at.stack.alike
    basis = elements(len(d))
    pull, c2 = at.psi * at.c, at.c**2 * stack.meets
    z = at.w[:, :, None] @ (stack.x - d[:, None] * (pull[..., None] * at.r)[:, :, None, :])[:, None]
    wd = at.w @ d  # (R, P, T)
    hat = _summed_outer(stack, z @ phi[:, None, None], z)
    m = stack.x @ at.beta[:, None, :, None]  # (R, U, T, 1)
    m = m[..., 0] + (pull * at.rho)[..., None] * d
    sums = (at.w[:, :, None] @ (stack.s - stack.n[..., None] * m[:, None])[..., None])[..., 0]
    errors = at.w @ _residuals(stack, m) @ at.w
    ewd = _sum("kab,rpb->rpka", basis, wd)
    g = _sum("rpu,rpuai,rpka->ruki", stack.n, z, ewd)
    kappas = _sum("rpu,rpa,rpka->ruk", stack.n, wd, ewd)
    tau = _sum("rpua,rpka->ruk", sums, ewd)
    slopes = np.concatenate([_slopes(stack, z, basis), _outer(c2, at.r)], axis=1)
    f = _against(basis, _sum("rpuai,rpub->riab", z, sums))
    f = np.concatenate([f, (c2 * at.rho)[:, None, :] @ at.r], axis=1)
    traces = _traces(at, basis, wd, hat, g, kappas, slopes, c2)
    cross = _curved(basis, at.w, errors) - (tau * pull[..., None]).transpose(0, 2, 1) @ tau
    edge = ((c2 * at.rho)[:, None, :] @ tau)[:, 0]
    corner = (c2 * at.c * at.kappa * at.rho**2).sum(axis=1)
    squares = bordered(cross, edge, corner) - f @ phi @ f.transpose(0, 2, 1)
    return Derivatives(
        _gradient(at, basis, errors, kappas, slopes, pull, c2), squares - traces / 2, traces / 2, slopes, z, g
    )


def _gradient(
    at: State, basis: Array, errors: Array, kappas: Array, slopes: Array, pull: Array, c2: Array
) -> Array:
    people = at.stack.n.sum(axis=2)[:, :, None, None]
    first = _against(basis, (people * at.w - errors).sum(axis=1)[:, None])[:, :, 0]
    first = first - (pull[:, None, :] @ kappas)[:, 0]
    last = (at.c * at.kappa * at.stack.meets - c2 * at.rho**2).sum(axis=1)
    fixed = _sum("rij,rkij->rk", at.phi, slopes)
    return np.asarray((np.concatenate([first, last[:, None]], axis=1) - fixed) / 2)


def _traces(
    at: State, basis: Array, wd: Array, hat: Array, g: Array, kappas: Array, slopes: Array, c2: Array
) -> Array:
    """tr(P V_k P V_l) (R, m, m)."""
    stack, phi = at.stack, at.phi
    pull = at.psi * at.c
    weight = _sum("rpu,ru->rp", stack.n, pull)
    alone = stack.n.sum(axis=2)[:, :, None, None] * at.w
    outer = wd[..., :, None] * wd[..., None, :]
    first = _curved(basis, at.w, alone - 2 * weight[:, :, None, None] * outer - 2 * hat)
    first = first + (kappas * pull[..., None] ** 2).transpose(0, 2, 1) @ kappas
    turned = g @ phi[:, None]
    first = first + 2 * _sum("ru,ruki,ruli->rkl", pull, turned, g)
    edge = (c2[:, None, :] @ kappas)[:, 0] - 2 * _sum("ru,ruki,rui->rk", c2, turned, at.r)
    own = _sum("rui,rij,ruj->ru", at.r, phi, at.r)
    corner = ((at.c * at.kappa) ** 2 * stack.meets - 2 * c2 * at.c * at.kappa * own).sum(axis=1)
    along = (phi[:, None] @ slopes).reshape(len(phi), slopes.shape[1], -1)
    across = (phi[:, None] @ slopes).transpose(0, 1, 3, 2).reshape(along.shape)
    return bordered(first, edge, corner) + along @ across.transpose(0, 2, 1)


def middle(at: State, found: Derivatives, weights: Array) -> Array:
    """sum_kl w_kl X'V^-1 V_k V^-1 V_l V^-1 X, (R, k, k), for weights (R, m, m); m - 1 of the elements and psi."""
    stack, basis = at.stack, elements(len(at.stack.alike))
    within, pull = weights[:, :-1, :-1], at.psi * at.c
    both = _sum("rkl,kab,lcd->rabcd", within, basis, basis)
    inner = _sum("rabcd,rpbc->rpad", both, at.w)
    total = _sum("rpu,rpuai,rpad,rpudj->rij", stack.n, found.z, inner, found.z)
    total = total - _sum("ru,ruki,rkl,rulj->rij", pull, found.g, within, found.g)
    c2 = at.c**2 * stack.meets
    edge = _sum("ru,ruki,rk,ruj->rij", c2, found.g, weights[:, :-1, -1], at.r)
    alone = weights[:, -1, -1][:, None, None] * _outer(c2 * at.c * at.kappa, at.r)[:, 0]
    return np.asarray(total + edge + edge.transpose(0, 2, 1) + alone)


def elements(visits: int) -> Array:
    """(m, T, T) derivatives of Sigma in its elements, the lower triangle row by row."""
    rows, columns = np.tril_indices(visits)
    found = np.zeros((len(rows), visits, visits))
    found[np.arange(len(rows)), rows, columns] = found[np.arange(len(rows)), columns, rows] = 1.0
    return found


def bordered(matrix: Array, edge: Array, corner: Array) -> Array:
    side = np.concatenate([edge, corner[:, None]], axis=1)
    top = np.concatenate([matrix, edge[:, :, None]], axis=2)
    return np.asarray(np.concatenate([top, side[:, None]], axis=1))


def _against(basis: Array, matrices: Array) -> Array:
    """tr(E_k M) for M (R, j, T, T): (R, m, j)."""
    flat = matrices.reshape(*matrices.shape[:2], -1)
    return np.asarray((flat @ basis.reshape(len(basis), -1).T).transpose(0, 2, 1))


def _slopes(stack: Stack, z: Array, basis: Array) -> Array:
    """sum n Z'E_k Z (R, m, k, k)."""
    weighted = stack.n[..., None, None] * z
    both = _sum("rpuai,rpubj->rabij", weighted, z)
    return _sum("kab,rabij->rkij", basis, both)


def _summed_outer(stack: Stack, left: Array, right: Array) -> Array:
    """sum over units of n Z Phi Z' (R, P, T, T)."""
    return _sum("rpu,rpuai,rpubi->rpab", stack.n, left, right)


def _residuals(stack: Stack, m: Array) -> Array:
    """sum of (y - m)(y - m)' in each pattern (R, P, T, T)."""
    cross = stack.s.transpose(0, 1, 3, 2) @ m[:, None]
    own = _sum("rpu,rua,rub->rpab", stack.n, m, m)
    return np.asarray(stack.products - cross - cross.transpose(0, 1, 3, 2) + own)


def _curved(basis: Array, w: Array, b: Array) -> Array:
    """sum_p tr(E_k W_p E_l B_p) (R, m, m)."""
    count, visits = len(w), w.shape[2]
    flat = w.reshape(count, -1, visits**2).transpose(0, 2, 1) @ b.reshape(count, -1, visits**2)
    both = flat.reshape(count, visits, visits, visits, visits)  # w[b, c], b[d, a]
    return _sum("kab,lcd,rbcda->rkl", basis, basis, both)


def _outer(weight: Array, r: Array) -> Array:
    """sum_u weight r r' (R, 1, k, k)."""
    return np.asarray(((weight[..., None] * r).transpose(0, 2, 1) @ r)[:, None])
