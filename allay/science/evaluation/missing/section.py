"""Missing scores as a part of an evaluation: every outcome of the plan, at its target.

Imputation model: the scores after the first, with the first score at each of them, the plan's covariates, and the arm at
every timepoint. Analysis: covariance with the same covariates. Everybody with a first score and the covariates counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from allay.science.evaluation.asked import Asked
from allay.science.evaluation.errors import BadInput
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.missing.cohort import Cohort
from allay.science.evaluation.missing.patterns import missingness
from allay.science.evaluation.missing.reading import from_wide
from allay.science.evaluation.missing.sensitivity import multiple_imputation, reference_based
from allay.science.evaluation.missing.strategies import Strategy
from allay.science.evaluation.missing.tipping import delta_grid
from allay.science.evaluation.models import BadModel
from allay.science.evaluation.plan import ALL
from allay.science.evaluation.plan.missing import Assumed, MissingScores
from allay.science.evaluation.plan.model import IGNORED
from allay.science.evaluation.results.missing import Missing, MissingScore, Sensitivity, Tipping

CODES: dict[Assumed, Strategy] = {
    "jump-to-reference": "JR",
    "copy-increments": "CIR",
    "copy-reference": "CR",
    "last-mean": "LMCF",
}
UNWEIGHTED = "the plan's weights are not taken into account here: everybody counts the same"
ONE_GROUP = "there is one group only, and nobody to compare it with"


def compute(asked: Asked) -> Missing | None:
    """None where the plan has no [missing]."""
    wanted = asked.plan.missing
    if wanted is None:
        return None
    try:
        scores = {one.score: _score(asked, wanted, number) for number, one in enumerate(asked.plan.outcomes)}
    except BadModel as fault:
        raise BadInput("the plan", f"missing: {fault.reason}") from None
    imputed = wanted.method == "multiple-imputation"
    column, ignored = _groups(asked)
    return Missing(wanted.method, ignored or (imputed and column is not None), scores)


def _groups(asked: Asked) -> tuple[str | None, bool]:
    """The column of therapy groups that are left out whole, and whether people met in groups that nobody looks at."""
    column = asked.people.columns.get(asked.plan.columns.group)
    if column is None:
        return None, False
    query = f"SELECT count(DISTINCT {column}), count(*) - count({column}) FROM people GROUP BY arm"
    found = asked.connection.execute(query).fetchall()
    if not any(groups for groups, _ in found):
        return None, False
    alone = any(groups + others < 2 for groups, others in found)
    ignored = alone or asked.plan.model.groups == IGNORED
    return (None if ignored else column), ignored


def _score(asked: Asked, wanted: MissingScores, number: int) -> MissingScore:
    columns = asked.columns(number)
    everybody = _cohort(asked, wanted, columns, {})
    if isinstance(everybody, NotEstimable):
        raise BadModel(everybody.not_estimable)
    seen = everybody.observed[:, asked.plan.last_place]
    found = _sensitivity(asked, wanted, number)
    if asked.plan.columns.weight and not isinstance(found, NotEstimable):
        found = replace(found, notes=[*found.notes, UNWEIGHTED])
    return MissingScore(everybody.size, int((~seen).sum()), missingness(everybody), found)


def _cohort(
    asked: Asked, wanted: MissingScores, outcomes: Mapping[str, str], covariates: Mapping[str, str]
) -> Cohort | NotEstimable:
    arms = asked.plan.study.arms or (ALL,)
    categories = set(asked.categories)
    return from_wide(
        (asked.connection, "people"),
        outcomes=outcomes,
        arm="arm",
        arms={str(place): name for place, name in enumerate(arms)},
        covariates=covariates,
        factors=[name for name, column in covariates.items() if column in categories],
        subject="participant",
        reason=asked.person(wanted.reason) if wanted.reason else None,
        group=_groups(asked)[0],
    )


def _sensitivity(asked: Asked, wanted: MissingScores, number: int) -> Sensitivity | NotEstimable:
    plan, columns = asked.plan, asked.columns(number)
    if len(plan.study.arms) < 2:
        return NotEstimable(ONE_GROUP)
    first = f"score at {plan.first}"
    covariates = {first: columns[plan.first]} | {name: asked.person(name) for name in plan.model.covariates}
    later = {name: column for name, column in columns.items() if name != plan.first}
    cohort = _cohort(asked, wanted, later, covariates)
    if isinstance(cohort, NotEstimable):
        return cohort
    strategies: list[Strategy] = ["MAR", *(CODES[one] for one in wanted.strategies)]
    deltas = _deltas(asked, wanted, number)
    if wanted.method == "conditional-mean":
        return reference_based(
            cohort,
            strategies,
            target=plan.last,
            deltas=deltas,
            covariance=plan.model.covariance,
            by_visit=[first],
            confidence=plan.study.confidence,
        )
    imputed = multiple_imputation(
        cohort,
        strategies,
        seed=wanted.seed + number,
        target=plan.last,
        imputations=wanted.imputations,
        by_visit=[first],
        confidence=plan.study.confidence,
    )
    if isinstance(imputed, NotEstimable):
        return imputed
    return replace(imputed, tipping=_tipping(asked, cohort, first, deltas))


def _tipping(asked: Asked, cohort: Cohort, first: str, deltas: list[float]) -> list[Tipping]:
    """Tipping points are always found by conditional means."""
    plan = asked.plan
    found = reference_based(
        cohort,
        ["MAR"],
        target=plan.last,
        deltas=deltas,
        covariance=plan.model.covariance,
        by_visit=[first],
        confidence=plan.study.confidence,
    )
    return [] if isinstance(found, NotEstimable) else found.tipping


def _deltas(asked: Asked, wanted: MissingScores, number: int) -> list[float]:
    """The grid towards worse; empty where everybody has the same first score."""
    farthest = wanted.deltas.farthest
    if wanted.deltas.unit == "sd":
        column = asked.columns(number)[asked.plan.first]
        # in order of size: a spread summed up by several threads changes in its last digit from run to run
        query = f"SELECT {column}::DOUBLE AS score FROM people WHERE {column} IS NOT NULL ORDER BY score"
        first = asked.connection.execute(query).fetchnumpy()["score"]
        spread = float(np.std(first, ddof=1)) if len(first) > 1 else 0.0
        if not spread > 0:
            return []
        farthest *= spread
    worse = 1.0 if asked.plan.outcomes[number].better == "lower" else -1.0
    return delta_grid(worse * farthest, wanted.deltas.count)
