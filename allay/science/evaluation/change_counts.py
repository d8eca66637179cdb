"""How many people improved, did not change reliably, worsened, recovered, were harmed; by arm, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from allay.science.change import ROUNDING, sign
from allay.science.evaluation.estimates import NotEstimable, PerScore, PerSlice, Share
from allay.science.evaluation.intervals import wilson
from allay.science.evaluation.judging import Judgements, change_method, judgements
from allay.science.evaluation.moments import Pairs, pair_sums, shift_of
from allay.science.evaluation.plan import Outcome, Plan
from allay.science.evaluation.reading.people import EVERYBODY, column, slices
from allay.science.evaluation.results.change import (
    ChangeCounts,
    ChangeMethod,
    ImportantCounts,
    PercentageCounts,
)
from allay.science.evaluation.sql import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

COUNTED = ("judged", "improved", "worsened", "recovered", "harmed")
IMPORTANT = ("both", "importantly_better", "importantly_worse")


def change_of_people(
    connection: DuckDBPyConnection, plan: Plan, people: Mapping[str, int]
) -> dict[str, PerScore[object]]:
    """The parts `change_method` and `change` of the results."""
    methods: PerScore[object] = {}
    counts: PerScore[object] = {}
    for number, outcome in enumerate(plan.outcomes):
        method = change_method(connection, plan, number, all_pairs(connection, plan, number))
        methods[outcome.score] = method
        counts[outcome.score] = count_changes(connection, plan, number, people, method)
    return {"change_method": methods, "change": counts}


def all_pairs(connection: DuckDBPyConnection, plan: Plan, number: int) -> Pairs | None:
    """The sums of everybody measured at both timepoints."""
    columns = [column(number, place) for place in range(len(plan.study.timepoints))]
    return pair_sums(connection, number, plan.last_place, shift_of(connection, columns)).get(EVERYBODY)


def count_changes(
    connection: DuckDBPyConnection,
    plan: Plan,
    number: int,
    people: Mapping[str, int],
    method: ChangeMethod | NotEstimable,
) -> PerSlice[ChangeCounts | NotEstimable]:
    """People of one outcome by change, for each arm and all."""
    if isinstance(method, NotEstimable):
        return {key: method for _, key in slices(plan)}
    outcome = plan.outcomes[number]
    rules = judgements(plan, number, method)
    conditions = [getattr(rules, name) for name in (*COUNTED, *IMPORTANT)] + _percentages(outcome, rules)
    counted = count_people(connection, conditions)
    nobody = [0] * len(conditions)
    return {
        arm: _counts(counted.get(place, nobody), people[arm], outcome, method, plan.study.confidence)
        for place, arm in slices(plan)
    }


def count_people(connection: DuckDBPyConnection, conditions: Sequence[str]) -> dict[int, list[int]]:
    """How many people of the table `people` meet each condition, by arm number and `EVERYBODY`."""
    counts = ", ".join(f"count(*) FILTER ({condition})" for condition in conditions)
    rows = connection.execute(
        f"SELECT coalesce(arm, {EVERYBODY}), {counts} FROM people GROUP BY GROUPING SETS ((arm), ())"
    ).fetchall()
    return {arm: list(rest) for arm, *rest in rows}


def _percentages(outcome: Outcome, rules: Judgements) -> list[str]:
    """Conditions of percentage change: computable, improved, worsened. A first score of 0 has no percentage."""
    part = outcome.change.percentage if outcome.change else None
    if part is None:
        return ["false"] * 3
    gain = f"({sign(outcome.better)} * ({rules.last} - {rules.first}))"
    least = f"({literal(part)} * abs({rules.first}) - {literal(ROUNDING)})"
    computable = f"({rules.both} AND abs({rules.first}) > {literal(ROUNDING)})"
    return [computable, f"({computable} AND {gain} >= {least})", f"({computable} AND -{gain} >= {least})"]


def _counts(
    counted: Sequence[int], people: int, outcome: Outcome, method: ChangeMethod, confidence: float
) -> ChangeCounts:
    n, improved, worsened, recovered, harmed, both, better, worse, *percentages = counted
    parts = {"improved": improved, "unchanged": n - improved - worsened, "worsened": worsened}
    crossed = {} if method.cutoff is None else {"recovered": recovered, "harmed": harmed}
    return ChangeCounts(
        n=n,
        **parts,
        not_measured=people - n,
        recovered=crossed.get("recovered"),
        harmed=crossed.get("harmed"),
        shares=shares(parts | crossed, n, confidence),
        important=_important(both, better, worse, outcome, confidence),
        percentage=_percentage(both, percentages, outcome, confidence),
    )


def _important(
    n: int, better: int, worse: int, outcome: Outcome, confidence: float
) -> ImportantCounts | None:
    rule = outcome.change
    if rule is None or rule.important is None:
        return None
    parts = {"improved": better, "unchanged": n - better - worse, "worsened": worse}
    limit = rule.important if rule.important_worse is None else rule.important_worse
    return ImportantCounts(rule.important, limit, n, **parts, shares=shares(parts, n, confidence))


def _percentage(
    both: int, counted: Sequence[int], outcome: Outcome, confidence: float
) -> PercentageCounts | None:
    rule = outcome.change
    if rule is None or rule.percentage is None:
        return None
    n, better, worse = counted
    parts = {"improved": better, "unchanged": n - better - worse, "worsened": worse}
    return PercentageCounts(
        rule.percentage, **parts, not_computable=both - n, shares=shares(parts, n, confidence)
    )


def shares(parts: Mapping[str, int], n: int, confidence: float) -> dict[str, Share]:
    return {name: wilson(count, n, confidence) for name, count in parts.items()} if n else {}
