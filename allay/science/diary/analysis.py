"""Everything that a plan asks of a diary, from its table to the shapes of results.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allay.science.diary.compliance import compliance
from allay.science.diary.entries import NAME, Columns, Entries, read
from allay.science.diary.networks import Temporal, between, contemporaneous, edges, temporal
from allay.science.diary.pairs import Pairs, pairs
from allay.science.diary.personal import FEWEST_PAIRS, SURE, personal
from allay.science.diary.plan import DiaryPlan
from allay.science.diary.regression import Regression
from allay.science.diary.shapes import (
    Diary,
    DiaryModel,
    DiarySource,
    PersonalCount,
    PersonalNetworks,
    Redraws,
)
from allay.science.diary.stability import stability
from allay.science.diary.staging import TABLE, staged_source
from allay.science.evaluation.errors import BadInput
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.models.errors import BadModel, Unestimable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def analyse(
    connection: DuckDBPyConnection, plan: DiaryPlan, confidence: float = 0.95
) -> Diary | NotEstimable:
    """From the table `diary` of the connection (see `staging`).

    Raises BadInput for a table that cannot be used; what the days cannot answer is NotEstimable.
    """
    source = staged_source(connection)
    if source is None:
        return NotEstimable("the plan asks for a diary, and none was given")
    try:
        columns = Columns(plan.variables, plan.participant, plan.day, plan.arm, plan.not_today)
        with read((connection, TABLE), columns) as entries:
            return _analysed(entries, plan, source, confidence)
    except BadModel as fault:
        raise BadInput(source[0] or NAME, fault.reason) from None
    except Unestimable as fault:
        return NotEstimable(str(fault))


def _analysed(entries: Entries, plan: DiaryPlan, source: tuple[str, str], confidence: float) -> Diary:
    kept = compliance(entries, plan.days)
    summed = pairs(entries)
    fitted = temporal(summed, plan.chosen_effects)
    return Diary(
        source=DiarySource(*source, summed.fingerprint, entries.rows, entries.left_out),
        labels={name: plan.labels.get(name, name) for name in plan.variables},
        days_asked=plan.days,
        arms=kept.arms,
        weeks=kept.weeks,
        models=dict(zip(summed.variables, map(_model, fitted.regressions), strict=True)),
        temporal=edges(summed, fitted, confidence),
        contemporaneous=contemporaneous(summed, fitted, confidence),
        between=between(summed, confidence),
        personal=_personal(summed, fitted),
        stability=_redraws(summed, fitted, plan, confidence),
    )


def _model(fit: Regression | NotEstimable) -> DiaryModel | NotEstimable:
    if isinstance(fit, NotEstimable):
        return fit
    return DiaryModel(
        fit.outcome,
        fit.effects,
        fit.people,
        fit.pairs,
        fit.log_likelihood,
        fit.residual**0.5,
        fit.certificate.decrement,
        list(fit.certificate.boundary),
        list(fit.attempts),
    )


def _personal(summed: Pairs, fitted: Temporal) -> PersonalNetworks | NotEstimable:
    if not fitted.fitted:
        return NotEstimable("no variable has a regression on the day before")
    own = personal(summed, fitted)
    if not own.enough.any():
        return NotEstimable(f"nobody has {FEWEST_PAIRS} usable pairs of days")
    effects = []
    for outcome, fit in fitted.fitted:
        for place, source in enumerate(summed.variables):
            shown = own.shown[:, outcome, place]
            more = int((shown & (own.estimate[:, outcome, place] > 0)).sum())
            effects.append(PersonalCount(source, fit.outcome, more, int(shown.sum()) - more))
    return PersonalNetworks(len(summed.people), int(own.enough.sum()), FEWEST_PAIRS, SURE, effects)


def _redraws(summed: Pairs, fitted: Temporal, plan: DiaryPlan, confidence: float) -> Redraws | NotEstimable:
    if not fitted.fitted:
        return NotEstimable("no variable has a regression on the day before")
    found = stability(summed, fitted, seed=plan.seed, draws=plan.draws, confidence=confidence)
    return Redraws(
        found.draws, plan.seed, found.temporal, found.contemporaneous, found.between, found.coefficients
    )
