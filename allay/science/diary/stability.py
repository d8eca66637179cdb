"""How much of a network depends on who took part: people drawn anew, and people left out.

Everything is a function of sums over people, so a thousand draws are a few matrix products. The covariances of the random
effects are held at their estimates: fixed effects and covariances are asymptotically independent, so their estimation
does not change the distribution of the fixed effects to first order (Pinheiro & Bates, Mixed-Effects Models in S and
S-PLUS, 2000, section 2.3). `refit` finds them anew for each draw, from where they were.

Leaving out people: the stability coefficient of Epskamp, Borsboom & Fried (Behavior Research Methods 2018; 50:
195-212) is the largest share that can be left out so that with 95 % probability the edges still correlate at least .7
with those of everybody; they advise at least .25, better .5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from allay.science.diary.networks import Temporal, residual_products
from allay.science.diary.pairs import Pairs
from allay.science.diary.regression import Regression
from allay.science.diary.shapes import Redrawn
from allay.science.evaluation.models.errors import Unestimable
from allay.science.evaluation.models.newton import minimise
from allay.science.evaluation.models.random_effects import Courses
from allay.science.evaluation.models.variances import highest

Array = npt.NDArray[np.float64]
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
ALIKE, CERTAIN = 0.7, 0.95
NAMELESS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stability:
    """Edges of the networks over draws of people; coefficients: largest share that may be left out, None for one edge."""

    draws: int
    temporal: list[Redrawn]
    contemporaneous: list[Redrawn]
    between: list[Redrawn]
    coefficients: dict[str, float | None]


def stability(
    pairs: Pairs,
    fitted: Temporal,
    *,
    seed: int,
    draws: int = 1000,
    confidence: float = 0.95,
    refit: bool = False,
) -> Stability:
    """The same seed gives the same answer, whatever the order of rows."""
    random = np.random.default_rng(seed)
    people = len(pairs.people)
    weights = random.multinomial(people, np.full(people, 1 / people), draws).astype(float)
    replicated = _networks(pairs, fitted, weights, refit)
    whole = _networks(pairs, fitted, np.ones((1, people)), False)
    names = _names(pairs, fitted)
    redrawn = {kind: _redrawn(names[kind], whole[kind][0], replicated[kind], confidence) for kind in whole}
    coefficients = _coefficients(pairs, fitted, whole, random, max(draws // 4, 50))
    return Stability(draws, redrawn["temporal"], redrawn["contemporaneous"], redrawn["between"], coefficients)


def _names(pairs: Pairs, fitted: Temporal) -> dict[str, list[tuple[str, str]]]:
    lagged = [(source, fit.outcome) for _, fit in fitted.fitted for source in pairs.variables]
    rows, columns = np.triu_indices(pairs.size, 1)
    ties = [(pairs.variables[i], pairs.variables[j]) for i, j in zip(rows, columns, strict=True)]
    return {"temporal": lagged, "contemporaneous": ties, "between": ties}


def _redrawn(names: list[tuple[str, str]], whole: Array, drawn: Array, confidence: float) -> list[Redrawn]:
    if not drawn.shape[1]:
        return []
    usable = drawn[np.isfinite(drawn).all(axis=1)]
    if len(usable) < 2:
        return []
    low, high = np.quantile(usable, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    same = (np.sign(usable) == np.sign(whole)).mean(axis=0)
    return [
        Redrawn(*name, float(low[place]), float(high[place]), float(same[place]))
        for place, name in enumerate(names)
    ]


def _networks(pairs: Pairs, fitted: Temporal, weights: Array, refit: bool) -> dict[str, Array]:
    """(B, edges) of each network, for weights (B, N) of the people; NaN where a draw holds no answer."""
    lagged = [
        (_refitted if refit else _held)(pairs, outcome, fit, weights)[:, 1:] for outcome, fit in fitted.fitted
    ]
    draws = len(weights)
    return {
        "temporal": np.concatenate(lagged, axis=1) if lagged else np.empty((draws, 0)),
        "contemporaneous": _contemporaneous(pairs, fitted, weights),
        "between": _between(pairs, weights),
    }


def _of_outcome(pairs: Pairs, outcome: int, weights: Array) -> Array:
    """Weights (B, P) of the people who take part in a regression."""
    return np.asarray(weights[:, np.unique(pairs.person[pairs.answered[:, outcome]])])


def _held(pairs: Pairs, outcome: int, fit: Regression, weights: Array) -> Array:
    """(B, r) fixed effects by generalised least squares, D and s as estimated."""
    at, each = fit.peak.course, fit.gathered.each
    k = at.data.rank
    m = at.d @ np.linalg.inv(at.s * np.eye(len(at.d)) + at.data.zz @ at.d)
    own = (each - at.data.zx.transpose(0, 2, 1) @ m @ at.data.zx) / at.s
    drawn = _of_outcome(pairs, outcome, weights)
    summed = (drawn @ own.reshape(len(own), -1)).reshape(-1, k + 1, k + 1)
    inner = np.full((len(weights), k), np.nan)
    solvable = np.linalg.cond(summed[:, :k, :k]) < 1e10
    inner[solvable] = np.linalg.solve(summed[solvable][:, :k, :k], summed[solvable][:, :k, k:])[:, :, 0]
    return np.array([fit.gathered.courses.basis.coefficients(row) for row in inner])


def _refitted(pairs: Pairs, outcome: int, fit: Regression, weights: Array) -> Array:
    """(B, r) fixed effects with D and s found anew, from where they were."""
    found = np.full((len(weights), pairs.size + 1), np.nan)
    for place, row in enumerate(_of_outcome(pairs, outcome, weights)):
        growth = replace(fit.peak.growth, data=_weighted(fit, row))
        optimum = minimise(growth, fit.peak.optimum.theta)
        at = growth.course(optimum.theta)
        if at is None or not optimum.settled:  # the draw lies on another face
            at = highest(growth.data, growth.correlated, growth.reml, NAMELESS).course
        found[place] = fit.gathered.courses.basis.coefficients(at.beta)
    return found


def _weighted(fit: Regression, weights: Array) -> Courses:
    """The data with each person counted as often as drawn."""
    data, kept = fit.gathered.courses, weights > 0
    drawn = weights[kept]
    return Courses(
        drawn,
        data.rows_each[kept],
        data.zz[kept],
        data.zx[kept] * np.sqrt(drawn)[:, None, None],
        np.arange(int(kept.sum())),
        np.tensordot(weights, fit.gathered.each, axes=1),
        data.basis,
    )


def _contemporaneous(pairs: Pairs, fitted: Temporal, weights: Array) -> Array:
    """Residuals as they were; their products drawn anew."""
    try:
        n, products = residual_products(pairs, fitted)
    except Unestimable:
        return np.empty((len(weights), 0))
    size = pairs.size
    total = np.maximum(weights @ n, 1e-300)
    return _partial((weights @ products.reshape(len(n), -1)).reshape(-1, size, size) / total[:, None, None])


def _between(pairs: Pairs, weights: Array) -> Array:
    known = np.isfinite(pairs.means).all(axis=1)
    means = pairs.means[known] - pairs.means[known].mean(axis=0) if known.any() else pairs.means[known]
    drawn, size = weights[:, known], pairs.size
    if known.sum() < size + 3:
        return np.empty((len(weights), 0))
    total = np.maximum(drawn.sum(axis=1), 1e-300)
    first = drawn @ means / total[:, None]
    second = (drawn @ (means[:, :, None] * means[:, None, :]).reshape(len(means), -1)).reshape(-1, size, size)
    return _partial(second / total[:, None, None] - first[:, :, None] * first[:, None, :])


def _partial(covariances: Array) -> Array:
    """(B, K (K - 1) / 2) partial correlations of (B, K, K) covariances; NaN where one is singular."""
    rows, columns = np.triu_indices(covariances.shape[1], 1)
    found = np.full((len(covariances), len(rows)), np.nan)
    sizes = np.sqrt(np.maximum(np.einsum("bii->bi", covariances), 0.0))
    moves = (sizes > 0).all(axis=1)
    shapes = covariances[moves] / (sizes[moves][:, :, None] * sizes[moves][:, None, :])
    definite = np.linalg.eigvalsh(shapes)[:, 0] > 1e-10
    inverse = np.linalg.inv(shapes[definite])
    roots = np.sqrt(np.einsum("bii->bi", inverse))
    values = -inverse[:, rows, columns] / (roots[:, rows] * roots[:, columns])
    found[np.flatnonzero(moves)[definite]] = values
    return found


def _coefficients(
    pairs: Pairs, fitted: Temporal, whole: dict[str, Array], random: np.random.Generator, draws: int
) -> dict[str, float | None]:
    people = len(pairs.people)
    reached: dict[str, float | None] = {
        kind: 0.0 if edges.shape[1] > 1 else None for kind, edges in whole.items()
    }
    broken: set[str] = set()
    for share in SHARES:
        left = people - round(share * people)
        order = np.argsort(random.random((draws, people)), axis=1)
        found = _networks(pairs, fitted, (order < left).astype(float), False)
        for kind, edges in found.items():
            if reached[kind] is None or kind in broken:
                continue
            if (_correlations(edges, whole[kind][0]) >= ALIKE).mean() >= CERTAIN:
                reached[kind] = share
            else:
                broken.add(kind)
    return reached


def _correlations(edges: Array, whole: Array) -> Array:
    """(B,) of each row with the edges of everybody; -1 where a row has none."""
    known = np.isfinite(edges).all(axis=1)
    found = np.full(len(edges), -1.0)
    centred = edges[known] - edges[known].mean(axis=1, keepdims=True)
    own = whole - whole.mean()
    sizes = np.linalg.norm(centred, axis=1) * np.linalg.norm(own)
    found[known] = np.where(sizes > 0, centred @ own / np.where(sizes > 0, sizes, 1.0), -1.0)
    return found
