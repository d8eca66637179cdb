"""From a staged table and a plan to results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allay.science.evaluation.change_counts import change_method, count_changes
from allay.science.evaluation.checking import check
from allay.science.evaluation.describe import completeness, describe
from allay.science.evaluation.effect import between_changes, within_changes
from allay.science.evaluation.moments import pair_sums, shift_of
from allay.science.evaluation.people import EVERYBODY, People, column, gather
from allay.science.evaluation.plan import Plan
from allay.science.evaluation.results import (
    FORMAT,
    OutcomeSummary,
    PeopleCounts,
    Provenance,
    Results,
    StudySummary,
)
from allay.science.evaluation.staging import Staged
from allay.science.evaluation.statements import METHODS, notes_on

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def evaluate(connection: DuckDBPyConnection, staged: Staged, plan: Plan, provenance: Provenance) -> Results:
    """Checks what is staged, makes the table `people`, and computes everything the plan asks for.

    Raises BadInput for a table that cannot be used. A number that cannot be had becomes NotEstimable with its
    reason; it never ends the evaluation.
    """
    check(connection, staged, plan)
    people = gather(connection, staged, plan)
    results = Results(
        format=FORMAT,
        study=_study(plan),
        people=PeopleCounts(dict(people.by_arm), people.in_other_arms, people.rows_at_other_timepoints),
        description={},
        completeness={},
        within={},
        between={},
        change={},
        change_method={},
        methods=dict(METHODS),
        notes=notes_on(plan, people, provenance),
        plan=plan.model_dump(mode="json", exclude_none=True),
        provenance=provenance,
    )
    for number in range(len(plan.outcomes)):
        _add_outcome(connection, number, plan, people, results)
    return results


def _study(plan: Plan) -> StudySummary:
    study = plan.study
    outcomes = [
        OutcomeSummary(outcome.score, outcome.title, outcome.better, number == plan.primary)
        for number, outcome in enumerate(plan.outcomes)
    ]
    return StudySummary(
        title=study.title,
        design=study.declared_design,
        arms=list(study.arms),
        timepoints=list(study.timepoints),
        first=plan.first,
        last=plan.last,
        confidence=study.confidence,
        outcomes=outcomes,
    )


def _add_outcome(
    connection: DuckDBPyConnection, number: int, plan: Plan, people: People, results: Results
) -> None:
    score, last = plan.outcomes[number].score, len(plan.study.timepoints) - 1
    shift = shift_of(connection, [column(number, place) for place in range(last + 1)])
    described = describe(connection, number, plan, people.by_arm, shift)
    pairs = pair_sums(connection, number, last, shift)
    method = change_method(plan.outcomes[number], pairs.get(EVERYBODY))
    results.description[score] = described
    results.completeness[score] = completeness(connection, number, plan, people.by_arm, described)
    results.within[score] = within_changes(pairs, plan)
    results.between[score] = between_changes(pairs, plan)
    results.change_method[score] = method
    results.change[score] = count_changes(connection, number, plan, people.by_arm, method)
