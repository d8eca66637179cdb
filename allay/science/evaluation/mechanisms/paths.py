"""From the joint distribution of mediators and outcome to the paths between arm, mediator and outcome.

    mediator_j = ... + a_j arm + e_j          outcome = ... + c' arm + sum b_j mediator_j + e

Both adjust for the same covariates, baseline mediator and baseline outcome among them, so that the total effect is
c = c' + sum a_j b_j exactly. Standard errors of products by the multivariate delta method (Sobel, Sociological
Methodology 1982; 13: 290-312).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.mechanisms.sweep import Flags, sweep

Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[Any]
ARM = 1  # where the arm stands among the regressors; 0 is the intercept


@dataclass(frozen=True)
class Replicates:
    """Paths (r, 2k + 2) as a, b, direct, total; what covariates and arm leave of mediators and outcome (r, k + 1, k + 1)."""

    paths: Numbers
    residual: Numbers
    sound: Flags


def paths(coefficients: Numbers, sigma: Numbers, covariates: int) -> Replicates:
    """Paths of coefficients (r, q, p) and residual covariances (r, q, q) of `covariates`, k mediators and the outcome.

    Covariates among the responses are those with missing values; the paths are given them.
    """
    k = sigma.shape[-1] - covariates - 1
    given, sound = sweep(sigma, range(covariates))
    arm = coefficients[..., ARM]
    along = np.einsum("...ij,...i->...j", given[..., :covariates, covariates:], arm[..., :covariates])
    effect = arm[..., covariates:] - along
    rest = given[..., covariates:, covariates:]
    through, certain = sweep(rest, range(k))
    a, total, b = effect[..., :k], effect[..., k:], through[..., :k, k]
    direct = total - (a * b).sum(axis=-1, keepdims=True)
    found = np.concatenate([a, b, direct, total], axis=-1)
    return Replicates(found, rest, np.asarray(sound & certain))


@dataclass(frozen=True)
class Estimated:
    """One estimate: paths (2k + 2,), their covariance, df of each or None for normal intervals, and what is left."""

    paths: Array
    covariance: Array
    df: Array | None
    residual: Array

    @property
    def mediators(self) -> int:
        return (len(self.paths) - 2) // 2

    def gradient(self, mediators: list[int]) -> Array:
        """(2k + 2,) the derivative of the sum of the products of these mediators."""
        k, found = self.mediators, np.zeros(len(self.paths))
        for j in mediators:
            found[j], found[k + j] = self.paths[k + j], self.paths[j]
        return found

    def product(self, mediators: list[int]) -> tuple[float, float]:
        """The sum of a b over these mediators and its standard error."""
        k, gradient = self.mediators, self.gradient(mediators)
        value = sum(self.paths[j] * self.paths[k + j] for j in mediators)
        return float(value), float(np.sqrt(gradient @ self.covariance @ gradient))


def products(found: Numbers, mediators: list[int]) -> Numbers:
    """(r,) the sum of a b over these mediators, of replicates (r, 2k + 2)."""
    k = (found.shape[-1] - 2) // 2
    return np.asarray(sum(found[..., j] * found[..., k + j] for j in mediators))
