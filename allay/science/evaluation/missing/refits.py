"""Many refits of the imputation model at once: one for each set of sums, all warm-started from the fit of everybody.

Quasi-Newton steps (BFGS: Nocedal & Wright, Numerical Optimization, 2nd ed., eq. 6.17) on the covariance parameters, with
the inverse information of the full fit to begin with. Leaving out one of N people moves the maximum by a multiple of
1/N, so that three or four gradients reach it to the last digits. The gradient is that of `models.likelihood`,

    -2 dl[S] = sum n tr(W S) - tr(W K W S),     K = sum (r r' + X Phi X')

with sums over cells in place of people. A refit that does not settle is left to the caller.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.missing.cells import Cells, Sums
from allay.science.evaluation.missing.cohort import Marks, Whole
from allay.science.evaluation.missing.imputation_model import Model
from allay.science.evaluation.models.covariance import Structure

Array = npt.NDArray[np.float64]
MOST_STEPS = 15
STILL_TO_GAIN = 1e-17  # g' H^-1 g: the parameters are then within 3e-9 of their standard errors
ROUNDING = 1e-13
ROOM = 1e-9  # smallest eigenvalue of a covariance relative to the largest
DEFICIENT = 1e-9  # smallest share of X'X that a direction must keep


@dataclass(frozen=True)
class Refits:
    """R fits: sigma (R, T, T), beta (R, k), inverse (R, P, T, T) = W of every pattern; settled (R,)."""

    sigma: Array
    beta: Array
    inverse: Array
    settled: Marks

    def chosen(self, rows: Marks) -> Refits:
        return Refits(self.sigma[rows], self.beta[rows], self.inverse[rows], self.settled[rows])


@dataclass(frozen=True)
class _Gradient:
    """At given covariances: half of -2 dl in the elements of Sigma (R, T * T), beta and W."""

    elements: Array
    beta: Array
    inverse: Array


def fitted(model: Model) -> Refits:
    """The certified fit of everybody, as one replicate."""
    solution = model.solution
    sigma = solution.covariances[:1] / model.scale**2
    return Refits(sigma, solution.beta[None], inverses(model.cells, sigma), np.ones(1, dtype=bool))


def refit(model: Model, sums: Sums) -> Refits:
    """The restricted maximum for each replicate."""
    count, visits = sums.replicates, model.shape.visits
    theta = np.tile(model.theta, (count, 1))
    inverted = np.tile(np.linalg.inv(model.solution.observed), (count, 1, 1))
    settled, moving = np.zeros(count, dtype=bool), full_rank(model, sums)
    sigma = np.tile(np.eye(visits), (count, 1, 1))
    beta = np.zeros((count, model.maps.shape[3]))
    inverse = np.zeros((count, *model.cells.patterns.shape, visits))
    gains = np.full(count, np.inf)
    before: tuple[Array, Array] | None = None  # the last step and gradient of everybody
    for _ in range(MOST_STEPS):
        places = np.flatnonzero(moving)
        if not len(places):
            break
        tried = covariances(model.shape, theta[places])
        inside = definite(tried)
        moving[places[~inside]] = False
        places, tried = places[inside], tried[inside]
        at = gradient_at(model, sums if len(places) == count else sums.chosen(places), tried)
        slope = sloped(model.shape, theta[places], at.elements)
        if before is not None:
            inverted[places] = _updated(inverted[places], before[0][places], slope - before[1][places])
        step = -(inverted[places] @ slope[:, :, None])[:, :, 0]
        decrement = -(slope * step).sum(axis=1)
        sigma[places], beta[places], inverse[places] = tried, at.beta, at.inverse
        done = (np.abs(decrement) < STILL_TO_GAIN) | _at_rest(np.abs(decrement), gains[places])
        gains[places] = np.abs(decrement)
        settled[places[done]], moving[places[done]] = True, False
        steps, slopes = np.zeros_like(theta), np.zeros_like(theta)
        steps[places], slopes[places] = step, slope
        theta[places[~done]] += step[~done]
        before = (steps, slopes)
    return Refits(sigma, beta, inverse, settled)


def _at_rest(gain: Array, before: Array) -> Marks:
    """Where only rounding is left: close to the maximum, and no longer getting closer."""
    return np.asarray((gain < ROUNDING) & (gain > before / 4))


def _updated(inverted: Array, step: Array, change: Array) -> Array:
    """The BFGS update of inverse Hessians (R, m, m); none where the curvature along the step is not positive."""
    along = (step * change).sum(axis=1)
    size = np.sqrt((step**2).sum(axis=1) * (change**2).sum(axis=1))
    bent = along > 1e-8 * np.where(size > 0, size, 1.0)
    rho = np.where(bent, 1.0 / np.where(bent, along, 1.0), 0.0)
    turned = (inverted @ change[:, :, None])[:, :, 0]
    inner = rho * (change * turned).sum(axis=1) + 1.0
    outer = step[:, :, None] * turned[:, None, :]
    both = (outer + outer.transpose(0, 2, 1)) * rho[:, None, None]
    return np.asarray(inverted - both + (rho * inner)[:, None, None] * step[:, :, None] * step[:, None, :])


def covariances(shape: Structure, theta: Array) -> Array:
    """(R, T, T) from (R, m)."""
    if shape.linear:
        flat = theta @ shape.at(theta[0]).jacobian.T
        return np.asarray(flat.reshape(-1, shape.visits, shape.visits))
    return np.array([shape.at(one).sigma for one in theta]).reshape(-1, shape.visits, shape.visits)


def sloped(shape: Structure, theta: Array, elements: Array) -> Array:
    """(R, m) the gradient in the parameters, from that in the elements."""
    if shape.linear:
        return np.asarray(elements @ shape.at(theta[0]).jacobian)
    rows = [shape.at(one).jacobian.T @ part for one, part in zip(theta, elements, strict=True)]
    return np.array(rows).reshape(theta.shape)


def definite(sigma: Array) -> Marks:
    values = np.linalg.eigvalsh(np.where(np.isfinite(sigma), sigma, 0.0))
    return np.asarray(np.isfinite(sigma).all(axis=(1, 2)) & (values[:, 0] > ROOM * np.abs(values[:, -1])))


def inverses(cells: Cells, sigma: Array) -> Array:
    """(R, P, T, T): W, the inverse of the observed part of each Sigma, nought elsewhere."""
    seen = cells.patterns[:, :, None] & cells.patterns[:, None, :]
    filled = np.where(seen, sigma[:, None], np.eye(sigma.shape[-1]))
    return np.where(seen, np.linalg.inv(filled), 0.0)


def information(model: Model, weights: Array, sums: Sums) -> Array:
    """(R, k, k): X'WX for W (R, P, T, T)."""
    count, visits, q = sums.replicates, weights.shape[-1], sums.zz.shape[-1]
    total = np.zeros((count, model.maps.shape[3], model.maps.shape[3]))
    for arm, flat in enumerate(model.flat):
        mine = model.cells.of(arm)
        each = weights[:, model.cells.pattern[mine]].reshape(len(weights), len(mine), visits * visits)
        products = sums.zz[:, mine].reshape(count, len(mine), q * q)
        block = (each.transpose(0, 2, 1) @ products).reshape(count, visits, visits, q, q)
        square = block.transpose(0, 1, 3, 2, 4).reshape(count, visits * q, visits * q)
        total += flat.T @ square @ flat
    return total


