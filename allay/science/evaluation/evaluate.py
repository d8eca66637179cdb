"""From a staged table and a plan to results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allay.science.evaluation.asked import Asked, Progress, silent
from allay.science.evaluation.change_counts import change_of_people
from allay.science.evaluation.describe import completeness, describe
from allay.science.evaluation.effect import between_changes, within_changes
from allay.science.evaluation.moments import pair_sums, shift_of
from allay.science.evaluation.plan import Plan
from allay.science.evaluation.reading.checking import check
from allay.science.evaluation.reading.people import People, column, gather
from allay.science.evaluation.reading.staging import Staged
from allay.science.evaluation.results import (
    FORMAT,
    OutcomeSummary,
    PeopleCounts,
    Provenance,
    Results,
    StudySummary,
)
from allay.science.evaluation.statements import METHODS, notes_on

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def evaluate(
    connection: DuckDBPyConnection,
    staged: Staged,
    plan: Plan,
    provenance: Provenance,
    progress: Progress = silent,
) -> Results:
    """Checks what is staged, makes the table `people`, and computes everything the plan asks for.

    progress is told what is being done and the share of it all that is behind (0 to 1).
    Raises BadInput for a table that cannot be used. A number that cannot be had becomes NotEstimable with its
    reason; it never ends the evaluation.
    """
    from allay.science.evaluation.sections import (
        SECTIONS,
        computed,
    )  # numerical libraries, loaded when needed

    progress("reading the table", 0.0)
    check(connection, staged, plan)
    people = gather(connection, staged, plan)
    done = change_of_people(connection, plan, people.by_arm)
    asked = Asked(connection, plan, people, lambda step, share: progress(step, 0.1 + 0.8 * share), dict(done))
    results = Results(
        format=FORMAT,
        study=study_summary(plan),
        people=PeopleCounts(dict(people.by_arm), people.in_other_arms, people.rows_at_other_timepoints),
        description={},
        completeness={},
        within={},
        between={},
        **computed(asked),
        methods=dict(METHODS),
        notes=notes_on(plan, people, provenance),
        plan=plan.model_dump(mode="json", exclude_none=True),
        provenance=provenance,
    )
    progress("describing the scores", 0.9)
    for number in range(len(plan.outcomes)):
        _add_outcome(connection, number, plan, people, results)
    told = {section.name: section.method(results) for section in SECTIONS}
    results.methods.update({name: text for name, text in told.items() if text})
    progress("done", 1.0)
    return results


def study_summary(plan: Plan) -> StudySummary:
    """What was asked, as the results repeat it."""
    study = plan.study
    outcomes = [
        OutcomeSummary(outcome.score, outcome.title, outcome.better, number == plan.primary)
        for number, outcome in enumerate(plan.outcomes)
    ]
    return StudySummary(
        title=study.title,
        estimand={key: words for key, words in plan.estimand.model_dump().items() if words},
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
    score, last = plan.outcomes[number].score, plan.last_place
    shift = shift_of(connection, [column(number, place) for place in range(len(plan.study.timepoints))])
    described = describe(connection, number, plan, people.by_arm, shift)
    pairs = pair_sums(connection, number, last, shift)
    results.description[score] = described
    results.completeness[score] = completeness(connection, number, plan, people.by_arm, described)
    results.within[score] = within_changes(pairs, plan)
    results.between[score] = between_changes(pairs, plan)
