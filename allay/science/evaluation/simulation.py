"""What intervals like those of the report are worth: the simulation study, for its methods page.

Shown where a mixed model compares arms: small trials; and, where people meet in therapy groups, few groups, with the
same analysis that ignores them beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allay.science.evaluation.asked import Asked

DUE = 0.05  # the share of false alarms that is due


@dataclass(frozen=True)
class SimulatedPeople:
    """Trials of so many people without an effect: by method, the share that found one."""

    people: int
    type_1_error: dict[str, float]


@dataclass(frozen=True)
class SimulatedGroups:
    """Trials with so many therapy groups of eight: the share of 95 % intervals that held the truth, by method."""

    groups: int
    icc: float
    coverage: dict[str, float]


@dataclass(frozen=True)
class Simulation:
    """Simulated once, when this version of Allay was made; docs/simulation.md describes it. `groups` may be empty."""

    date: str
    trials: int
    due: float
    confidence: float
    each: int  # people in a simulated therapy group
    people: list[SimulatedPeople]
    groups: list[SimulatedGroups]


def compute(asked: Asked) -> Simulation | None:
    """None where no mixed model compares arms."""
    mixed = asked.done.get("mixed")
    if mixed is None or len(asked.plan.study.arms) < 2:
        return None
    from allay.science.evaluation.power.simulated import simulated
    from allay.science.evaluation.power.study import EACH

    found = simulated()
    people = [SimulatedPeople(one.people, one.type_1_error) for one in found.individual]
    groups = [SimulatedGroups(one.groups, one.icc, one.coverage) for one in found.nested]
    return Simulation(
        found.date, found.trials, DUE, 1 - DUE, EACH, people, groups if asked.done["meeting"].groups else []
    )