def full_rank(model: Model, sums: Sums) -> Marks:
    """(R,) whether the people of a replicate determine as much as everybody does."""
    seen = model.cells.patterns
    plain = np.where(seen[:, :, None] & seen[:, None, :], np.eye(seen.shape[1]), 0.0)
    values = np.linalg.eigvalsh(information(model, plain[None], sums))
    return np.asarray(values[:, 0] > DEFICIENT * values[:, -1])


def gradient_at(model: Model, sums: Sums, sigma: Array) -> _Gradient:
    """Beta and the gradient of minus the restricted log-likelihood at positive definite covariances."""
    cells, count, visits = model.cells, sums.replicates, sigma.shape[-1]
    weights = inverses(cells, sigma)
    phi = np.asarray(np.linalg.inv(information(model, weights, sums)), dtype=float)
    beta = (phi @ _right(model, weights, sums)[:, :, None])[:, :, 0]
    spread, people = np.zeros_like(weights), np.zeros((count, len(cells.patterns)))
    for arm, mean in enumerate(model.means(beta).swapaxes(0, 1)):
        mine = cells.of(arm)
        spread[:, cells.pattern[mine]] += _around(sums, mine, mean)
        spread[:, cells.pattern[mine]] += _fixed(sums, mine, model.flat[arm], phi)
        people[:, cells.pattern[mine]] += sums.n[:, mine]
    inner = people[:, :, None, None] * weights - weights @ spread @ weights
    return _Gradient(inner.sum(axis=1).reshape(count, visits * visits) / 2, beta, weights)


def _right(model: Model, weights: Array, sums: Sums) -> Array:
    """(R, k): X'Wy."""
    count = sums.replicates
    total = np.zeros((count, model.maps.shape[3]))
    for arm, flat in enumerate(model.flat):
        mine = model.cells.of(arm)
        pulled = (sums.zy[:, mine] @ weights[:, model.cells.pattern[mine]]).sum(axis=1)
        total += pulled.transpose(0, 2, 1).reshape(count, -1) @ flat
    return total


def _around(sums: Sums, mine: Whole, mean: Array) -> Array:
    """(R, cells, T, T): sum r r' around a mean (R, q, T)."""
    half = sums.zy[:, mine] - sums.zz[:, mine] @ mean[:, None] / 2
    cross = mean.transpose(0, 2, 1)[:, None] @ half
    return np.asarray(sums.yy[:, mine] - cross - cross.swapaxes(-1, -2))


def _fixed(sums: Sums, mine: Whole, flat: Array, phi: Array) -> Array:
    """(R, cells, T, T): sum X Phi X'."""
    count, q = sums.replicates, sums.zz.shape[-1]
    visits = len(flat) // q
    both = (flat @ phi @ flat.T).reshape(count, visits, q, visits, q)
    pairs = both.transpose(0, 1, 3, 2, 4).reshape(count, visits * visits, q * q)
    products = sums.zz[:, mine].reshape(count, len(mine), q * q)
    found = products @ pairs.transpose(0, 2, 1)
    return np.asarray(found.reshape(count, len(mine), visits, visits))
