"""Degrees of freedom and standard errors of contrasts in small samples.

satterthwaite     df = 2 (c'Phi c)^2 / Var(c'Phi c), the variance by the delta method (Giesbrecht & Burns, Biometrics
                  1985; 41: 477-486); several rows by Fai & Cornelius (J Stat Comput Simul 1996; 54: 363-378)
kenward-roger     covariance adjusted for the estimation of V, and matching df and scale (Kenward & Roger, Biometrics
                  1997; 53: 983-997), in the form linear in the covariance's elements, as SAS PROC MIXED has it
between-within    people less between-coefficients, or observations less people less within-coefficients
residual, z       observations less coefficients; infinitely many
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan, sqrt

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import listed, quoted
from allay.science.evaluation.models.errors import BadModel, Unestimable
from allay.science.evaluation.models.solution import Solution

Array = npt.NDArray[np.float64]
NO_DENOMINATOR = "the denominator degrees of freedom of the joint test cannot be had"
METHODS = ("satterthwaite", "kenward-roger", "between-within", "residual", "z")
INFORMATION = ("observed", "expected")


@dataclass(frozen=True)
class Precision:
    """How certain the coefficients of a solution are: adjusted Phi (k, k) and the variance of the parameters."""

    solution: Solution
    adjusted: Array
    spread: Array  # (m, m) inverse information

    def variance(self, c: Array) -> float:
        return float(c @ self.adjusted @ c)


def precision(solution: Solution, method: str, information: str = "observed") -> Precision:
    """The covariance of the coefficients by a df method's rule. Raises BadModel for an unknown one."""
    if method not in METHODS:
        raise BadModel(f"df {quoted(method)} is unknown (there are {listed(METHODS)})")
    if information not in INFORMATION:
        raise BadModel(f"information {quoted(information)} is unknown (there are {listed(INFORMATION)})")
    spread = _inverse(solution.observed if information == "observed" else solution.expected)
    if method != "kenward-roger":
        return Precision(solution, solution.phi, spread)
    # Lambda = Phi [ sum_kl w_kl (Q_kl - P_k Phi P_l) ] Phi
    k, m = solution.rank, len(spread)
    weighted = np.tensordot(spread, solution.turned, axes=1)
    product = solution.turned.transpose(1, 0, 2).reshape(k, m * k) @ weighted.reshape(m * k, k)
    excess = solution.middle(spread) - product
    adjusted = solution.root @ (np.eye(k) + excess + excess.T) @ solution.root.T
    return Precision(solution, adjusted, spread)


def _inverse(information: Array) -> Array:
    if not information.size:
        return information
    sizes = np.sqrt(np.abs(np.diag(information)))
    if not (sizes > 0).all():
        raise Unestimable("the covariance parameters are not determined")
    return np.asarray(np.linalg.inv(information / np.outer(sizes, sizes)) / np.outer(sizes, sizes))


def satterthwaite(known: Precision, c: Array) -> float:
    """Degrees of freedom of one contrast c (k,)."""
    u = known.solution.root.T @ c
    gradient = np.einsum("i,mij,j->m", u, known.solution.turned, u)
    variance = float(u @ u)
    uncertainty = float(gradient @ known.spread @ gradient)
    return 2 * variance**2 / uncertainty if uncertainty > 0 else inf


@dataclass(frozen=True)
class FTest:
    """A joint test that all rows of L beta are nought."""

    statistic: float
    numerator: int
    denominator: float
    p: float


def joint_satterthwaite(known: Precision, rows: Array) -> FTest:
    """Fai & Cornelius: independent contrasts, their df pooled through the expectation of F. rows (q, k)."""
    rows = _full_rank(known.adjusted, rows)
    values, vectors = np.linalg.eigh(rows @ known.adjusted @ rows.T)
    turned = vectors.T @ rows
    squares = (turned @ known.solution.beta) ** 2 / values
    q = len(rows)
    each = np.array([satterthwaite(known, row) for row in turned])
    return _f_test(float(squares.mean()), q, _pooled(each, q))


