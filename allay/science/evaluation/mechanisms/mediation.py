"""Does the programme work through the mechanism? An arm's effect on an outcome through mediators measured earlier.

    found = mediate(arm, {"self-criticism": week_6}, ("interference", week_12), {"self-criticism, baseline": ...})
    found.through[0].indirect; found.through[0].sensitivity; found.direct; found.total

What has to be assumed stands in `assumptions`; how the numbers come about in `paths`, `complete`, `full_information`,
`bootstrap`, `confounding` and `interaction`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import listed, quoted
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.intervals import normal_quantile, t_quantile
from allay.science.evaluation.mechanisms import bootstrap
from allay.science.evaluation.mechanisms.complete import Complete
from allay.science.evaluation.mechanisms.confounding import sensitivity
from allay.science.evaluation.mechanisms.full_information import FullInformation
from allay.science.evaluation.mechanisms.interaction import WithInteraction
from allay.science.evaluation.mechanisms.paths import Replicates, products
from allay.science.evaluation.mechanisms.sample import Sample, sample
from allay.science.evaluation.models.errors import BadModel, Unestimable
from allay.science.evaluation.results.mechanisms import (
    Coefficient,
    Effect,
    Interaction,
    Interval,
    Mediation,
    Method,
    Proportion,
    Through,
)

Array = npt.NDArray[np.float64]
Values = Sequence[float] | Array
FEW = 20  # people of an arm below which intervals of a product are rough
MOST_REPLICATES = 100_000


def mediate(
    arm: Values,
    mediators: Mapping[str, Values],
    outcome: tuple[str, Values],
    covariates: Mapping[str, Values],
    *,
    method: Method = "full-information",
    randomised: bool = True,
    confidence: float = 0.95,
    replicates: int = 5000,
    seed: int = 1,
) -> Mediation | NotEstimable:
    """The effect of arm 1 against arm 0 on the outcome, through the mediators and past them.

    One value per person, NaN where missing. covariates: baseline mediators, baseline outcome and what else both
    regressions adjust for; they must be measured before the arm can have changed them. The same seed gives the
    same answer, whatever the order of the people. Raises BadModel for a request that makes no sense.
    """
    _check(method, confidence, replicates)
    try:
        people = sample(arm, covariates, mediators, outcome)
        return _Question(people, method, confidence, replicates, seed).answer(randomised)
    except Unestimable as fault:
        return NotEstimable(str(fault))


def _check(method: str, confidence: float, replicates: int) -> None:
    if method not in get_args(Method):
        raise BadModel(f"method {quoted(str(method))} is unknown (there are {listed(get_args(Method))})")
    if not 0 < confidence < 1:
        raise BadModel("the confidence lies between 0 and 1")
    if not (isinstance(replicates, int) and 0 <= replicates <= MOST_REPLICATES):
        raise BadModel(f"replicates: a whole number up to {MOST_REPLICATES}")


class _Question:
    """One sample with one method: estimates, replicates and what follows from them."""

    def __init__(self, people: Sample, method: Method, confidence: float, replicates: int, seed: int) -> None:
        self.people, self.method, self.confidence, self.seed = people, method, confidence, seed
        self.names = people.names[people.covariates.shape[1] : -1]
        self.source = Complete(people) if method == "complete-cases" else FullInformation(people)
        self.found = self.source.estimate()
        self.replicates = replicates if len(self.source.arm) <= bootstrap.LARGEST else 0
        self.drawn = self._replicated()
        self.left_out = self._left_out()

    def answer(self, randomised: bool) -> Mediation:
        k, whole = len(self.names), list(range(len(self.names)))
        arm, reference = self._counted()
        total = self._coefficient(2 * k + 1)
        indirect = self._effect(whole)
        return Mediation(
            method=self.method,
            n=arm,
            n_reference=reference,
            left_out=len(self.people.arm) - arm - reference,
            through=[self._through(j) for j in whole],
            direct=self._coefficient(2 * k),
            total=total,
            indirect=indirect,
            proportion=self._proportion(indirect, total),
            interaction=self._interaction(),
            randomised=randomised,
            confidence=self.confidence,
            replicates=int(self.drawn.sound.sum()),
            cautions=self._cautions(arm, reference),
        )

    def _counted(self) -> tuple[int, int]:
        """People of the arm and of the reference who tell something about mediator or outcome."""
        if isinstance(self.source, Complete):
            return self.source.people.counts()
        known = ~np.isnan(np.column_stack([self.people.mediators, self.people.outcome])).all(axis=1)
        return self.people.rows(np.asarray(known)).counts()

    def _replicated(self) -> Replicates:
        k = len(self.names)
        if not self.replicates:
            return Replicates(np.empty((0, 2 * k + 2)), np.empty((0, k + 1, k + 1)), np.empty(0, dtype=bool))
        parts = [self.source.again(w) for w in bootstrap.samples(self.source.arm, self.replicates, self.seed)]
        sound = np.concatenate([part.sound for part in parts])
        found = np.concatenate([part.paths for part in parts])
        rest = np.concatenate([part.residual for part in parts])
        return Replicates(np.where(sound[:, None], found, np.nan), rest, sound)

    def _left_out(self) -> Array:
        """Paths (n, 2k + 2) without each person, for the acceleration of BCa intervals."""
        if not self.replicates:
            return np.empty((0, len(self.found.paths)))
        parts = [self.source.again(weights) for weights in bootstrap.without_each(len(self.source.arm))]
        return np.concatenate([np.where(part.sound[:, None], part.paths, np.nan) for part in parts])

    def _coefficient(self, place: int) -> Coefficient:
        unit = self.people.units[place]
        estimate = self.found.paths[place] * unit
        se = float(np.sqrt(self.found.covariance[place, place])) * unit
        df = None if self.found.df is None else float(self.found.df[place])
        return coefficient(float(estimate), float(se), df, self.confidence)

    def _effect(self, mediators: list[int]) -> Effect:
        unit = float(self.people.scale[-1])
        value, se = self.found.product(mediators)
        drawn, left = products(self.drawn.paths, mediators), products(self.left_out, mediators)
        return effect((value * unit, se * unit), drawn * unit, left * unit, self.source.arm, self.confidence)

    def _through(self, j: int) -> Through:
        k, unit = len(self.names), float(self.people.scale[-1])
        pair = np.ix_([j, k], [j, k])
        sound = self.drawn.sound
        indirect = self._effect([j])
        alone = self._alone(j) if k > 1 else indirect.interval
        return Through(
            mediator=self.names[j],
            a=self._coefficient(j),
            b=self._coefficient(k + j),
            indirect=indirect,
            sensitivity=sensitivity(
                float(self.found.paths[j]),
                self.found.residual[pair],
                (self.drawn.paths[sound, j], self.drawn.residual[sound][:, [j, k]][:, :, [j, k]]),
                alone,
                unit,
                self._outcome_sd(),
                self.confidence,
            ),
        )

    def _alone(self, j: int) -> Interval:
        """The interval of the indirect effect through mediator j where it is the only one looked at."""
        question = _Question(self.people.only(j), self.method, self.confidence, self.replicates, self.seed)
        return question._effect([0]).interval

    def _outcome_sd(self) -> float:
        """Within arms, in points."""
        groups = [self.people.outcome[self.people.arm == level] for level in (0.0, 1.0)]
        groups = [group[~np.isnan(group)] for group in groups]
        spread = sum(float(((group - group.mean()) ** 2).sum()) for group in groups)
        return float(np.sqrt(spread / (sum(map(len, groups)) - 2)) * self.people.scale[-1])

    def _proportion(self, indirect: Effect, total: Coefficient) -> Proportion | NotEstimable:
        if total.low <= 0 <= total.high:
            return NotEstimable("the total effect cannot be told from none")
        share = indirect.estimate / total.estimate
        if not 0 <= share <= 1:
            return NotEstimable("the effects through the mediator and past it point in opposite directions")
        drawn = products(self.drawn.paths, list(range(len(self.names)))) / self.drawn.paths[:, -1]
        found = bootstrap.percentile(drawn, self.confidence)
        return found if isinstance(found, NotEstimable) else Proportion(share, found.low, found.high)

    def _interaction(self) -> Interaction | NotEstimable:
        if len(self.names) > 1:
            return NotEstimable("an interaction is looked at for one mediator at a time")
        try:
            source = WithInteraction(self.people)
            found, se, df = source.estimate()
        except Unestimable as fault:
            return NotEstimable(str(fault))
        unit, mediator = float(self.people.scale[-1]), float(self.people.scale[-2])
        n, drawn, left = len(source.arm), np.empty((0, 5)), np.empty((0, 5))
        if self.replicates:
            drawn = np.concatenate(
                [source.again(w) for w in bootstrap.samples(source.arm, self.replicates, self.seed)]
            )
            left = np.concatenate([source.again(w) for w in bootstrap.without_each(n)])
        effects = [
            effect(
                (found[j] * unit, se[j] * unit),
                drawn[:, j] * unit,
                left[:, j] * unit,
                source.arm,
                self.confidence,
            )
            for j in range(1, 5)
        ]
        h = coefficient(found[0] * unit / mediator, se[0] * unit / mediator, df, self.confidence)
        return Interaction(h, *effects)

    def _cautions(self, arm: int, reference: int) -> list[str]:
        cautions = list(self.people.cautions)
        if min(arm, reference) < FEW:
            cautions.append(f"an arm has fewer than {FEW} people: the intervals are rough")
        lost = self.replicates - int(self.drawn.sound.sum())
        if lost:
            cautions.append(f"{lost} of {self.replicates} bootstrap samples gave no answer and were left out")
        if self.replicates == 0 and len(self.source.arm) > bootstrap.LARGEST:
            cautions.append(f"more than {bootstrap.LARGEST} people: intervals are the delta method's")
        return cautions


def coefficient(estimate: float, se: float, df: float | None, confidence: float) -> Coefficient:
    """With its t interval, or a normal one where df is None."""
    from scipy.special import ndtr, stdtr

    half = se * (normal_quantile(confidence) if df is None else t_quantile(df, confidence))
    size = -abs(estimate / se)
    p = 2 * float(ndtr(size) if df is None else stdtr(df, size))
    return Coefficient(float(estimate), float(se), float(estimate - half), float(estimate + half), df, p)


def effect(
    estimate: tuple[float, float], drawn: Array, left_out: Array, arm: Array, confidence: float
) -> Effect:
    """An effect and its standard error with delta, percentile and BCa intervals of replicates (r,)."""
    value, se = float(estimate[0]), float(estimate[1])
    half = normal_quantile(confidence) * se
    influence = bootstrap.influences(value, left_out, arm) if len(left_out) else left_out
    return Effect(
        estimate=value,
        se=se,
        delta=Interval(value - half, value + half),
        percentile=bootstrap.percentile(drawn, confidence),
        bca=bootstrap.bca(value, drawn, influence, confidence),
    )
