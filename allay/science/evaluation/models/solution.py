"""What every fitted mixed model hands on, whatever its covariance: the ground of standard errors and df."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.certificate import Certificate
from allay.science.evaluation.models.compressed import Basis

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Solution:
    """A maximum of the likelihood in the orthonormal basis of the design (rank k) and m covariance parameters.

    beta (k,); root (k, k) with Phi = (X'V^-1X)^-1 = root root'; turned (m, k, k), the matrices
    root' X'V^-1 V_k V^-1X root for the derivatives V_k of V; observed and expected information (m, m).
    `middle(w)` with w (m, m) gives sum_kl w_kl root' X'V^-1 V_k V^-1 V_l V^-1X root, (k, k).
    covariances (G, T, T) in the squared units of the outcome; parameters (m,) as the structure defines them, on the
    scale of the standardised outcome.
    """

    basis: Basis
    beta: Array
    root: Array
    turned: Array
    observed: Array
    expected: Array
    middle: Callable[[Array], Array]
    log_likelihood: float
    reml: bool
    people: int
    observations: int
    covariances: Array
    parameters: Array
    steps: int
    certificate: Certificate

    @property
    def rank(self) -> int:
        return len(self.beta)

    @property
    def phi(self) -> Array:
        return np.asarray(self.root @ self.root.T)
