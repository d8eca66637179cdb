"""Three networks of daily variables: from day to day, within the same day, and between people.

From day to day: the fixed effects of the multilevel vector autoregression. Within a day: partial correlations of what
these leave over, from the same sums of products. Between people: partial correlations of the people's means (Epskamp
et al., Multivariate Behavioral Research 2018; 53: 453-480).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.diary.pairs import Pairs
from allay.science.diary.regression import Effects, Regression, regression
from allay.science.diary.shapes import Edge, Tie
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.models.degrees import t_p, t_quantile
from allay.science.evaluation.models.errors import Unestimable

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Temporal:
    """One regression for each variable, in their order, or why there is none."""

    variables: tuple[str, ...]
    regressions: tuple[Regression | NotEstimable, ...]

    @property
    def fitted(self) -> list[tuple[int, Regression]]:
        """The outcomes that have an answer, with their places."""
        return [(k, fit) for k, fit in enumerate(self.regressions) if isinstance(fit, Regression)]


def temporal(pairs: Pairs, effects: Effects = "full", *, reml: bool = True) -> Temporal:
    """All outcomes from the same sums. An outcome without an answer is NotEstimable with its reason."""
    found: list[Regression | NotEstimable] = []
    for outcome in range(pairs.size):
        try:
            found.append(regression(pairs, outcome, effects, reml))
        except Unestimable as fault:
            found.append(NotEstimable(str(fault)))
    return Temporal(pairs.variables, tuple(found))


def edges(pairs: Pairs, fitted: Temporal, confidence: float = 0.95) -> list[Edge]:
    """The temporal network's fixed effects, K for each outcome that has an answer."""
    yesterday, today = within_spreads(pairs)
    found = []
    for outcome, fit in fitted.fitted:
        for place, source in enumerate(pairs.variables):
            beta, se, df = (float(one[place + 1]) for one in (fit.beta, fit.se, fit.df))
            reach = t_quantile(df, confidence) * se
            found.append(
                Edge(
                    source,
                    fit.outcome,
                    beta,
                    se,
                    df if np.isfinite(df) else None,
                    beta - reach,
                    beta + reach,
                    t_p(beta / se, df),
                    beta * float(yesterday[place] / today[outcome]),
                    float(np.sqrt(max(fit.covariance[place + 1, place + 1], 0.0))),
                )
            )
    return found


def within_spreads(pairs: Pairs) -> tuple[Array, Array]:
    """(K,) pooled standard deviations within people of yesterday's and of today's values, over pairs answered in full."""
    n, products = pairs.over(pairs.full)
    some, size = n > 0, pairs.size
    squares = np.einsum("pii->pi", products[some])[:, 1:] - products[some][:, 0, 1:] ** 2 / n[some][:, None]
    spread = np.sqrt(squares.sum(axis=0) / max(float(n.sum() - some.sum()), 1.0))
    return spread[:size], spread[size:]


def residual_products(pairs: Pairs, fitted: Temporal) -> tuple[Array, Array]:
    """Pairs (N,) and, for each person, sums of products (N, K, K) of what the person's own regressions leave over.

    With W the person's products of [1, yesterday, today] and G = [-B_i; I], they are G'WG: no second pass.
    Raises Unestimable unless every outcome has an answer.
    """
    size = pairs.size
    if len(fitted.fitted) < size:
        raise Unestimable("not every variable has a regression on the day before")
    n, products = pairs.over(pairs.full)
    change = np.zeros((len(pairs.people), 2 * size + 1, size))
    for outcome, fit in fitted.fitted:
        change[:, : size + 1, outcome] = -fit.own
        change[:, 0, outcome] += pairs.shift[outcome]
        change[:, size + 1 + outcome, outcome] = 1.0
    return n, change.transpose(0, 2, 1) @ products @ change


def contemporaneous(pairs: Pairs, fitted: Temporal, confidence: float = 0.95) -> list[Tie] | NotEstimable:
    """Partial correlations within a day of what yesterday leaves over.

    Intervals by the delta method on people as clusters (Liang & Zeger, Biometrika 1986; 73: 13-22), on Fisher's scale.
    """
    try:
        n, products = residual_products(pairs, fitted)
        theta = products.sum(axis=0) / n.sum()
        partial = partial_correlations(theta)
    except Unestimable as fault:
        return NotEstimable(str(fault))
    if pairs.size < 2:
        return NotEstimable("there is one variable only")
    some = n > 0
    moved = (products - n[:, None, None] * theta)[some] / n.sum()
    people = int(some.sum())
    variance = (_turned(theta, partial, moved) ** 2).sum(axis=0) * people / (people - 1)
    errors = np.sqrt(variance) / np.maximum(1 - partial**2, 1e-12)
    return _ties(pairs.variables, partial, errors, people - 1, confidence)


def _turned(theta: Array, partial: Array, moved: Array) -> Array:
    """Change (N, K, K) of the partial correlations where the covariance moves (N, K, K)."""
    inverse = np.linalg.inv(theta)
    change = -inverse @ moved @ inverse
    sizes = np.sqrt(np.diag(inverse))
    relative = np.einsum("pii->pi", change) / np.diag(inverse)
    both = relative[:, :, None] + relative[:, None, :]
    return np.asarray(-change / np.outer(sizes, sizes) - partial * both / 2)


def between(pairs: Pairs, confidence: float = 0.95) -> list[Tie] | NotEstimable:
    """Partial correlations of the means of people who answered everything at least once, each person counted once.

    Intervals on Fisher's scale with variance 1 / (N - K - 1).
    """
    means = pairs.means[np.isfinite(pairs.means).all(axis=1)]
    people, size = means.shape
    if size < 2:
        return NotEstimable("there is one variable only")
    if people < size + 3:
        return NotEstimable(f"{people} people are too few for partial correlations of {size} variables")
    try:
        partial = partial_correlations(np.cov(means.T))
    except Unestimable as fault:
        return NotEstimable(str(fault))
    errors = np.full((size, size), 1 / np.sqrt(people - size - 1))
    return _ties(pairs.variables, partial, errors, float("inf"), confidence)


def partial_correlations(covariance: Array) -> Array:
    """(K, K) with ones on the diagonal. Raises Unestimable where the covariance is singular."""
    sizes = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    if not (np.isfinite(covariance).all() and (sizes > 0).all()):
        raise Unestimable("a variable does not vary")
    shape = covariance / np.outer(sizes, sizes)
    if np.linalg.eigvalsh(shape)[0] < 1e-10:
        raise Unestimable("the variables determine each other exactly")
    inverse = np.linalg.inv(shape)
    roots = np.sqrt(np.diag(inverse))
    partial = -inverse / np.outer(roots, roots)
    np.fill_diagonal(partial, 1.0)
    return np.asarray(partial)


def _ties(
    variables: tuple[str, ...], partial: Array, errors: Array, df: float, confidence: float
) -> list[Tie]:
    found = []
    reach = t_quantile(df, confidence)
    for i, a in enumerate(variables):
        for j in range(i + 1, len(variables)):
            estimate, error = float(partial[i, j]), float(errors[i, j])
            middle = float(np.arctanh(estimate))
            low, high = np.tanh([middle - reach * error, middle + reach * error])
            p = t_p(middle / error, df) if error > 0 else float("nan")
            found.append(Tie(a, variables[j], estimate, float(low), float(high), p))
    return found
