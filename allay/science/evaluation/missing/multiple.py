"""Proper multiple imputation under reference-based strategies, pooled by Rubin's rules.

For each of M draws of the imputation model's parameters (`posterior`) the missing values are drawn under a strategy, the
outcome of each visit is regressed on arm and covariates over everybody, and the M answers are pooled (`rubin`). Carpenter,
Roger & Kenward (J Biopharm Stat 2013; 23: 1352-1371). All of it from cross-products: squares of imputed outcomes give
the residual variance, so that no value has to be made.

Rubin's standard errors of reference-based strategies are larger than the jackknife's: they keep the information that is
lost with the missing values as lost (Cro, Carpenter & Kenward, J R Stat Soc A 2019; 182: 623-645).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.missing.cohort import Cohort
from allay.science.evaluation.missing.filling import Regression, averages, hidden, regression, weighed
from allay.science.evaluation.missing.imputation_model import Model, fit_model
from allay.science.evaluation.missing.posterior import Completed, Known, complete, draw, known_of
from allay.science.evaluation.missing.strategies import Strategy
from allay.science.evaluation.models.errors import Unestimable

Array = npt.NDArray[np.float64]
IMPUTATIONS = 100
SWEEPS = 60  # what is left of the start after them: the share of missing information to the power of 60


@dataclass(frozen=True)
class Imputed:
    """M analyses, in units of the outcome; NaN where the data do not determine it.

    effects, variances (M, S, A - 1, T): each arm less the reference, and its squared standard error; means, squares
    (M, S, A, T) likewise of the arms' means; df_complete: of every analysis.
    """

    model: Model
    effects: Array
    variances: Array
    means: Array
    squares: Array
    df_complete: float


def impute(
    cohort: Cohort,
    strategies: Sequence[Strategy],
    *,
    seed: int,
    imputations: int = IMPUTATIONS,
    sweeps: int = SWEEPS,
    by_visit: Sequence[str] = (),
) -> Imputed:
    """M imputations under each strategy from the same draws. Raises Unestimable.

    seed: the same seed gives the same answer, whatever the order of the rows.
    """
    model = fit_model(cohort, by_visit=by_visit)
    plan, known = regression(model), known_of(model)
    df = cohort.size - plan.columns
    if df < 1:
        raise Unestimable(f"{cohort.size} people are too few for {plan.columns} coefficients")
    streams = [np.random.default_rng(one) for one in np.random.SeedSequence(seed).spawn(len(strategies) + 1)]
    draws = draw(model, known, imputations, sweeps, streams[0])
    found = [
        _analysed(model, plan, known, complete(model, known, draws, strategy, random), df, strategy)
        for strategy, random in zip(strategies, streams[1:], strict=True)
    ]
    effects, variances, means, squares = (np.stack(part, axis=1) for part in zip(*found, strict=True))
    return Imputed(model, effects, variances, means, squares, float(df))


def _analysed(
    model: Model, plan: Regression, known: Known, filled: Completed, df: int, strategy: Strategy
) -> tuple[Array, Array, Array, Array]:
    each = plan.loads[model.cells.arm]
    products = (each.swapaxes(1, 2) @ model.sums.zz[0] @ each).sum(axis=0)
    inverse, arms = np.linalg.inv(products), len(plan.loads)
    right = weighed(plan, model, filled.zy)
    coefficients = inverse @ right
    squares = np.diagonal(filled.yy.sum(axis=1), axis1=1, axis2=2)
    residual = (squares - (coefficients * right).sum(axis=1)) / df * model.scale**2
    rows = averages(model, plan, model.sums)[0, 0]
    effects = coefficients[:, 1:arms] * model.scale
    variances = np.diag(inverse)[1:arms, None] * residual[:, None]
    means = rows @ coefficients * model.scale + model.shift
    spread = (rows @ inverse * rows).sum(axis=1)[:, None] * residual[:, None]
    unknown = hidden(model, strategy)
    for part in (effects, variances, means, spread):
        part[..., unknown] = np.nan
    return effects, variances, means, spread
