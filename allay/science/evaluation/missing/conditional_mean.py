"""Reference-based and delta-adjusted estimates by conditional mean imputation, with a jackknife over people.

Every missing value is replaced by its conditional mean under a strategy, the outcome of each visit is regressed on arm and
covariates, and the whole procedure, refit of the imputation model included, is repeated without each person in turn:

    se^2 = (N - 1) / N * sum (estimate without i - their mean)^2

(Wolbers et al., Pharm Stat 2022; 21: 1246-1257; R's rbmi, method_condmean). `leaving` says what is done about therapy groups.
The interval takes the t quantile of N less the coefficients of the regression where rbmi takes the normal one: in small
trials the latter promises too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.missing.cells import leaving_out
from allay.science.evaluation.missing.cohort import Cohort, Whole
from allay.science.evaluation.missing.filling import Analysed, Regression, analysed, regression
from allay.science.evaluation.missing.imputation_model import Model, fit_model, fitted_to
from allay.science.evaluation.missing.leaving import Units, covariances, degrees, units_of
from allay.science.evaluation.missing.refits import fitted, refit
from allay.science.evaluation.missing.strategies import Strategy
from allay.science.evaluation.models.errors import Unestimable

Array = npt.NDArray[np.float64]
CHUNK_NUMBERS = 6_000_000  # numbers held at a time by the replicates of one chunk


@dataclass(frozen=True)
class Jackknife:
    """The estimates of everybody (one replicate) and without each unit (U replicates), and what they rest on.

    refitted: how many replicates were fitted afresh because the joint refits did not settle. Where the model cannot be
    fitted without some unit, `without` holds NaN and no standard error exists. A unit is a person or a therapy group.
    """

    model: Model
    plan: Regression
    full: Analysed
    without: Analysed
    units: Units
    refitted: int

    def variances(self, without: Array) -> Array:
        """(H, ...) parts of the jackknife variance of anything (U, ...), one for each stratum."""
        return covariances(self.units, without, without)

    def df(self, parts: Array) -> float:
        """Of an interval: of the regression, or with therapy groups Satterthwaite's from the parts (H,)."""
        residual = float(len(self.model.z) - self.plan.columns)
        return min(residual, degrees(self.units, parts)) if self.units.grouped else residual


def jackknife(
    cohort: Cohort, strategies: Sequence[Strategy], *, covariance: str = "us", by_visit: Sequence[str] = ()
) -> Jackknife:
    """Raises Unestimable where the imputation model or the analysis cannot be fitted to everybody."""
    model = fit_model(cohort, covariance=covariance, by_visit=by_visit)
    plan = regression(model)
    full = analysed(model, plan, model.sums, fitted(model), strategies)
    units, parts, refitted = units_of(cohort), [], 0
    for sets in _chunks(model, units):
        part, afresh = _left_out(model, plan, sets, strategies)
        if part is None:
            return Jackknife(model, plan, full, full.unknown(len(units.members)), units, refitted)
        parts.append(part)
        refitted += afresh
    return Jackknife(model, plan, full, Analysed.joined(parts), units, refitted)


def _chunks(model: Model, units: Units) -> list[tuple[Whole, ...]]:
    visits, q = model.shape.visits, model.z.shape[1]
    each = 3 * len(model.cells.patterns) * visits**2 + 3 * len(model.cells.arm) * (q + visits) ** 2
    each += 3 * model.shape.size**2 + 3 * (visits * q) ** 2
    size = max(1, min(CHUNK_NUMBERS // each, 500))
    return [units.members[start : start + size] for start in range(0, len(units.members), size)]


def _left_out(
    model: Model, plan: Regression, sets: Sequence[Whole], strategies: Sequence[Strategy]
) -> tuple[Analysed | None, int]:
    """Estimates without each of these sets of people, and how many took a fit of their own; None where one has none."""
    sums = leaving_out(model.sums, model.cells, model.z, model.y, sets)
    fits = refit(model, sums)
    found = analysed(model, plan, sums, fits, strategies)
    astray = np.flatnonzero(~fits.settled)
    for place in astray.tolist():
        alone = _afresh(model, sets[place], strategies)
        if alone is None:
            return None, 0
        for name in ("effects", "means", "slopes"):
            getattr(found, name)[place] = getattr(alone, name)[0]
    return found, len(astray)


def _afresh(model: Model, people: Whole, strategies: Sequence[Strategy]) -> Analysed | None:
    """Everything anew without these people; None where it cannot be."""
    kept = np.setdiff1d(np.arange(len(model.z)), people)
    try:
        fewer = fitted_to(model, kept)
        return analysed(fewer, regression(fewer), fewer.sums, fitted(fewer), strategies)
    except Unestimable:
        return None
