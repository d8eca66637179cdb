"""The slow and plain way: one covariance matrix of all observations, derivatives of V by differences, no shortcuts.

Every combination of structure, df and sandwich is compared with this. Formulas in the projection P = V^-1 - V^-1 X Phi
X'V^-1 (Searle, Casella & McCulloch, Variance Components, 1992, chapter 6), nothing shared with the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

Matrix = np.ndarray


@dataclass(frozen=True, eq=False)
class Dense:
    """A model V(theta) at one theta."""

    x: Matrix
    y: Matrix
    people: Matrix
    covariance: Callable[[Matrix], Matrix]
    theta: Matrix
    reml: bool = True

    @cached_property
    def v(self) -> Matrix:
        return self.covariance(self.theta)

    @cached_property
    def inverse(self) -> Matrix:
        return np.linalg.inv(self.v)

    @cached_property
    def phi(self) -> Matrix:
        return np.linalg.inv(self.x.T @ self.inverse @ self.x)

    @cached_property
    def beta(self) -> Matrix:
        return self.phi @ self.x.T @ self.inverse @ self.y

    @cached_property
    def projection(self) -> Matrix:
        w = self.inverse
        return w - w @ self.x @ self.phi @ self.x.T @ w

    def log_likelihood(self) -> float:
        n, k = self.x.shape
        rest = self.y @ self.projection @ self.y
        value = np.linalg.slogdet(self.v)[1] + rest + (n - k if self.reml else n) * np.log(2 * np.pi)
        return -(value + (-np.linalg.slogdet(self.phi)[1] if self.reml else 0)) / 2

    @cached_property
    def first(self) -> list[Matrix]:
        """dV / dtheta."""
        return [self._difference(step) for step in self._steps()]

    def _steps(self) -> Matrix:
        return np.diag(1e-4 * np.maximum(np.abs(self.theta), 1e-2))

    def _difference(self, step: Matrix) -> Matrix:
        """Fourth-order central difference of V."""
        at = [self.covariance(self.theta + j * step) for j in (-2, -1, 1, 2)]
        return (at[0] - 8 * at[1] + 8 * at[2] - at[3]) / (12 * np.abs(step).sum())

    def _second(self, one: Matrix, other: Matrix) -> Matrix:
        """Richardson's extrapolation of the central second difference."""

        def plain(h: float) -> Matrix:
            at = {
                (i, j): self.covariance(self.theta + h * (i * one + j * other))
                for i in (-1, 1)
                for j in (-1, 1)
            }
            difference = at[1, 1] - at[1, -1] - at[-1, 1] + at[-1, -1]
            return difference / (4 * h * h * np.abs(one).sum() * np.abs(other).sum())

        return (4 * plain(10.0) - plain(20.0)) / 3

    def gradient(self) -> Matrix:
        p, py = self.projection, self.projection @ self.y
        spread = p if self.reml else self.inverse
        return np.array([np.sum(spread * v) - py @ v @ py for v in self.first]) / 2

    def information(self, kind: str = "observed") -> Matrix:
        return self._expected if kind == "expected" else self._observed

    @cached_property
    def _expected(self) -> Matrix:
        spread = self.projection if self.reml else self.inverse
        half = np.array([(spread @ v).ravel() for v in self.first])
        turned = np.array([(spread @ v).T.ravel() for v in self.first])
        return half @ turned.T / 2

    @cached_property
    def _observed(self) -> Matrix:
        spread = self.projection if self.reml else self.inverse
        py, steps = self.projection @ self.y, self._steps()
        pulled = np.array([v @ py for v in self.first])
        found = pulled @ self.projection @ pulled.T - self._expected
        for k in range(len(steps)):
            for other in range(k + 1):
                bent = self._second(steps[k], steps[other])
                extra = (np.sum(spread * bent) - py @ bent @ py) / 2
                found[k, other] += extra
                found[other, k] += extra if other < k else 0.0
        return found

    @cached_property
    def slopes(self) -> list[Matrix]:
        """dPhi / dtheta."""
        w, phi = self.inverse @ self.x, self.phi
        return [phi @ (w.T @ v @ w) @ phi for v in self.first]

    def satterthwaite(self, c: Matrix, kind: str = "observed") -> float:
        gradient = np.array([c @ slope @ c for slope in self.slopes])
        spread = np.linalg.inv(self.information(kind))
        return float(2 * (c @ self.phi @ c) ** 2 / (gradient @ spread @ gradient))

    def kenward_roger(self, kind: str = "observed") -> Matrix:
        """The adjusted covariance of beta, second derivatives of V left out."""
        w, phi = np.linalg.inv(self.information(kind)), self.phi
        inverse, first = self.inverse, self.first
        half = inverse @ self.x
        p = [-half.T @ v @ half for v in first]
        total = np.zeros_like(phi)
        for k, left in enumerate(first):
            for other, right in enumerate(first):
                q = half.T @ left @ inverse @ right @ half
                total += w[k, other] * (q - p[k] @ phi @ p[other])
        return phi + 2 * phi @ total @ phi

    def sandwich(self, kind: str) -> tuple[Matrix, Callable[[Matrix], float]]:
        """Covariance of beta and the Bell-McCaffrey df, with all people in one matrix."""
        lower = np.linalg.cholesky(self.v)
        x, e = np.linalg.solve(lower, self.x), np.linalg.solve(lower, self.y - self.x @ self.beta)
        hat = x @ self.phi @ x.T
        power = {"CR0": 0.0, "CR2": -0.5, "CR3": -1.0}[kind]
        adjust = np.zeros_like(hat)
        places = [np.flatnonzero(self.people == person) for person in np.unique(self.people)]
        for place in places:
            values, vectors = np.linalg.eigh(np.eye(len(place)) - hat[np.ix_(place, place)])
            adjust[np.ix_(place, place)] = (vectors * values**power) @ vectors.T
        u = np.array([x[place].T @ (adjust @ e)[place] for place in places])

        def df(c: Matrix) -> float:
            rows = []
            for place in places:
                one = np.zeros(len(e))
                one[place] = (adjust[np.ix_(place, place)] @ x[place]) @ self.phi @ c
                rows.append(one @ (np.eye(len(e)) - hat))
            g = np.array(rows) @ np.array(rows).T
            return float(np.trace(g) ** 2 / np.sum(g * g))

        return self.phi @ u.T @ u @ self.phi, df


def blocks(people: Matrix, visits: Matrix, sigma: Matrix, weights: Matrix | None = None) -> Matrix:
    """V of all observations from one (T, T) covariance; visits from 0."""
    same = people[:, None] == people[None, :]
    found = np.where(same, sigma[visits[:, None], visits[None, :]], 0.0)
    return found if weights is None else found / np.sqrt(np.outer(weights, weights))
