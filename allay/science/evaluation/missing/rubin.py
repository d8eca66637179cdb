"""Rubin's rules: one answer from several imputed data sets."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.intervals import t_estimate
from allay.science.evaluation.models.errors import BadModel, Unestimable
from allay.science.evaluation.results.missing import Pooled

Array = npt.NDArray[np.float64]
LEAST_SHARE = 1e-4  # of variance due to imputing, below which R's mice counts no less


def pool(estimates: Array, variances: Array, df_complete: float = inf, confidence: float = 0.95) -> Pooled:
    """Pools M estimates and their squared standard errors, each (M,), M at least 2.

    total = within + (1 + 1/M) between (Rubin, Multiple Imputation for Nonresponse in Surveys, 1987, section 3.1); df as
    Barnard & Rubin (Biometrika 1999; 86: 948-955) have them, from the df that complete data would have had. The same
    numbers as R's mice::pool. Raises BadModel for fewer than two, Unestimable where nothing varies.
    """
    m = len(estimates)
    if m < 2 or len(variances) != m:
        raise BadModel("pooling needs two or more estimates, each with its variance")
    within, between = float(np.mean(variances)), float(np.var(estimates, ddof=1))
    total = within + (1 + 1 / m) * between
    if not total > 0:
        raise Unestimable("the estimate does not vary")
    df = barnard_rubin(m, (1 + 1 / m) * between / total, df_complete)
    increase = (1 + 1 / m) * between / within if within > 0 else inf
    share = (increase + 2 / (df + 3)) / (increase + 1) if increase < inf else 1.0
    effect = t_estimate(float(np.mean(estimates)), sqrt(total), df, confidence)
    return Pooled(effect, m, within, between, share, df_complete)


def barnard_rubin(m: int, share: float, df_complete: float) -> float:
    """Degrees of freedom from the share of the variance that is due to imputing."""
    share = max(share, LEAST_SHARE)
    large = (m - 1) / share**2
    if df_complete == inf:
        return large
    seen = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - share)
    return large * seen / (large + seen)
