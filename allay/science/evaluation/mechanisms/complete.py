"""Mediation from people of whom everything was measured: least squares, and its bootstrap on cross-products.

A bootstrap sample is a count for each person. All samples' cross-products are one matrix product of these counts with
everybody's own products; nothing is fitted again row by row.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import quoted
from allay.science.evaluation.mechanisms.paths import ARM, Estimated, Replicates, paths
from allay.science.evaluation.mechanisms.sample import FEWEST, Sample
from allay.science.evaluation.mechanisms.sweep import sweep
from allay.science.evaluation.models.errors import Unestimable

Array = npt.NDArray[np.float64]


class Complete:
    """Complete cases of a sample: how they are estimated, and estimated again under other weights of people."""

    def __init__(self, people: Sample) -> None:
        self.people = people.rows(np.asarray(~np.isnan(people.values).any(axis=1)))
        self.arm = self.people.arm
        self._k = self.people.mediators.shape[1]
        self._rows = np.column_stack([np.ones(len(self.arm)), self.arm, self.people.values])
        self._z = self._rows.shape[1] - self._k - 1
        self._check()

    def _check(self) -> None:
        for n, called in zip(self.people.counts(), ("the arm", "the reference arm"), strict=True):
            if n < FEWEST:
                raise Unestimable(
                    f"everything was measured of only {n} people in {called}; {FEWEST} are needed"
                )
        left = len(self.arm) - self._z - self._k
        if left < FEWEST:
            raise Unestimable(
                f"{len(self.arm)} people are too few for {self._z + self._k} coefficients; "
                f"{FEWEST - left} more needed"
            )

    def estimate(self) -> Estimated:
        """Raises Unestimable where the regressions are not determined or leave nothing to be explained."""
        z, k, n = self._z, self._k, len(self.arm)
        products = self._rows.T @ self._rows
        swept, sound = sweep(products, range(z))
        self._check_arm(products)
        names = self.people.names[-k - 1 :]
        for place in range(z, z + k + 1):
            rest, _ = sweep(products, range(place))
            if rest[place, place] <= 1e-10 * products[place, place]:
                raise Unestimable(f"the other columns determine {quoted(names[place - z])}")
        found = paths(swept[:z, z:].T, swept[z:, z:] / n, 0)
        if not (sound and found.sound):
            raise Unestimable("covariates and mediators determine each other")
        covariance, df = self._precision(swept)
        return Estimated(found.paths, covariance, df, found.residual)

    def _check_arm(self, products: Array) -> None:
        order = [place for place in range(self._z) if place != ARM]
        rest, _ = sweep(products, order)
        if rest[ARM, ARM] <= 1e-9 * products[ARM, ARM]:
            raise Unestimable("the covariates determine the arm")

    def _precision(self, swept: Array) -> tuple[Array, Array]:
        """Covariance of a, b, direct, total (least squares, unbiased residual variances) and their df."""
        z, k, n = self._z, self._k, len(self.arm)
        both, _ = sweep(swept, range(z, z + k))
        df_mediator, df_outcome = n - z, n - z - k
        covariance = np.zeros((2 * k + 2, 2 * k + 2))
        inside = [*range(z, z + k), ARM]
        at = [*range(k, 2 * k), 2 * k]
        covariance[:k, :k] = swept[z:-1, z:-1] / df_mediator * swept[ARM, ARM]
        covariance[np.ix_(at, at)] = both[np.ix_(inside, inside)] * both[-1, -1] / df_outcome
        covariance[-1, -1] = swept[-1, -1] / df_mediator * swept[ARM, ARM]
        df = np.array([df_mediator] * k + [df_outcome] * (k + 1) + [df_mediator], dtype=float)
        return covariance, df

    def again(self, weights: Array) -> Replicates:
        """Paths under weights (r, n) of people: counts of bootstrap samples, or nought for one left out."""
        d = self._rows.shape[1]
        upper, lower = np.triu_indices(d)
        flat = weights @ (self._rows[:, upper] * self._rows[:, lower])
        products = np.empty((len(weights), d, d))
        products[:, upper, lower] = products[:, lower, upper] = flat
        z = self._z
        swept, sound = sweep(products, range(z))
        size = weights.sum(axis=1)[:, None, None]
        found = paths(swept[:, :z, z:].transpose(0, 2, 1), swept[:, z:, z:] / size, 0)
        return Replicates(found.paths, found.residual, sound & found.sound)
