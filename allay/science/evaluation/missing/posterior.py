"""Draws of the imputation model's parameters: a Gibbs sampler by data augmentation, on cross-products alone.

Under a flat prior of beta and |Sigma|^-(T+1)/2 of Sigma, in turn

    missing values | beta, Sigma      normal, about their conditional mean
    Sigma | beta, complete data       inverse Wishart, n degrees of freedom, scale sum r r'
    beta | Sigma, complete data       normal, about generalised least squares

(Schafer, Analysis of Incomplete Multivariate Data, 1997, chapter 5). The second and third step need the complete data's
cross-products only, so these are drawn instead of the values. For a cell of n people with known U = [z, y_o] and
errors E of the imputed values, E'E and U'E are

    U'E = L G,  E'E = G'G + Wishart(n - r, V)      U'U = L L', L of r columns, G (r, T) normal with covariance V

because E's part in the r directions of U is independent of the rest. M chains run side by side from the restricted
maximum and each gives one draw: draws are independent, and the cost does not grow with the number of people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.missing.cells import Cells, Sums, cross_products
from allay.science.evaluation.missing.cohort import Marks, Whole
from allay.science.evaluation.missing.imputation_model import Model
from allay.science.evaluation.missing.refits import inverses
from allay.science.evaluation.missing.strategies import Strategy, course
from allay.science.evaluation.models.compressed import square_root
from allay.science.evaluation.models.errors import Unestimable

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Draws:
    """M draws of beta (M, k) and Sigma (M, T, T), on the scale of the model."""

    beta: Array
    sigma: Array


@dataclass(frozen=True)
class Completed:
    """M imputations of G cells: zy (M, G, q, T) = sum z y', yy (M, G, T, T) = sum y y', missing values filled in."""

    zy: Array
    yy: Array


@dataclass(frozen=True)
class Known:
    """What is known of each cell: products (G, q + T, q + T) of [z, y_o]; roots (G, r, q + T); free (G,) = n - r."""

    products: Array
    roots: Array
    free: Whole


def known_of(model: Model) -> Known:
    """From the sums of everybody."""
    sums, products = model.sums, cross_products(model.sums)
    roots = [square_root(one)[-int(n) :] for one, n in zip(products, sums.n[0], strict=True)]
    rank = np.array([len(root) for root in roots])
    padded = np.zeros((len(roots), rank.max(), products.shape[1]))
    for place, root in enumerate(roots):
        padded[place, : len(root)] = root
    return Known(products, padded, sums.n[0].astype(np.int64) - rank)


def complete(
    model: Model, known: Known, draws: Draws, strategy: Strategy, random: np.random.Generator
) -> Completed:
    """One imputation of every missing value for each draw, under a strategy."""
    cells = model.cells
    weights = inverses(cells, draws.sigma)
    every = model.means(draws.beta)
    mean = course(strategy, every[:, cells.arm], every[:, [0]], cells.begins)
    back = (weights @ draws.sigma[:, None])[:, cells.pattern]  # W Sigma
    visits = back.shape[-1]
    line = np.concatenate([mean @ (np.eye(visits) - back), back], axis=2)  # conditional mean = [z, y_o] line
    errors = _errors(cells, weights, draws.sigma, known, random)
    about = known.products @ line + known.roots.swapaxes(1, 2) @ errors[0]
    cross = line.swapaxes(-1, -2) @ (known.roots.swapaxes(1, 2) @ errors[0])
    yy = line.swapaxes(-1, -2) @ known.products @ line + cross + cross.swapaxes(-1, -2)
    yy += errors[0].swapaxes(-1, -2) @ errors[0] + errors[1]
    return Completed(about[:, :, : model.z.shape[1]], yy)


def _errors(
    cells: Cells, weights: Array, sigma: Array, known: Known, random: np.random.Generator
) -> tuple[Array, Array]:
    """G (M, G, r, T) in the directions of what is known, and the Wishart part (M, G, T, T) of the rest."""
    spread = _spread(cells, weights, sigma)[:, cells.pattern]  # V = spread spread'
    count, visits = len(sigma), sigma.shape[-1]
    inside = random.standard_normal((count, len(cells.arm), known.roots.shape[1], visits))
    inside *= (known.roots != 0).any(axis=2)[None, :, :, None]
    outside = wishart_root(random, known.free, visits, (count, len(cells.arm)))
    rest = spread @ outside
    return inside @ spread.swapaxes(-1, -2), rest @ rest.swapaxes(-1, -2)


def _spread(cells: Cells, weights: Array, sigma: Array) -> Array:
    """(M, P, T, T) roots of the conditional covariance of what is missing, nought elsewhere."""
    missing = ~cells.patterns
    both = missing[:, :, None] & missing[:, None, :]
    conditional = sigma[:, None] - sigma[:, None] @ weights @ sigma[:, None]
    root = np.linalg.cholesky(np.where(both, conditional, np.eye(sigma.shape[-1])))
    return np.where(both, root, 0.0)


def wishart_root(random: np.random.Generator, free: Whole, size: int, shape: tuple[int, ...]) -> Array:
    """(*shape, T, T) B with B B' ~ Wishart(free, I), free along the last axis of shape, 0 or more.

    Bartlett's decomposition from T degrees of freedom on; below, the sum of so many squares.
    """
    free = np.broadcast_to(free, shape)
    normal = random.standard_normal((*shape, size, size))
    chi = random.chisquare(np.maximum(free[..., None] - np.arange(size), 1.0))
    lower = np.tril(normal, -1) + np.sqrt(chi)[..., None] * np.eye(size)
    few = normal * (np.arange(size) < free[..., None])[..., None, :]
    return np.where((free >= size)[..., None, None], lower, few)


def draw(model: Model, known: Known, imputations: int, sweeps: int, random: np.random.Generator) -> Draws:
    """M independent draws after so many sweeps. Raises Unestimable where people are too few for a covariance."""
    seen = known.free + (known.roots != 0).any(axis=2).sum(axis=1)
    measured: Marks = np.any(model.cells.observed, axis=1)
    people, visits = int(seen[measured].sum()), model.shape.visits
    if people - visits <= len(model.solution.beta) / visits:
        raise Unestimable(f"{people} people are too few to draw a covariance of {visits} visits")
    start = model.solution
    now = Draws(
        np.tile(start.beta, (imputations, 1)),
        np.tile(start.covariances[0] / model.scale**2, (imputations, 1, 1)),
    )
    for _ in range(sweeps):
        filled = complete(model, known, now, "MAR", random)
        now = _parameters(model, filled, measured, people, now.beta, random)
    return now


def _parameters(
    model: Model,
    filled: Completed,
    measured: Marks,
    people: int,
    beta: Array,
    random: np.random.Generator,
) -> Draws:
    """Sigma and then beta, given complete data of those who were measured at all."""
    totals = [_arm_sums(model, filled, measured, arm) for arm in range(len(model.maps))]
    scatter = np.zeros_like(filled.yy[:, 0])
    for mean, part in zip(model.means(beta).swapaxes(0, 1), totals, strict=True):
        half = part.zy[:, 0] - part.zz[0, 0] @ mean / 2
        cross = mean.swapaxes(1, 2) @ half
        scatter += part.yy[:, 0] - cross - cross.swapaxes(1, 2)
    sigma = _inverse_wishart(scatter, people, random)
    return Draws(_coefficients(model, totals, sigma, random), sigma)


def _arm_sums(model: Model, filled: Completed, measured: Marks, arm: int) -> Sums:
    mine = np.flatnonzero((model.cells.arm == arm) & measured)
    return Sums(
        model.sums.n[:, mine].sum(axis=1, keepdims=True),
        model.sums.zz[:, mine].sum(axis=1, keepdims=True),
        filled.zy[:, mine].sum(axis=1, keepdims=True),
        filled.yy[:, mine].sum(axis=1, keepdims=True),
    )


def _inverse_wishart(scatter: Array, people: int, random: np.random.Generator) -> Array:
    """Sigma with Sigma^-1 ~ Wishart(people, scatter^-1)."""
    count, visits = scatter.shape[:2]
    upper = np.linalg.inv(np.linalg.cholesky(scatter)).swapaxes(1, 2)  # scatter^-1 = upper upper'
    root = upper @ wishart_root(random, np.array(people), visits, (count,))
    inverse = np.linalg.inv(root)
    return np.asarray(inverse.swapaxes(1, 2) @ inverse)


def _coefficients(model: Model, totals: list[Sums], sigma: Array, random: np.random.Generator) -> Array:
    """Beta about generalised least squares of complete data."""
    weight = np.linalg.inv(sigma)
    count, visits = weight.shape[:2]
    q, k = model.z.shape[1], model.maps.shape[3]
    information, right = np.zeros((count, k, k)), np.zeros((count, k))
    for flat, part in zip(model.flat, totals, strict=True):
        block = weight[:, :, None, :, None] * part.zz[0, 0][:, None, :]
        information += flat.T @ block.reshape(count, visits * q, visits * q) @ flat
        right += (part.zy[:, 0] @ weight).swapaxes(1, 2).reshape(count, -1) @ flat
    covariance = np.linalg.inv(information)
    root = np.linalg.cholesky((covariance + covariance.swapaxes(1, 2)) / 2)
    noise = root @ random.standard_normal((count, k, 1))
    return np.asarray((covariance @ right[:, :, None] + noise)[:, :, 0])
