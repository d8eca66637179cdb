"""Fitting the covariance of repeated measures: one structure, for everybody or for each covariance group."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.certificate import Certificate, certify
from allay.science.evaluation.models.compressed import Compressed
from allay.science.evaluation.models.covariance import Structure
from allay.science.evaluation.models.errors import Unestimable
from allay.science.evaluation.models.likelihood import Point, Slopes, point, slopes
from allay.science.evaluation.models.newton import Derivatives, minimise
from allay.science.evaluation.models.solution import Solution

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Repeated:
    """Minus the log-likelihood of G covariances of one structure, theta (G * m,) one after the other."""

    people: Compressed
    structure: Structure
    reml: bool
    known: dict[bytes, tuple[Point, Slopes | None]] = field(default_factory=dict, compare=False)

    def covariances(self, theta: Array) -> Array:
        return np.array([self.structure.at(part).sigma for part in self._parts(theta)])

    def point(self, theta: Array) -> Point | None:
        """The model at theta; the last one is remembered."""
        key = theta.tobytes()
        if key not in self.known:
            at = self._point(theta)
            if at is None:
                return None
            self.known.clear()
            self.known[key] = (at, None)
        return self.known[key][0]

    def slopes(self, at: Point, theta: Array) -> Slopes:
        key = theta.tobytes()
        found = self.known[key][1] if key in self.known else None
        if found is None:
            found = slopes(at)
            self.known[key] = (at, found)
        return found

    def _point(self, theta: Array) -> Point | None:
        with np.errstate(over="ignore", invalid="ignore"):
            sigma = self.covariances(theta)
        return (
            point(self.people, sigma, self.reml)
            if np.isfinite(sigma).all() and self.definite(sigma)
            else None
        )

    def value(self, theta: Array) -> float | None:
        at = self.point(theta)
        return -at.log_likelihood if at is not None and np.isfinite(at.log_likelihood) else None

    def derivatives(self, theta: Array) -> Derivatives:
        at = self.point(theta)
        if at is None:
            raise Unestimable("the covariance is not positive definite")
        found = self.slopes(at, theta)
        jacobian = self.jacobian(theta)
        bend = self.bend(theta, found.gradient)
        return Derivatives(
            jacobian.T @ found.gradient,
            symmetric(jacobian.T @ found.observed @ jacobian) + bend,
            symmetric(jacobian.T @ found.expected @ jacobian),
        )

    def jacobian(self, theta: Array) -> Array:
        """(G * T * T, G * m), block-diagonal."""
        size = self.structure.visits**2
        parts = self._parts(theta)
        found = np.zeros((size * len(parts), len(theta)))
        for number, part in enumerate(parts):
            columns = slice(number * len(part), (number + 1) * len(part))
            found[number * size : (number + 1) * size, columns] = self.structure.at(part).jacobian
        return found

    def start(self) -> Array:
        """From pairwise moments of the residuals of ordinary least squares."""
        return np.concatenate([self.structure.start(sigma) for sigma in residual_moments(self.people)])

    def _parts(self, theta: Array) -> list[Array]:
        size = len(theta) // self.people.covariances
        return [theta[start : start + size] for start in range(0, len(theta), size)] if size else [theta]

    def bend(self, theta: Array, gradient: Array) -> Array:
        """(G * m, G * m) second derivatives of the covariances contracted with a gradient."""
        found = np.zeros((len(theta), len(theta)))
        if self.structure.linear:
            return found
        parts, pieces = self._parts(theta), np.split(gradient, self.people.covariances)
        for number, (part, piece) in enumerate(zip(parts, pieces, strict=True)):
            place = slice(number * len(part), (number + 1) * len(part))
            found[place, place] = self.structure.at(part).bend(piece)
        return found

    def definite(self, sigma: Array) -> bool:
        """Also where no pattern sees all visits at once, the whole matrix must be a covariance."""
        try:
            np.linalg.cholesky(sigma)
        except np.linalg.LinAlgError:
            return False
        return True


def symmetric(matrix: Array) -> Array:
    return np.asarray((matrix + matrix.T) / 2)


def residual_moments(people: Compressed) -> Array:
    """(G, T, T) pairwise moments of least-squares residuals, made positive definite."""
    k = people.rank
    flat = people.rows.reshape(-1, k + 1)
    beta = np.linalg.lstsq(flat[:, :k], flat[:, k], rcond=None)[0]
    residual = people.rows @ np.append(-beta, 1.0)
    products = residual @ residual.transpose(0, 2, 1)
    seen = people.observed[:, :, None] & people.observed[:, None, :]
    found = []
    for group in range(people.covariances):
        mine = people.covariance == group
        pairs = (seen[mine] * people.n[mine][:, None, None]).sum(axis=0)
        found.append(_definite(products[mine].sum(axis=0), pairs))
    return np.array(found)


def _definite(products: Array, pairs: Array) -> Array:
    means = products / np.maximum(pairs, 1)
    spread = np.sqrt(np.where(np.diag(means) > 0, np.diag(means), 1.0))
    values, vectors = np.linalg.eigh(means / np.outer(spread, spread))
    correlation = (vectors * np.maximum(values, 0.05)) @ vectors.T
    size = np.sqrt(np.diag(correlation))
    return np.asarray(correlation / np.outer(size, size) * np.outer(spread, spread))


def fit_repeated(people: Compressed, structure: Structure, *, reml: bool = True) -> Solution:
    """The maximum of the likelihood, with its certificate; whether that holds is for the caller to ask."""
    objective = Repeated(people, structure, reml)
    start = objective.start()
    if objective.value(start) is None:
        start = np.concatenate([structure.start(np.diag(np.diag(s))) for s in residual_moments(people)])
    optimum = minimise(objective, start)
    return solution_at(objective, optimum.theta, optimum.steps)


def certificate_at(objective: Repeated, theta: Array) -> Certificate:
    """The certificate of any parameters, from wherever they come."""
    return certify(objective.derivatives(theta), objective.covariances(theta))


def solution_at(objective: Repeated, theta: Array, steps: int) -> Solution:
    """Everything that standard errors and df need, at theta."""
    people = objective.people
    at = objective.point(theta)
    if at is None:
        raise Unestimable("no covariance was found at which the likelihood exists")
    found = objective.slopes(at, theta)
    derivatives, jacobian = objective.derivatives(theta), objective.jacobian(theta)
    return Solution(
        basis=people.basis,
        beta=at.beta,
        root=at.root,
        turned=np.tensordot(jacobian, found.design, axes=(0, 0)),
        observed=derivatives.observed,
        expected=derivatives.expected,
        middle=lambda weights: contracted(at, jacobian, weights),
        log_likelihood=at.log_likelihood,
        reml=objective.reml,
        people=int(people.n.sum()),
        observations=int(people.observations),
        covariances=at.sigma * people.basis.scale**2,
        parameters=theta,
        steps=steps,
        certificate=certify(derivatives, at.sigma),
    )


def contracted(at: Point, jacobian: Array, weights: Array) -> Array:
    """sum_kl w_kl root' X'W S_k W S_l W X root, contracted pattern by pattern."""
    people, visits = at.people, at.sigma.shape[1]
    size, k = visits * visits, people.rank
    total = np.zeros((k, k))
    for group in range(at.sigma.shape[0]):
        rows = jacobian[group * size : (group + 1) * size]
        both = (rows @ weights @ rows.T).reshape(visits, visits, visits, visits)  # (ab, cd)
        mine = people.covariance == group
        inner = at.inverse[mine].reshape(-1, size) @ both.transpose(1, 2, 0, 3).reshape(size, size)
        turned = at.weighted[mine][:, :, : people.depth, :k] @ at.root
        count, _, depth, _ = turned.shape
        flat = turned.reshape(count, visits, depth * k)
        pushed = (inner.reshape(-1, visits, visits) @ flat).reshape(-1, k)
        total += flat.reshape(-1, k).T @ pushed
    return total
