"""One variable on all variables of the day before, with an intercept and effects of its own for each person.

y_it = b_i0 + sum_j b_ij (x_j,i,t-1 - mean of person i) + e_it,   b_i ~ N(beta, D),  e ~ N(0, s)

The mixed model of a multilevel vector autoregression (Bringmann et al., PLoS ONE 2013; 8: e60188; Epskamp et al.,
Multivariate Behavioral Research 2018; 53: 453-480), with D full or diagonal, fitted on each person's cross-products.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from allay.science.diary.pairs import Pairs
from allay.science.evaluation.errors import quoted
from allay.science.evaluation.models.certificate import Certificate
from allay.science.evaluation.models.compressed import Basis
from allay.science.evaluation.models.degrees import precision, satterthwaite
from allay.science.evaluation.models.errors import Unestimable
from allay.science.evaluation.models.random_effects import Courses
from allay.science.evaluation.models.variances import Peak, highest, solved

Array = npt.NDArray[np.float64]
Effects = Literal["full", "diagonal"]
STILL = 1e-9  # share of a variable's spread below which it does not move
COLLINEAR = 1e-10  # smallest eigenvalue of the correlations of yesterday's values
INTERCEPT = "the level"


@dataclass(frozen=True, eq=False)
class Gathered:
    """The model's data in a basis: named coefficients are `fixed` x basis and `turn` x random effects, times scale.

    N people, r = K + 1 coefficients (the level, then yesterday's variables in their order).
    """

    courses: Courses
    fixed: Array  # (r, r)
    turn: Array  # (r, r)
    each: Array  # (N, r + 1, r + 1) each person's [X, y]'[X, y] in the basis


@dataclass(frozen=True, eq=False)
class Regression:
    """One outcome. r = K + 1: the person's level, then the effect of each variable of the day before.

    beta, se, df (r,): fixed effects, Satterthwaite df; covariance (r, r) of the random effects and residual variance;
    own (N, r) each person's coefficients as expected from the model and own_covariance (N, r, r) their uncertainty.
    `effects` is what was fitted; `attempts` what was tried before and why it was left.
    """

    outcome: str
    effects: Effects
    beta: Array
    se: Array
    df: Array
    covariance: Array
    residual: float
    log_likelihood: float
    reml: bool
    people: int
    pairs: int
    certificate: Certificate
    attempts: tuple[str, ...]
    own: Array
    own_covariance: Array
    peak: Peak
    gathered: Gathered


def regression(pairs: Pairs, outcome: int, effects: Effects, reml: bool = True) -> Regression:
    """Raises Unestimable where these days hold no answer. Diagonal effects where full ones cannot be certified."""
    attempts: list[str] = []
    for tried in dict.fromkeys((effects, "diagonal")):
        gathered = gather(pairs, outcome, tried == "full")
        names = (INTERCEPT, *(f"the effect of {name}" for name in pairs.variables))
        try:
            peak = highest(gathered.courses, tried == "full", reml, names)
            if peak.certificate.holds:
                return _answer(pairs, outcome, gathered, peak, tuple(attempts))
            attempts.append(f"{tried}: {', '.join(peak.certificate.faults)}")
        except Unestimable as fault:
            attempts.append(f"{tried}: {fault}")
    raise Unestimable(f"no maximum could be certified ({'; '.join(attempts)})")


def gather(pairs: Pairs, outcome: int, correlated: bool) -> Gathered:
    """The model's cross-products over pairs in which the outcome was answered."""
    n, products = pairs.over(pairs.answered[:, outcome])
    some = n > 0
    r = pairs.size + 1
    _check(pairs, outcome, n)
    zz, zy, yy = products[:, :r, :r], products[:, :r, r + outcome], products[:, r + outcome, r + outcome]
    total = n.sum()
    triangle = _triangle(pairs, zz.sum(axis=0), total)
    fixed: Array = np.asarray(np.linalg.inv(triangle), dtype=np.float64)
    mean = float(zy[:, 0].sum() / total)
    scale = _residual(
        zz.sum(axis=0), zy.sum(axis=0) - mean * zz.sum(axis=0)[0], yy.sum() - total * mean**2, total
    )
    if not scale > 0:
        raise Unestimable(f"{quoted(pairs.variables[outcome])} follows exactly from the day before")
    turn = fixed
    if not correlated:
        turn = np.diag(1 / np.sqrt(np.diag(zz.sum(axis=0)) / total))
    zy = (zy - mean * zz[:, 0]) / scale
    yy = (yy - 2 * mean * products[:, 0, r + outcome] + n * mean**2) / scale**2
    each = np.empty((int(some.sum()), r + 1, r + 1))
    each[:, :r, :r] = fixed.T @ zz[some] @ fixed
    each[:, :r, r] = each[:, r, :r] = zy[some] @ fixed
    each[:, r, r] = yy[some]
    zx = np.concatenate([turn.T @ zz[some] @ fixed, (zy[some] @ turn)[:, :, None]], axis=2)
    level = np.eye(r)[0]
    basis = Basis(triangle, fixed, np.arange(r), scale, mean + float(pairs.shift[outcome]), level)
    count = len(each)
    inner = turn.T @ zz[some] @ turn
    courses = Courses(np.ones(count), n[some], inner, zx, np.arange(count), each.sum(axis=0), basis)
    return Gathered(courses, fixed, turn, each)


def _check(pairs: Pairs, outcome: int, n: Array) -> None:
    r, people = pairs.size + 1, int((n > 0).sum())
    if people < 2:
        who = "nobody has" if people == 0 else "only one person has"
        raise Unestimable(f"{who} two days that follow each other with everything answered")
    if n.max() < 2:
        raise Unestimable("nobody has more than one pair of days that follow each other")
    if n.sum() <= 2 * r or people <= r:
        raise Unestimable(f"{int(n.sum())} pairs of days of {people} people are too few for {r} coefficients")


def _triangle(pairs: Pairs, products: Array, total: float) -> Array:
    """X = Q `triangle` with Q'Q = total I. Raises Unestimable where yesterday's values hang together exactly."""
    sizes = np.sqrt(np.diag(products) / total)
    for name, size, mean in zip(pairs.variables, sizes[1:], np.abs(pairs.shift), strict=True):
        if not size > STILL * max(mean, 1e-300):
            raise Unestimable(f"{quoted(name)} never differs from a person's own mean")
    shape = products / total / np.outer(sizes, sizes)
    values, vectors = np.linalg.eigh(shape)
    if values[0] < COLLINEAR:
        large = np.abs(vectors[1:, 0]) > 0.1
        names = [quoted(name) for name, one in zip(pairs.variables, large, strict=True) if one]
        raise Unestimable(f"{' and '.join(names)} determine each other exactly")
    return np.asarray(np.linalg.cholesky(shape).T * sizes)


def _residual(zz: Array, zy: Array, yy: float, total: float) -> float:
    """The standard deviation left by least squares."""
    rest = float(yy - zy @ np.linalg.solve(zz, zy))
    return float(np.sqrt(rest / total)) if rest > 1e-12 * float(yy) else 0.0


def _answer(
    pairs: Pairs, outcome: int, gathered: Gathered, peak: Peak, attempts: tuple[str, ...]
) -> Regression:
    at, basis = peak.course, gathered.courses.basis
    phi = gathered.fixed @ at.root
    own, spread = own_coefficients(pairs, outcome, gathered, peak)
    return Regression(
        outcome=pairs.variables[outcome],
        effects="full" if peak.growth.correlated else "diagonal",
        beta=basis.coefficients(at.beta),
        se=np.sqrt((phi**2).sum(axis=1)) * basis.scale,
        df=_degrees(peak, gathered.fixed),
        covariance=gathered.turn @ at.d @ gathered.turn.T * basis.scale**2,
        residual=at.s * basis.scale**2,
        log_likelihood=at.log_likelihood,
        reml=peak.growth.reml,
        people=len(gathered.courses.n),
        pairs=int(gathered.courses.observations),
        certificate=peak.certificate,
        attempts=attempts,
        own=own,
        own_covariance=spread,
        peak=peak,
        gathered=gathered,
    )


def _degrees(peak: Peak, fixed: Array) -> Array:
    known = precision(solved(peak, "observed", np.empty((0, 0, 0))), "satterthwaite")
    return np.array([satterthwaite(known, row) for row in fixed])


def own_coefficients(pairs: Pairs, outcome: int, gathered: Gathered, peak: Peak) -> tuple[Array, Array]:
    """Best linear predictions of each person's coefficients (N, r) and their error covariances (N, r, r).

    b_i = D Z'V^-1 (y - X beta); the error allows for the estimation of beta, not of D (Henderson, Biometrics 1975;
    31: 423-447). People without a pair get the average person's coefficients.
    """
    at, k, scale = peak.course, peak.growth.data.rank, gathered.courses.basis.scale
    fixed, turn = gathered.fixed, gathered.turn
    gamma = np.append(-at.beta, 1.0)
    have = np.unique(pairs.person[pairs.answered[:, outcome]])
    own = np.tile(gathered.courses.basis.coefficients(at.beta), (len(pairs.people), 1))
    own[have] += (at.a @ gamma) @ at.d @ turn.T * scale
    known = np.zeros((len(pairs.people), len(at.d), len(at.d)))
    rest = np.tile(fixed @ at.root, (len(pairs.people), 1, 1))
    known[have] = at.d @ at.e @ at.d
    rest[have] -= turn @ at.d @ (at.a[:, :, :k] @ at.root)
    spread = turn @ (at.d - known) @ turn.T + rest @ rest.transpose(0, 2, 1)
    return own, np.asarray(spread * scale**2)
