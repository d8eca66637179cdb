"""Several tests at once: Holm within families, and families that open one after the other.

Holm (Scand J Stat 1979; 6: 65-70): the smallest of m p values times m, the next times m - 1, and so on, never falling.
Serial gatekeeping (Westfall & Krishen, J Stat Plan Inference 2001; 99: 25-40): a family is tested only when all tests
of the families before it have succeeded; its adjusted p values are at least the largest adjusted p value before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from allay.science.evaluation.asked import Asked
from allay.science.evaluation.estimates import Estimate, NotEstimable
from allay.science.evaluation.plan import ALL, Plan
from allay.science.evaluation.plan.model import Family
from allay.science.evaluation.results.mixed import Mixed, MixedModel

FAMILIES: tuple[Family, ...] = ("primary", "secondary", "exploratory")


@dataclass(frozen=True)
class Test:
    """One comparison at the target timepoint. p null: it could not be had, and counts as 1 in the correction.

    adjusted_p is null for exploratory outcomes, which are not corrected. arm "all" stands for the change of a single
    group.
    """

    score: str
    arm: str
    family: Family
    p: float | None
    adjusted_p: float | None


@dataclass(frozen=True)
class Multiple:
    """All tests at the target timepoint, and how they were corrected."""

    method: Literal["none", "holm", "gatekeeping"]
    tests: list[Test]


def compute(asked: Asked) -> Multiple | None:
    """The tests of the primary model; None without one."""
    mixed: Mixed | None = asked.done["mixed"]
    if mixed is None:
        return None
    found = []
    for number, outcome in enumerate(asked.plan.outcomes):
        for arm, effect in target_effects(asked.plan, mixed.models[outcome.score]).items():
            p = effect.p if isinstance(effect, Estimate) else None
            found.append((outcome.score, arm, asked.plan.family(number), p))
    return Multiple(asked.plan.multiplicity.method, corrected(found, asked.plan.multiplicity.method))


def target_effects(plan: Plan, model: MixedModel | NotEstimable) -> dict[str, Estimate | NotEstimable]:
    """What the study asks about: each arm's difference from the reference at the target, or a single group's change."""
    arms = plan.study.arms[1:] if len(plan.study.arms) > 1 else (ALL,)
    if isinstance(model, NotEstimable):
        return dict.fromkeys(arms, model)
    missing = NotEstimable(f"nobody was measured at {plan.last}")
    if len(plan.study.arms) > 1:
        found = {arm: model.differences[arm].get(plan.last) for arm in arms}
        return {arm: one.difference if one else missing for arm, one in found.items()}
    return {ALL: model.changes[ALL].get(plan.last, missing)}


def corrected(found: Sequence[tuple[str, str, Family, float | None]], method: str) -> list[Test]:
    """The tests with adjusted p values, in the order given."""
    adjusted: dict[int, float] = {}
    floor = 0.0
    for family in FAMILIES[:2]:
        places = [place for place, one in enumerate(found) if one[2] == family]
        values = [1.0 if found[place][3] is None else float(found[place][3] or 0.0) for place in places]
        within = values if method == "none" else holm(values)
        adjusted |= {place: max(floor, value) for place, value in zip(places, within, strict=True)}
        if method == "gatekeeping" and places:
            floor = max(adjusted[place] for place in places)
    return [Test(*one, adjusted_p=adjusted.get(place)) for place, one in enumerate(found)]


def holm(values: Sequence[float]) -> list[float]:
    """Holm's adjusted p values, in the order given."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    adjusted = [0.0] * len(values)
    largest = 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(values) - rank) * values[place]))
        adjusted[place] = largest
    return adjusted