def _pooled(each: Array, q: int) -> float:
    if q == 1 or np.ptp(each) < 1e-8 * abs(each[0]):
        return float(each[0])
    usable = each[each > 2]
    expectation = float((usable / (usable - 2)).sum())
    return 2 * expectation / (expectation - q) if expectation > q else nan


def joint_kenward_roger(known: Precision, rows: Array) -> FTest:
    """The scaled F of Kenward & Roger (1997), section 3.1. rows (q, k)."""
    solution = known.solution
    rows = _full_rank(solution.phi, rows)
    q = len(rows)
    turned = rows @ solution.root
    middle = turned.T @ np.linalg.solve(turned @ turned.T, turned)
    along = middle @ solution.turned  # (m, k, k), Theta Phi P Phi in the basis where Phi is the identity
    traces = np.trace(along, axis1=1, axis2=2)
    m = len(traces)
    pairs = along.reshape(m, -1) @ along.transpose(0, 2, 1).reshape(m, -1).T
    a1, a2 = float(traces @ known.spread @ traces), float((known.spread * pairs).sum())
    scale, denominator = _scale_and_df(a1, a2, q)
    values = rows @ solution.beta
    statistic = float(values @ np.linalg.solve(rows @ known.adjusted @ rows.T, values)) / q
    return _f_test(scale * statistic, q, denominator)


def _scale_and_df(a1: float, a2: float, q: int) -> tuple[float, float]:
    if a2 <= 0:
        return 1.0, inf
    b = (a1 + 6 * a2) / (2 * q)
    g = ((q + 1) * a1 - (q + 4) * a2) / ((q + 2) * a2)
    below = 3 * q + 2 * (1 - g)
    if 0.0 in (below, q - a2):
        raise Unestimable(NO_DENOMINATOR)
    c1, c2, c3 = g / below, (q - g) / below, (q + 2 - g) / below
    if 0.0 in (1 - c2 * b, 1 - c3 * b):
        raise Unestimable(NO_DENOMINATOR)
    expectation = 1 / (1 - a2 / q)
    variance = (2 / q) * (1 + c1 * b) / ((1 - c2 * b) ** 2 * (1 - c3 * b))
    ratio = variance / (2 * expectation**2)
    if q * ratio == 1:
        return 1 / expectation, inf
    denominator = 4 + (q + 2) / (q * ratio - 1)
    if denominator == 2:
        raise Unestimable(NO_DENOMINATOR)
    return denominator / (expectation * (denominator - 2)), denominator


def _full_rank(phi: Array, rows: Array) -> Array:
    """Rows that say the same thing twice are one row."""
    kept: list[int] = []
    for place in range(len(rows)):
        tried = rows[[*kept, place]]
        if np.linalg.matrix_rank(tried @ phi @ tried.T, tol=None) == len(tried):
            kept.append(place)
    if not kept:
        raise Unestimable("a joint test of nothing")
    return np.asarray(rows[kept])


def _f_test(statistic: float, q: int, denominator: float) -> FTest:
    from scipy.special import chdtrc, fdtrc

    if not denominator > 0:
        return FTest(statistic, q, denominator, nan)
    p = chdtrc(q, q * statistic) if denominator == inf else fdtrc(q, denominator, statistic)
    return FTest(statistic, q, denominator, float(p))


def t_p(t: float, df: float) -> float:
    """Two-sided p of a t value."""
    from scipy.special import ndtr, stdtr

    if t != t or df != df:
        return nan
    return float(2 * (ndtr(-abs(t)) if df == inf else stdtr(df, -abs(t))))


def t_quantile(df: float, confidence: float) -> float:
    from scipy.special import ndtri, stdtrit

    share = (1 + confidence) / 2
    return float(ndtri(share) if df == inf else stdtrit(df, share))


def standard_error(variance: float) -> float:
    return sqrt(variance) if variance >= 0 else nan
