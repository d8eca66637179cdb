"""Natural effects where the mediator may matter more in one arm than in the other.

    outcome = ... + c' arm + b mediator + h arm mediator

With m0 the mediator's mean without the arm: indirect effects a b (without the arm) and a (b + h) (with it), direct ones
c' + h m0 and c' + h (m0 + a); indirect with + direct without = total (VanderWeele & Vansteelandt, Statistics and its
Interface 2009; 2: 457-468; Imai, Keele & Tingley, Psychological Methods 2010; 15: 309-334). From complete cases; the
delta method holds the covariates' means fixed, the bootstrap does not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.mechanisms.paths import ARM
from allay.science.evaluation.mechanisms.sample import FEWEST, Sample
from allay.science.evaluation.mechanisms.sweep import sweep
from allay.science.evaluation.models.errors import Unestimable

Array = npt.NDArray[np.float64]
NAMES = ("indirect_without", "indirect_with", "direct_without", "direct_with")


class WithInteraction:
    """Complete cases of a sample with one mediator."""

    def __init__(self, people: Sample) -> None:
        self.people = people.rows(np.asarray(~np.isnan(people.values).any(axis=1)))
        self.arm, mediator = self.people.arm, self.people.mediators[:, 0]
        one = np.ones(len(self.arm))
        self._rows = np.column_stack(
            [one, self.arm, self.people.covariates, mediator, self.arm * mediator, self.people.outcome]
        )
        if len(self.arm) - self._rows.shape[1] + 1 < FEWEST:
            raise Unestimable(f"{len(self.arm)} people are too few for an interaction")

    def estimate(self) -> tuple[Array, Array, float]:
        """h and the four effects (5,), their standard errors, and the residual df."""
        products = self._rows.T @ self._rows
        found, sound = self._effects(products)
        if not sound:
            raise Unestimable("the interaction is not determined")
        covariance, df = self._precision(products)
        a, m0, _, b, h = self._parts(products)[0]
        slope = np.zeros((5, 5))  # of (a, m0, c', b, h)
        slope[0, 4] = 1
        slope[1, [0, 3]] = b, a
        slope[2, [0, 3, 4]] = b + h, a, a
        slope[3, [1, 2, 4]] = h, 1, m0
        slope[4, [0, 1, 2, 4]] = h, h, 1, m0 + a
        return found, np.sqrt(np.diag(slope @ covariance @ slope.T)), df

    def again(self, weights: Array) -> Array:
        """h and the four effects (r, 5) under weights (r, n); NaN where they are not determined."""
        d = self._rows.shape[1]
        upper, lower = np.triu_indices(d)
        products = np.empty((len(weights), d, d))
        flat = weights @ (self._rows[:, upper] * self._rows[:, lower])
        products[:, upper, lower] = products[:, lower, upper] = flat
        found, sound = self._effects(products)
        return np.where(sound[:, None], found, np.nan)

    def _effects(self, products: Array) -> tuple[Array, Any]:
        (a, m0, direct, b, h), sound = self._parts(products)
        parts = [h, a * b, a * (b + h), direct + h * m0, direct + h * (m0 + a)]
        return np.stack(parts, axis=-1), sound

    def _parts(self, products: Array) -> tuple[list[Any], Any]:
        """a, m0, c', b, h and whether they are determined."""
        z = self._rows.shape[1] - 3
        half, certain = sweep(products, range(z))
        a = half[..., ARM, z]
        share, mean = products[..., 0, ARM] / products[..., 0, 0], products[..., 0, z] / products[..., 0, 0]
        whole, sound = sweep(half, [z, z + 1])
        return [a, mean - a * share, whole[..., ARM, -1], whole[..., z, -1], whole[..., z + 1, -1]], (
            certain & sound
        )

    def _precision(self, products: Array) -> tuple[Array, float]:
        """Covariance of (a, m0, c', b, h) and the df of the outcome's regression."""
        n, z = len(self.arm), self._rows.shape[1] - 3
        half, _ = sweep(products, range(z))
        whole, _ = sweep(half, [z, z + 1])
        at = np.zeros((2, z))
        at[0, ARM] = 1
        at[1] = products[0, :z] / n
        at[1, ARM] = 0
        covariance, df = np.zeros((5, 5)), float(n - z - 2)
        covariance[:2, :2] = at @ half[:z, :z] @ at.T * half[z, z] / (n - z)
        inside = [ARM, z, z + 1]
        covariance[2:, 2:] = whole[np.ix_(inside, inside)] * whole[-1, -1] / df
        return covariance, df
