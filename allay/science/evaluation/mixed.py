"""The primary comparison: a mixed model for repeated measures of every outcome, as the plan asks for it.

The default is the constrained longitudinal model (cLDA): the first score is an outcome like the others, with no
difference between arms there (Liang & Zeger, Sankhya B 2000; 62: 134-148). Everybody measured at least once counts.
People who met in therapy groups share a random effect in the arm that meets (`models.groups`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite

import numpy as np

from allay.science.evaluation.asked import Asked
from allay.science.evaluation.errors import BadInput
from allay.science.evaluation.estimates import Estimate, NotEstimable, Standardised
from allay.science.evaluation.meeting import Meeting
from allay.science.evaluation.models import BadModel, Estimated, Fit, Refused, mmrm, standardise
from allay.science.evaluation.models.contrasts import Question, grid_row
from allay.science.evaluation.plan import ALL
from allay.science.evaluation.results.mixed import (
    CertificateSummary,
    JointTest,
    Mixed,
    MixedModel,
    ModelDifference,
    ModelMean,
    Rung,
    TherapyGroups,
)


def compute(asked: Asked) -> Mixed | None:
    """The model of every outcome; None where the plan asks for the analysis of covariance alone."""
    if asked.plan.model.kind == "ancova":
        return None
    grouped: Meeting = asked.done["meeting"]
    return Mixed(
        {
            outcome.score: model_of(asked, number, grouped)
            for number, outcome in enumerate(asked.plan.outcomes)
        }
    )


def model_of(asked: Asked, number: int, grouped: Meeting) -> MixedModel | NotEstimable:
    """The model of one outcome."""
    try:
        fit = fitted(asked, number, grouped)
    except BadModel as fault:
        raise BadInput("the plan", f"model: {fault.reason}") from None
    if isinstance(fit, NotEstimable):
        return fit
    return summary(asked, fit, grouped)


def formula(asked: Asked) -> str:
    """The right-hand side in terms of the columns of `people` and `Asked.long`."""
    arms = len(asked.plan.study.arms) > 1
    first = ["base*visit"] if asked.plan.model.kind == "mmrm" else []
    return "y ~ " + " + ".join([*first, *asked.covariates, "arm*visit" if arms else "visit"])


def fitted(asked: Asked, number: int, grouped: Meeting) -> Fit | NotEstimable:
    """The fit itself, for whoever asks further questions of it. Raises BadModel."""
    plan, model = asked.plan, asked.plan.model
    later = model.kind == "mmrm"
    constrained = "arm" if not later and len(plan.study.arms) > 1 else None
    weight = asked.person(plan.columns.weight) if plan.columns.weight else None
    options = {
        "visit": "visit",
        "covariance": model.covariance,
        "df": model.df,
        "vcov": model.vcov,
        "factors": asked.categories,
        "constrained": constrained,
        "confidence": plan.study.confidence,
    }
    if grouped.place is None and weight is None and not model.covariance_by_arm:
        columns = list(asked.columns(number).values())
        outcomes = {
            str(place): name
            for place, name in enumerate(columns)
            if place >= later and _measured(asked, name)
        }
        return mmrm((asked.connection, asked.wide(number)), formula(asked), outcomes=outcomes, **options)  # type: ignore[arg-type]
    return mmrm(
        (asked.connection, asked.long(number, first=int(later))),
        formula(asked),
        subject="participant",
        covariance_by="arm" if model.covariance_by_arm else None,
        weights=weight,
        group=asked.person(plan.columns.group) if grouped.place is not None else None,
        group_arm=None if grouped.place is None else str(grouped.place),
        **options,  # type: ignore[arg-type]
    )


def _measured(asked: Asked, column: str) -> bool:
    row = asked.connection.execute(f"SELECT count({column}) FROM people").fetchone()
    return bool(row and row[0])


# What was found


def summary(asked: Asked, fit: Fit, grouped: Meeting) -> MixedModel:
    names = _Names(asked, fit)
    tried = [
        Rung(one.covariance, bool(one.certificate and one.certificate.holds), _why(one))
        for one in fit.attempts
    ]
    certificate = fit.certificate
    return MixedModel(
        kind="mmrm" if asked.plan.model.kind == "mmrm" else "clda",
        people=fit.solution.people,
        observations=fit.solution.observations,
        covariance=fit.covariance,
        requested_covariance=fit.requested,
        tried=tried,
        df_method=fit.df_name,
        standard_errors=asked.plan.model.vcov,
        log_likelihood=fit.log_likelihood,
        means=_means(names),
        changes=_changes(names),
        differences=_differences(names),
        joint=_joint(fit),
        groups=_groups(names, grouped),
        covariances=np.asarray(fit.solution.covariances).tolist(),
        certificate=CertificateSummary(
            certificate.holds,
            certificate.gradient,
            certificate.decrement,
            certificate.curvature,
            certificate.room,
            list(certificate.boundary),
        ),
        fingerprint=fit.summaries.fingerprint if fit.summaries else "",
        warnings=[_in_the_plans_words(asked, warning) for warning in fit.warnings],
    )


def _in_the_plans_words(asked: Asked, warning: str) -> str:
    """A warning of the engine with its coefficients (`arm1:visit2`) under the names of the plan."""
    arms, timepoints = asked.plan.study.arms, asked.plan.study.timepoints
    named = {f"arm{number}": arm for number, arm in enumerate(arms)}
    named |= {f"visit{place}": timepoint for place, timepoint in enumerate(timepoints)}
    named |= {column: name for name, column in asked.people.columns.items()}

    def word(found: re.Match[str]) -> str:
        return named.get(found[0], found[0])

    return re.sub(r"\b(?:arm|visit|p)\d+\b", word, warning)


def _why(attempt: object) -> str:
    reason = getattr(attempt, "reason", None)
    certificate = getattr(attempt, "certificate", None)
    return reason or ("; ".join(certificate.faults) if certificate else "")


@dataclass(frozen=True)
class _Names:
    """The fit's numbers of visits and arms as the plan's names."""

    asked: Asked
    fit: Fit

    @property
    def visits(self) -> dict[int, str]:
        """Place among the fit's visits → timepoint."""
        timepoints = self.asked.plan.study.timepoints
        return {place: timepoints[int(level)] for place, level in enumerate(self.fit.visits)}

    @property
    def arms(self) -> dict[str, dict[str, int]]:
        """Key in the results → levels of the factor `arm` in the fit."""
        arms = self.asked.plan.study.arms
        return {arm: {"arm": number} for number, arm in enumerate(arms)} if len(arms) > 1 else {ALL: {}}

    def row(self, place: int, levels: dict[str, int]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return grid_row(self.fit.design, place, self.fit.means, levels)


def _means(names: _Names) -> dict[str, dict[str, ModelMean | NotEstimable]]:
    return {
        arm: {
            timepoint: _mean(names.fit.ask([Question(arm, timepoint, names.row(place, levels))])[0])
            for place, timepoint in names.visits.items()
        }
        for arm, levels in names.arms.items()
    }


def _mean(one: Estimated | Refused) -> ModelMean | NotEstimable:
    found = estimate_of(one)
    return found if isinstance(found, NotEstimable) else ModelMean(found.estimate, found.low, found.high)


def _changes(names: _Names) -> dict[str, dict[str, Estimate | NotEstimable]]:
    """From the first timepoint, where the model has it."""
    if names.visits.get(0) != names.asked.plan.first:
        return {arm: {} for arm in names.arms}
    found: dict[str, dict[str, Estimate | NotEstimable]] = {}
    for arm, levels in names.arms.items():
        start = names.row(0, levels)
        found[arm] = {
            timepoint: estimate_of(
                names.fit.ask([Question(arm, timepoint, names.row(place, levels) - start)])[0]
            )
            for place, timepoint in names.visits.items()
            if place > 0
        }
    return found


def _differences(names: _Names) -> dict[str, dict[str, ModelDifference]]:
    found: dict[str, dict[str, ModelDifference]] = {}
    reference, *others = names.arms
    for arm in others:
        found[arm] = {}
        for place, timepoint in names.visits.items():
            weights = names.row(place, names.arms[arm]) - names.row(place, names.arms[reference])
            if weights.any():
                asked = names.fit.ask([Question(arm, timepoint, weights)])[0]
                found[arm][timepoint] = ModelDifference(
                    reference, estimate_of(asked), _standardised(names.fit, asked)
                )
    return found


def estimate_of(one: Estimated | Refused) -> Estimate | NotEstimable:
    """A model's answer in the form of the results."""
    if isinstance(one, Refused):
        return NotEstimable(one.reason)
    numbers = (one.estimate, one.se, one.low, one.high, one.df, one.t, one.p)
    if not all(isfinite(number) for number in numbers):
        return NotEstimable("its standard error or degrees of freedom could not be had")
    return Estimate(*numbers)


def _standardised(fit: Fit, one: Estimated | Refused) -> Standardised | NotEstimable:
    if isinstance(one, Refused):
        return NotEstimable(one.reason)
    found = standardise(fit, one)
    if isinstance(found, NotEstimable):
        return found
    return Standardised(found.d, found.low, found.high, found.sd)


def _joint(fit: Fit) -> JointTest | NotEstimable:
    if "arm:visit" not in [":".join(term) for term in fit.design.formula.terms]:
        return NotEstimable("there is one arm")
    found = fit.joint("arm:visit")
    if isinstance(found, NotEstimable):
        return found
    if not isfinite(found.denominator):
        return NotEstimable("its denominator degrees of freedom are without end")
    return JointTest(found.statistic, found.numerator, found.denominator, found.p)


def _groups(names: _Names, grouped: Meeting) -> TherapyGroups | None:
    group = names.fit.group
    if group is None or grouped.place is None:
        return None
    shares = {names.visits[place]: share for place, share in enumerate(group.correlations)}
    return TherapyGroups(grouped.arm or ALL, group.number, group.variance, shares)
