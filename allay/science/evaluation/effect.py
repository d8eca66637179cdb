"""Change within arms and its difference between arms, for the people measured at both timepoints.

The primary comparison adjusts for the first score: analysis of covariance by ordinary least squares, one
slope and one residual variance for all arms. Beside it stands the plain difference of mean changes (Welch).
Both look at completers only; a mixed model for everybody measured at least once is not in this version.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from allay.science.evaluation.intervals import standardised_change, standardised_difference, t_estimate
from allay.science.evaluation.moments import Pairs
from allay.science.evaluation.plan import Plan
from allay.science.evaluation.reading.people import slices
from allay.science.evaluation.results import (
    BetweenChange,
    Estimate,
    NotEstimable,
    PerSlice,
    Standardised,
    WithinChange,
)

NO_RESIDUAL = 1e-12  # of the spread: less is rounding


def within_changes(pairs: Mapping[int, Pairs], plan: Plan) -> PerSlice[WithinChange | NotEstimable]:
    return {key: _within(pairs.get(number), plan) for number, key in slices(plan)}


def _within(pairs: Pairs | None, plan: Plan) -> WithinChange | NotEstimable:
    if pairs is None or pairs.n < 2:
        n = pairs.n if pairs else 0
        return NotEstimable(f"fewer than 2 people were measured at both timepoints (n = {n})")
    return WithinChange(
        n=pairs.n,
        first_mean=pairs.first.mean,
        first_sd=pairs.first.sd,
        last_mean=pairs.last.mean,
        last_sd=pairs.last.sd,
        sd=pairs.change.sd,
        correlation=_correlation(pairs),
        change=_mean_change(pairs, plan.study.confidence),
        standardised=_standardised_change(pairs, plan.study.confidence),
    )


def _correlation(pairs: Pairs) -> float | NotEstimable:
    if pairs.first.spread == 0 or pairs.last.spread == 0:
        return NotEstimable("everybody had the same score at one of the timepoints")
    if pairs.n < 3:
        return NotEstimable("fewer than 3 people were measured at both timepoints")
    r = pairs.joint_spread / sqrt(pairs.first.spread) / sqrt(pairs.last.spread)
    return max(-1.0, min(1.0, r))


def _mean_change(pairs: Pairs, confidence: float) -> Estimate | NotEstimable:
    if pairs.change.spread == 0:
        return NotEstimable("everybody changed by the same amount")
    return t_estimate(pairs.change.mean, pairs.change.sd / sqrt(pairs.n), pairs.n - 1, confidence)


def _standardised_change(pairs: Pairs, confidence: float) -> Standardised | NotEstimable:
    if pairs.n < 3:
        return NotEstimable("fewer than 3 people were measured at both timepoints")
    if pairs.first.spread == 0:
        return NotEstimable("everybody had the same score at the first timepoint")
    return standardised_change(pairs.change.mean, pairs.change.sd, pairs.first.sd, pairs.n, confidence)


def between_changes(pairs: Mapping[int, Pairs], plan: Plan) -> PerSlice[BetweenChange]:
    """Each arm against the first listed; empty where there are not two arms."""
    arms = plan.study.arms
    return {arm: _between(pairs, number, plan) for number, arm in enumerate(arms) if number > 0}


def _between(pairs: Mapping[int, Pairs], arm: int, plan: Plan) -> BetweenChange:
    adjusted, unadjusted = _adjusted(pairs, arm, plan), _unadjusted(pairs, arm, plan)
    return BetweenChange(
        reference=plan.study.arms[0],
        n=pairs[arm].n if arm in pairs else 0,
        n_reference=pairs[0].n if 0 in pairs else 0,
        adjusted=adjusted,
        adjusted_standardised=_in_baseline_sds(adjusted, pairs, plan),
        unadjusted=unadjusted,
        unadjusted_standardised=_in_baseline_sds(unadjusted, pairs, plan),
    )


def _too_few(pairs: Mapping[int, Pairs], arm: int, plan: Plan) -> NotEstimable | None:
    for number in (0, arm):
        n = pairs[number].n if number in pairs else 0
        if n < 2:
            name = plan.study.arms[number]
            return NotEstimable(f"fewer than 2 people of {name} were measured at both timepoints (n = {n})")
    return None


def _arms(pairs: Mapping[int, Pairs]) -> list[Pairs]:
    return [arm for number, arm in pairs.items() if number >= 0]


def _adjusted(pairs: Mapping[int, Pairs], arm: int, plan: Plan) -> Estimate | NotEstimable:
    """Analysis of covariance, in closed form from the sums within arms.

    slope = S_bf / S_bb; effect = difference of last means less slope times difference of first means;
    variance = s^2 (1/n + 1/n_ref + difference of first means^2 / S_bb) with s^2 the residual mean square on
    N - arms - 1 degrees of freedom. The effect on the last score and on the change are the same number.
    """
    if reason := _too_few(pairs, arm, plan):
        return reason
    first = sum(one.first.spread for one in _arms(pairs))
    last = sum(one.last.spread for one in _arms(pairs))
    joint = sum(one.joint_spread for one in _arms(pairs))
    df = sum(one.n for one in _arms(pairs)) - len(_arms(pairs)) - 1
    if first == 0:
        return NotEstimable("within each arm everybody started with the same score")
    residual = last - joint * (joint / first)
    if df < 1 or residual <= NO_RESIDUAL * last:
        return NotEstimable("the first score leaves nothing of the last to be explained")
    mine, reference = pairs[arm], pairs[0]
    gap = mine.first.mean - reference.first.mean
    effect = mine.last.mean - reference.last.mean - joint / first * gap
    variance = residual / df * (1 / mine.n + 1 / reference.n + gap * (gap / first))
    return t_estimate(effect, sqrt(variance), df, plan.study.confidence)


def _unadjusted(pairs: Mapping[int, Pairs], arm: int, plan: Plan) -> Estimate | NotEstimable:
    """Difference of mean changes with the degrees of freedom of Welch and Satterthwaite."""
    if reason := _too_few(pairs, arm, plan):
        return reason
    mine, reference = pairs[arm].change, pairs[0].change
    own, other = mine.sd**2 / mine.n, reference.sd**2 / reference.n
    if own + other == 0:
        return NotEstimable("within each arm everybody changed by the same amount")
    weight = own / (own + other)
    df = 1 / (weight**2 / (mine.n - 1) + (1 - weight) ** 2 / (reference.n - 1))
    return t_estimate(mine.mean - reference.mean, sqrt(own + other), df, plan.study.confidence)


def _in_baseline_sds(
    difference: Estimate | NotEstimable, pairs: Mapping[int, Pairs], plan: Plan
) -> Standardised | NotEstimable:
    """In units of the first score's SD, pooled over arms."""
    if isinstance(difference, NotEstimable):
        return difference
    df = sum(one.n - 1 for one in _arms(pairs))
    spread = sum(one.first.spread for one in _arms(pairs))
    if spread == 0 or df < 2:
        return NotEstimable("within each arm everybody started with the same score")
    return standardised_difference(difference, sqrt(spread / df), df, plan.study.confidence)
