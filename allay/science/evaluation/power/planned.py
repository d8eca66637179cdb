"""From a plan to what is simulated: the trial, its analysis, and the sizes to try."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import BadInput, quoted
from allay.science.evaluation.power.analysis import Analysis
from allay.science.evaluation.power.shape import Power
from allay.science.evaluation.power.trial import Size, Trial

if TYPE_CHECKING:
    from allay.science.evaluation.plan import Plan

Array = npt.NDArray[np.float64]
MOST_PEOPLE = 20_000


@dataclass(frozen=True)
class Planned:
    """What is simulated, and how it is analysed. `notes`: in which respect the plan is simplified."""

    trial: Trial
    analysis: Analysis
    sizes: tuple[Size, ...]
    power: Power
    notes: tuple[str, ...] = ()

    @property
    def effect(self) -> float:
        """The true difference at the target, in points."""
        return float(self.trial.effect[self.analysis.compared, self.analysis.target])


def planned(plan: Plan, name: str = "the plan") -> Planned:
    """Raises BadInput naming the key of what cannot be simulated. name: of the plan, for messages."""
    try:
        return _planned(plan)
    except _Fault as fault:
        raise BadInput(name, str(fault)) from None


class _Fault(Exception):
    """What cannot be simulated, and the key."""


def _planned(plan: Plan) -> Planned:
    power, arms = plan.power, plan.study.arms
    if power is None:
        raise _Fault("has no [power] section: what is believed, and which sizes to try")
    if len(arms) < 2:
        raise _Fault("study.arms: power is about the difference between two or more arms")
    compared = _compared(plan, power)
    meets = _meeting(plan, power, compared)
    target = plan.study.timepoints.index(plan.last)
    sigma = _sigma(power, len(plan.study.timepoints))
    better = 1 if plan.outcomes[plan.primary].better == "higher" else -1
    trial = Trial(
        arms,
        plan.study.timepoints,
        _effect(power, arms, compared, target, sigma),
        sigma,
        meets,
        between=_between(power, sigma, target),
        dropout=_dropout(power, len(sigma)),
        strength=-better * power.dropout_strength,
        gaps=power.gaps,
    )
    model = plan.model
    analysis = Analysis(
        target,
        compared,
        model.kind,
        model.covariance,
        model.covariance_by_arm,
        model.df,
        model.vcov,
        grouped=meets is not None and model.groups != "none",
        confidence=plan.study.confidence,
    )
    notes = ("The plan's covariates are left out: the sd is what they leave.",) if model.covariates else ()
    return Planned(trial, analysis, _sizes(power, len(arms), meets), power, notes)


def _compared(plan: Plan, power: Power) -> int:
    """The arm the trial is made for: the one that meets in groups, else the last with an effect."""
    arms = plan.study.arms
    if plan.model.groups in arms[1:]:
        return arms.index(str(plan.model.groups))
    if isinstance(power.effect, dict):
        named = [place for place, arm in enumerate(arms) if place and power.effect.get(arm)]
        return named[-1] if named else len(arms) - 1
    return len(arms) - 1


def _meeting(plan: Plan, power: Power, compared: int) -> int | None:
    if power.group_size is None:
        return None
    if plan.model.groups == plan.study.arms[0]:
        raise _Fault("model.groups: power is for therapy groups in an arm that is not the reference")
    return compared


def _sigma(power: Power, visits: int) -> Array:
    sd = _per_timepoint(power.sd, visits, "sd")
    if isinstance(power.correlation, tuple):
        if [len(row) for row in power.correlation] != [visits] * visits:
            raise _Fault(f"power.correlation: {visits} timepoints need {visits} rows of {visits}")
        correlation = np.array(power.correlation)
        if not (np.array_equal(correlation, correlation.T) and (np.diag(correlation) == 1).all()):
            raise _Fault("power.correlation: is not symmetric with 1 on its diagonal")
    else:
        lag = np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))
        correlation = power.correlation ** (lag if power.pattern == "ar1" else lag > 0).astype(float)
    if np.linalg.eigvalsh(correlation)[0] < 1e-6:
        raise _Fault("power.correlation: no scores can be correlated like this")
    return np.asarray(correlation * np.outer(sd, sd))


def _per_timepoint(value: float | tuple[float, ...], visits: int, key: str) -> Array:
    if isinstance(value, tuple) and len(value) != visits:
        raise _Fault(f"power.{key}: one number, or one for each of the {visits} timepoints")
    return np.array(value if isinstance(value, tuple) else [value] * visits, dtype=float)


def _between(power: Power, sigma: Array, target: int) -> float:
    """The variance that groups add: icc = between / (between + variance of a person) at the target."""
    return power.icc / (1 - power.icc) * float(sigma[target, target])


def _effect(power: Power, arms: tuple[str, ...], compared: int, target: int, sigma: Array) -> Array:
    """(A, T) in points."""
    visits = len(sigma)
    course = np.minimum(np.arange(visits) / target, 1.0)
    if power.course is not None:
        course = _per_timepoint(power.course, visits, "course")
        if course[0] != 0 or course[target] != 1:
            raise _Fault("power.course: begins with 0, and is 1 at the target")
    given = power.effect if isinstance(power.effect, dict) else {arms[compared]: power.effect}
    unknown = next((arm for arm in given if arm not in arms[1:]), None)
    if unknown is not None:
        raise _Fault(f"power.effect: {quoted(unknown)} is no arm beside the reference")
    unit = float(np.sqrt(sigma[0, 0])) if power.unit == "sd" else 1.0
    return np.outer([unit * given.get(arm, 0.0) for arm in arms], course)


def _dropout(power: Power, visits: int) -> Array | None:
    shares = power.dropout
    if isinstance(shares, tuple) and len(shares) != visits - 1:
        raise _Fault(f"power.dropout: one number, or one for each of the {visits - 1} later timepoints")
    found = np.array([0.0, *(shares if isinstance(shares, tuple) else [shares] * (visits - 1))])
    return found if found.any() else None


def _sizes(power: Power, arms: int, meets: int | None) -> tuple[Size, ...]:
    shares = power.allocation or (1.0,) * arms
    if len(shares) != arms:
        raise _Fault(f"power.allocation: a number for each of the {arms} arms")
    if power.groups:
        found = [_by_groups(number, shares, power.group_size or 1, meets or 0) for number in power.groups]
    else:
        found = [_by_people(number, shares, power.group_size, meets) for number in power.people]
    for size in found:
        if size.total > MOST_PEOPLE:
            raise _Fault(f"power: {size.total} people are more than the {MOST_PEOPLE} that are simulated")
        if min(size.people) < 2:
            raise _Fault(f"power: with {size.total} people an arm has fewer than two")
        if meets is not None and size.groups < 2:
            raise _Fault(f"power: {size.total} people make one therapy group, which tells nothing")
    return tuple(found)


def _by_groups(groups: int, shares: tuple[float, ...], each: int, meets: int) -> Size:
    inside = groups * each
    people = [
        inside if arm == meets else round(inside * share / shares[meets]) for arm, share in enumerate(shares)
    ]
    return Size(tuple(people), groups)


def _by_people(total: int, shares: tuple[float, ...], each: int | None, meets: int | None) -> Size:
    """As near to the ratio as whole people allow."""
    ends = np.round(np.cumsum(shares) / sum(shares) * total).astype(int)
    people = tuple(int(number) for number in np.diff(ends, prepend=0))
    groups = ceil(people[meets] / each) if meets is not None and each else 0
    return Size(people, groups)
