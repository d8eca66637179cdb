"""One service's summaries: what may leave the house.

Withheld is every cell (pattern of measured timepoints within an arm) of fewer people than the plan's `fewest`, and every
cell in which so few share a category of a covariate, for their sums would be those people's scores. Of change, an arm's
counts are withheld where one of them is that small. Nothing else of the data is handed on: no smallest or largest
value, no name, no total from which withheld people could be told by subtraction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

from allay.science.evaluation.asked import Asked
from allay.science.evaluation.change_counts import change_of_people
from allay.science.evaluation.federated.question import question, summed, view_of
from allay.science.evaluation.models.design import Design
from allay.science.evaluation.models.summaries import Cell, Summaries
from allay.science.evaluation.plan import ALL, Plan
from allay.science.evaluation.reading.checking import check
from allay.science.evaluation.reading.people import gather
from allay.science.evaluation.reading.staging import Staged
from allay.science.evaluation.results import ChangeCounts

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Counts = tuple[int, int, int]  # improved, unchanged, worsened


@dataclass(frozen=True)
class Site:
    """sums: by score. change: by score and arm ("all" for a single group), None where withheld or not comparable."""

    plan_sha256: str
    sums: Mapping[str, Summaries]
    change: Mapping[str, Mapping[str, Counts | None]]


def prepared(connection: DuckDBPyConnection, staged: Staged, plan: Plan) -> Asked:
    """The people of a staged table and their change. Raises BadInput for a table that cannot be used."""
    check(connection, staged, plan)
    people = gather(connection, staged, plan)
    return Asked(connection, plan, people, done=change_of_people(connection, plan, people.by_arm))


def site(asked: Asked, plan_sha256: str) -> Site:
    """Raises BadInput for a plan that leaves something to the data, and for data outside the agreed ranges."""
    plan = asked.plan
    sums = {}
    for number, outcome in enumerate(plan.outcomes):
        about = question(plan, number)
        made, found = summed(asked.connection, view_of(asked.connection, about, asked.people.columns), about)
        sums[outcome.score] = safe(found, made, plan.federated.fewest)
    return Site(plan_sha256, sums, _changes(asked))


def safe(summaries: Summaries, made: Design, fewest: int) -> Summaries:
    """What may be handed on; the people of everything else are counted."""
    kept = tuple(cell for cell in summaries.cells if not points_at_somebody(cell, made, fewest))
    people = summaries.people - sum(cell.n for cell in kept)
    return replace(summaries, cells=kept, withheld=summaries.withheld + people)


def points_at_somebody(cell: Cell, made: Design, fewest: int) -> bool:
    """Whether the sums of a cell tell of fewer than `fewest` people, for each two categories of their covariates."""
    size = made_size(cell)
    marks = [place for place, one in enumerate(made.steady) if one.levels and not one.numbers]

    def both(left: int, right: int) -> int:
        return cell.sums[left * size - left * (left - 1) // 2 + right - left]

    parts = {cell.n}
    for left, right in combinations_with_replacement(marks, 2):
        one, other, shared = both(left, left), both(right, right), both(left, right)
        parts |= {shared, one - shared, other - shared, cell.n - one - other + shared}
    return any(0 < part < fewest for part in parts)


def made_size(cell: Cell) -> int:
    """The number of entries of a cell from the length of its triangle."""
    return int(((8 * len(cell.sums) + 1) ** 0.5 - 1) / 2 + 0.5)


def comparable(plan: Plan, number: int) -> bool:
    """Whether all services judge a person's change by the same amount."""
    rule = plan.outcomes[number].change
    return rule is not None and rule.method == "JT" and rule.sd is not None


def _changes(asked: Asked) -> dict[str, dict[str, Counts | None]]:
    plan = asked.plan
    counted = asked.done["change"]
    return {
        outcome.score: {
            arm: _handed_on(counted[outcome.score][arm], plan.federated.fewest)
            for arm in plan.study.arms or (ALL,)
        }
        for number, outcome in enumerate(plan.outcomes)
        if comparable(plan, number)
    }


def _handed_on(counts: object, fewest: int) -> Counts | None:
    if not isinstance(counts, ChangeCounts):
        return None
    found = (counts.improved, counts.unchanged, counts.worsened)
    return None if any(0 < one < fewest for one in found) else found
