"""From arrays of estimates to findings: intervals where there is an answer, a reason where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import quoted
from allay.science.evaluation.estimates import Estimate, NotEstimable
from allay.science.evaluation.intervals import t_estimate
from allay.science.evaluation.missing.cohort import Cohort
from allay.science.evaluation.missing.conditional_mean import Jackknife
from allay.science.evaluation.missing.imputation_model import Model
from allay.science.evaluation.missing.multiple import Imputed
from allay.science.evaluation.missing.rubin import pool
from allay.science.evaluation.missing.strategies import STRATEGIES, Strategy
from allay.science.evaluation.missing.tipping import Line, tipping
from allay.science.evaluation.models.errors import Unestimable
from allay.science.evaluation.results.missing import Assumption, Effect, Mean, Raised, Tipping

Array = npt.NDArray[np.float64]
ALONE = (
    "its standard error needs the analysis without each person in turn, and without one of them there is none"
)
ONE_GROUP = "an arm met in one therapy group only, so that what is due to the group cannot be told apart"
CONSTANT = "the estimate is the same whoever is left out"
FEW = "there are not more people than coefficients"


@dataclass(frozen=True)
class View:
    """What words about an answer need: the people as given, those of visits that anybody reached, and the model.

    df: of the regression on arm and covariates.
    """

    cohort: Cohort
    reached: Cohort
    model: Model
    df: float
    confidence: float

    @property
    def pairs(self) -> list[tuple[int, str]]:
        """Each arm but the reference at each visit."""
        return [(arm, visit) for arm in range(1, len(self.cohort.arms)) for visit in self.cohort.visits]

    def place(self, visit: str) -> int | None:
        return self.reached.visits.index(visit) if visit in self.reached.visits else None

    def unreached(self) -> list[str]:
        """Who was measured at a visit by nobody, though others were."""
        return [
            f"nobody of {quoted(name)} was measured at {quoted(when)}"
            for place, name in enumerate(self.cohort.arms)
            for number, when in enumerate(self.reached.visits)
            if not self.reached.observed[self.cohort.arm == place, number].any()
        ]

    def why_open(self, visit: str) -> NotEstimable:
        """Why an estimate would need a mean that is not determined."""
        if self.place(visit) is None:
            return NotEstimable(f"nobody was measured at {quoted(visit)}")
        empty = self.unreached()
        return NotEstimable(
            f"{empty[0]}, and this needs their mean" if empty else "the data do not determine a mean it needs"
        )


def jackknifed_answer(
    view: View, found: Jackknife, asked: Sequence[Strategy], strategy: Strategy
) -> Assumption:
    """One strategy by conditional means."""
    number = asked.index(strategy)
    parts = found.variances(found.without.effects[:, number])
    spreads = np.sqrt(found.variances(found.without.means[:, number]).sum(axis=0))
    effects = []
    for arm, visit in view.pairs:
        place = view.place(visit)
        if place is None:
            effects.append(_effect(view, arm, visit, view.why_open(visit), []))
            continue
        value = float(found.full.effects[0, number, arm - 1, place])
        effect = _jackknifed(view, found, visit, value, parts[:, arm - 1, place])
        values = found.full.means[0, number, :, place]
        effects.append(_effect(view, arm, visit, effect, _means(view, arm, values, spreads[:, place])))
    return Assumption(strategy, STRATEGIES[strategy], effects)


def _jackknifed(
    view: View, found: Jackknife, visit: str, value: float, parts: Array
) -> Estimate | NotEstimable:
    """From the estimate and the parts (H,) of its variance."""
    if np.isnan(value):
        return view.why_open(visit)
    if view.df < 1:
        return NotEstimable(FEW)
    if np.isnan(parts).any():
        return NotEstimable(ONE_GROUP if (found.units.sizes < 2).any() else ALONE)
    if not parts.sum() > 0:
        return NotEstimable(CONSTANT)
    return t_estimate(value, float(np.sqrt(parts.sum())), found.df(parts), view.confidence)


def _means(view: View, arm: int, values: Array, errors: Array) -> list[Mean]:
    return [Mean(view.cohort.arms[one], float(values[one]), float(errors[one])) for one in (0, arm)]


def _effect(view: View, arm: int, visit: str, effect: Estimate | NotEstimable, means: list[Mean]) -> Effect:
    kept = [] if isinstance(effect, NotEstimable) else means
    return Effect(view.cohort.arms[arm], view.cohort.arms[0], visit, effect, kept)


def pooled_answer(view: View, found: Imputed, asked: Sequence[Strategy], strategy: Strategy) -> Assumption:
    """One strategy by multiple imputation."""
    number = asked.index(strategy)
    effects = [_pooled(view, found, number, arm, visit) for arm, visit in view.pairs]
    return Assumption(strategy, STRATEGIES[strategy], effects)


def _pooled(view: View, found: Imputed, number: int, arm: int, visit: str) -> Effect:
    place = view.place(visit)
    if place is None or np.isnan(found.effects[0, number, arm - 1, place]):
        return _effect(view, arm, visit, view.why_open(visit), [])
    here = (slice(None), number, arm - 1, place)
    try:
        pooled = pool(found.effects[here], found.variances[here], view.df, view.confidence)
        means = [
            pool(found.means[:, number, one, place], found.squares[:, number, one, place], view.df).effect
            for one in (0, arm)
        ]
    except Unestimable as fault:
        return _effect(view, arm, visit, NotEstimable(str(fault)), [])
    named = [
        Mean(view.cohort.arms[one], mean.estimate, mean.se) for one, mean in zip((0, arm), means, strict=True)
    ]
    return Effect(view.cohort.arms[arm], view.cohort.arms[0], visit, pooled.effect, named, pooled)


def tipping_answer(
    view: View,
    found: Jackknife,
    asked: Sequence[Strategy],
    visit: str,
    deltas: Sequence[float],
    arm: int,
    raised: Raised,
) -> Tipping:
    """The tipping point of one arm at one visit, about missing at random."""
    arms = view.cohort.arms
    line = _line(view, found, asked.index("MAR"), visit, arm, raised)
    return tipping(line, deltas, arm=arms[arm], reference=arms[0], visit=visit, raised=raised)


def _line(
    view: View, found: Jackknife, number: int, visit: str, arm: int, raised: Raised
) -> Line | NotEstimable:
    place, which = view.place(visit), ("active", "all").index(raised)
    if place is None or np.isnan(found.full.effects[0, number, arm - 1, place]):
        return view.why_open(visit)
    estimates = found.without.effects[:, number, arm - 1, place]
    value = float(found.full.effects[0, number, arm - 1, place])
    effect = _jackknifed(view, found, visit, value, found.variances(estimates))
    if isinstance(effect, NotEstimable):
        return effect
    slope = float(found.full.slopes[0, which, arm - 1, place])
    slopes = found.without.slopes[:, which, arm - 1, place]
    return Line(value, slope, estimates, slopes, found.units, effect.df, view.confidence)


def notes_on(view: View) -> list[str]:
    """What to know about these people and this fit."""
    cohort, fit = view.cohort, view.model.fit
    notes = [f"{count} people were left out: {why}" for why, count in cohort.left_out.items()]
    never = int((~cohort.observed.any(axis=1)).sum())
    if never:
        notes.append(
            f"{never} {'person has' if never == 1 else 'people have'} no outcome at these visits: imputed throughout"
        )
    notes += [
        f"nobody was measured at {quoted(visit)}" for visit in cohort.visits if view.place(visit) is None
    ]
    notes += [f"{who}: what stands there follows from the assumption alone" for who in view.unreached()]
    if any(cohort.groups):
        notes.append("people who met in a therapy group are left out together for standard errors")
    if cohort.observed.all():
        notes.append("nothing is missing, so that all assumptions say the same")
    if fit.covariance != fit.requested:
        notes.append(f"the covariance {fit.requested} could not be certified; {fit.covariance} was fitted")
    return notes
