"""The doors: what would the study say if those who left had fared otherwise?

cohort = from_rows("trial.csv", outcome="y", subject="id", visit="visit", arm="arm", covariates=["x"])
reference_based(cohort, ["MAR", "JR"], deltas=delta_grid(10))
multiple_imputation(cohort, ["MAR", "JR"], seed=1)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from allay.science.evaluation.errors import listed, quoted
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.missing.answers import (
    View,
    jackknifed_answer,
    notes_on,
    pooled_answer,
    tipping_answer,
)
from allay.science.evaluation.missing.cohort import Cohort, Marks
from allay.science.evaluation.missing.conditional_mean import jackknife
from allay.science.evaluation.missing.multiple import IMPUTATIONS, SWEEPS, impute
from allay.science.evaluation.missing.strategies import STRATEGIES, Strategy
from allay.science.evaluation.models.errors import BadModel, Unestimable
from allay.science.evaluation.results.missing import Raised, Sensitivity

MOST_DELTAS = 1000
MOST_JACKKNIFED = 20_000
MOST_IMPUTATIONS = 10_000


def reference_based(
    cohort: Cohort,
    strategies: Sequence[Strategy] = ("MAR", "JR"),
    *,
    target: str | None = None,
    deltas: Sequence[float] = (),
    raised: Sequence[Raised] = ("active", "all"),
    covariance: str = "us",
    by_visit: Sequence[str] = (),
    confidence: float = 0.95,
) -> Sensitivity | NotEstimable:
    """Conditional-mean imputation with jackknife (see `conditional_mean`), at every visit.

    target: the visit of the tipping point, by default the last. deltas: points added to the missing values of the arms
    that are `raised`, about missing at random. by_visit: covariates with a coefficient for each visit in the imputation
    model. Raises BadModel for a request that makes no sense.
    """
    _check(cohort, strategies, target, by_visit)
    _check_deltas(deltas)
    if cohort.size > MOST_JACKKNIFED:
        return NotEstimable(
            f"{cohort.size} people are too many to leave out in turn (at most {MOST_JACKKNIFED}); "
            "multiple imputation takes any number"
        )
    asked = tuple(dict.fromkeys(("MAR", *strategies) if deltas else strategies))
    reached = _reached(cohort)
    if not reached.visits:
        return NotEstimable("nobody was measured at any visit")
    try:
        found = jackknife(reached, asked, covariance=covariance, by_visit=by_visit)
    except Unestimable as fault:
        return NotEstimable(str(fault))
    view = View(cohort, reached, found.model, float(cohort.size - found.plan.columns), confidence)
    end = target or cohort.visits[-1]
    return Sensitivity(
        method="conditional-mean",
        target=end,
        people=cohort.size,
        covariance=found.model.fit.covariance,
        assumptions=[jackknifed_answer(view, found, asked, one) for one in dict.fromkeys(strategies)],
        tipping=[
            tipping_answer(view, found, asked, end, deltas, arm, one)
            for arm in range(1, len(cohort.arms))
            for one in dict.fromkeys(raised)
            if deltas
        ],
        notes=notes_on(view),
    )


def multiple_imputation(
    cohort: Cohort,
    strategies: Sequence[Strategy] = ("MAR", "JR"),
    *,
    seed: int,
    target: str | None = None,
    imputations: int = IMPUTATIONS,
    sweeps: int = SWEEPS,
    by_visit: Sequence[str] = (),
    confidence: float = 0.95,
) -> Sensitivity | NotEstimable:
    """Multiple imputation with Rubin's rules (see `multiple`), at every visit. The same seed gives the same answer."""
    _check(cohort, strategies, target, by_visit)
    if not 2 <= imputations <= MOST_IMPUTATIONS or sweeps < 1:
        raise BadModel(f"imputations lie between 2 and {MOST_IMPUTATIONS}, and sweeps are 1 or more")
    asked = tuple(dict.fromkeys(strategies))
    reached = _reached(cohort)
    if not reached.visits:
        return NotEstimable("nobody was measured at any visit")
    try:
        found = impute(reached, asked, seed=seed, imputations=imputations, sweeps=sweeps, by_visit=by_visit)
    except Unestimable as fault:
        return NotEstimable(str(fault))
    view = View(cohort, reached, found.model, found.df_complete, confidence)
    return Sensitivity(
        method="multiple-imputation",
        target=target or cohort.visits[-1],
        people=cohort.size,
        covariance="us",
        assumptions=[pooled_answer(view, found, asked, one) for one in asked],
        tipping=[],
        notes=notes_on(view),
    )


def _check(cohort: Cohort, strategies: Sequence[str], target: str | None, by_visit: Sequence[str]) -> None:
    for strategy in strategies:
        if strategy not in STRATEGIES:
            raise BadModel(f"strategy {quoted(strategy)} is unknown (there are {listed(list(STRATEGIES))})")
    if not strategies:
        raise BadModel("no strategy is asked for")
    if target is not None and target not in cohort.visits:
        raise BadModel(f"target: there is no visit {quoted(target)} (there are {listed(cohort.visits)})")
    if len(cohort.arms) < 2:
        raise BadModel("there are not two arms to compare")
    unknown = [name for name in by_visit if name not in cohort.covariates]
    if unknown:
        raise BadModel(f"by visit: there is no covariate {quoted(unknown[0])}")


def _check_deltas(deltas: Sequence[float]) -> None:
    if len(deltas) > MOST_DELTAS or not np.isfinite(np.array(deltas, dtype=float)).all():
        raise BadModel(f"deltas are at most {MOST_DELTAS} numbers")


def _reached(cohort: Cohort) -> Cohort:
    """Without visits at which nobody was measured."""
    seen: Marks = np.any(cohort.observed, axis=0)
    names = tuple(visit for visit, here in zip(cohort.visits, seen, strict=True) if here)
    return replace(cohort, visits=names, y=cohort.y[:, seen])
