"""The flow of participants (CONSORT): who was assessed, excluded, allocated, measured and analysed."""

from __future__ import annotations

from dataclasses import dataclass

from allay.science.evaluation.asked import Asked
from allay.science.evaluation.estimates import PerSlice
from allay.science.evaluation.reading.people import slices


@dataclass(frozen=True)
class ArmFlow:
    """One arm. allocated: as the plan states it, null where it does not; the rest is counted in the table."""

    allocated: int | None
    in_table: int
    measured: dict[str, int]  # the primary outcome, by timepoint
    measured_once: int  # at least once; these are in the primary model if no covariate is missing
    never_measured: int


@dataclass(frozen=True)
class Flow:
    """assessed and excluded are the plan's statements; the arms' people are counted."""

    assessed: int | None
    excluded: dict[str, int]
    arms: PerSlice[ArmFlow]


def compute(asked: Asked) -> Flow:
    plan, names = asked.plan, asked.columns(asked.plan.primary)
    counts = ", ".join(f"count({column})" for column in names.values())
    once = f"count(*) FILTER (WHERE coalesce({', '.join(names.values())}) IS NOT NULL)"
    rows = asked.connection.execute(
        f"SELECT coalesce(arm, -1), count(*), {once}, {counts} FROM people GROUP BY GROUPING SETS ((arm), ())"
    ).fetchall()
    found = {arm: rest for arm, *rest in rows}
    arms = {}
    for number, key in slices(plan):
        people, measured_once, *measured = found.get(number, [0, 0, *[0] * len(names)])
        arms[key] = ArmFlow(
            allocated=plan.flow.allocated.get(key),
            in_table=people,
            measured=dict(zip(names, measured, strict=True)),
            measured_once=measured_once,
            never_measured=people - measured_once,
        )
    return Flow(plan.flow.assessed, dict(plan.flow.excluded), arms)
