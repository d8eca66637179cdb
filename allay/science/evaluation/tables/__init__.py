"""The tables of an evaluation as rows for CSV files, and the list of people as a query.

A text that a spreadsheet would take for a formula gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from allay.science.evaluation.judging import judgements
from allay.science.evaluation.plan import Plan
from allay.science.evaluation.reading.people import column
from allay.science.evaluation.results import (
    ChangeCounts,
    ChangeMethod,
    Estimate,
    NotEstimable,
    Results,
    Share,
    Standardised,
    WithinChange,
)
from allay.science.evaluation.sql import literal
from allay.science.evaluation.tables.missing import missing_tables
from allay.science.evaluation.tables.people import people_tables

FORMULA = r"^[=+\-@\t\r＝＋－＠].*"
PLAIN_NUMBER = r"^[+-]?[0-9]+([.][0-9]+)?$"

Cell = str | int | float | None
Rows = Iterator[Sequence[Cell]]


def tables(results: Results) -> dict[str, str]:
    """File name → CSV text of every table but the list of people."""
    return {
        "description.csv": _csv(_description(results)),
        "completeness.csv": _csv(_completeness(results)),
        "missing_patterns.csv": _csv(_patterns(results)),
        "change_within.csv": _csv(_within(results)),
        "change_between.csv": _csv(_between(results)),
        "reliable_change.csv": _csv(_reliable(results)),
        "important_change.csv": _csv(_important(results)),
        **{name: _csv(rows) for name, rows in people_tables(results).items()},
        **{name: _csv(rows) for name, rows in missing_tables(results).items()},
    }


def _csv(rows: Rows) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue()


def _safe(cell: Cell) -> Cell:
    if isinstance(cell, str) and re.match(FORMULA, cell, re.DOTALL) and not re.match(PLAIN_NUMBER, cell):
        return "'" + cell
    return cell


DESCRIPTION = ["mean", "mean_low", "mean_high", "sd", "median", "q1", "q3", "min", "max"]


def _description(results: Results) -> Rows:
    yield ["score", "arm", "timepoint", "n", "missing", *DESCRIPTION]
    for score, by_arm in results.description.items():
        for arm, by_timepoint in by_arm.items():
            for timepoint, one in by_timepoint.items():
                yield [score, arm, timepoint, *vars(one).values()]


def _completeness(results: Results) -> Rows:
    yield ["score", "arm", "timepoint", "expected", "measured", "share"]
    for score, by_arm in results.completeness.items():
        for arm, one in by_arm.items():
            for timepoint, measured in one.measured.items():
                yield score, arm, timepoint, one.expected, measured, one.share.get(timepoint)


def _patterns(results: Results) -> Rows:
    yield "score", "arm", *results.study.timepoints, "n"
    for score, by_arm in results.completeness.items():
        for arm, one in by_arm.items():
            for pattern in one.patterns:
                marks = [int(timepoint in pattern.measured_at) for timepoint in results.study.timepoints]
                yield score, arm, *marks, pattern.n


ESTIMATE = ["estimate", "se", "low", "high", "df", "t", "p"]
STANDARDISED = ["standardised", "standardised_low", "standardised_high", "standardising_sd"]


def _numbers(one: Estimate | Standardised | Share | NotEstimable | None, width: int) -> Sequence[Cell]:
    return [None] * width if one is None or isinstance(one, NotEstimable) else list(vars(one).values())


def _reason(*found: object) -> str | None:
    return next((one.not_estimable for one in found if isinstance(one, NotEstimable)), None)


def _within(results: Results) -> Rows:
    yield [
        *("score", "arm", "n", "first_mean", "first_sd", "last_mean", "last_sd", "change_sd"),
        *ESTIMATE,
        *STANDARDISED,
        "reason",
    ]
    for score, by_arm in results.within.items():
        for arm, one in by_arm.items():
            yield score, arm, *_within_cells(one)


def _within_cells(one: WithinChange | NotEstimable) -> Sequence[Cell]:
    if isinstance(one, NotEstimable):
        return [*[None] * (6 + len(ESTIMATE) + len(STANDARDISED)), one.not_estimable]
    return [
        *(one.n, one.first_mean, one.first_sd, one.last_mean, one.last_sd, one.sd),
        *_numbers(one.change, len(ESTIMATE)),
        *_numbers(one.standardised, len(STANDARDISED)),
        _reason(one.change, one.standardised),
    ]


def _between(results: Results) -> Rows:
    yield ["score", "arm", "reference", "n", "n_reference", "comparison", *ESTIMATE, *STANDARDISED, "reason"]
    for score, by_arm in results.between.items():
        for arm, one in by_arm.items():
            for name, difference, standardised in (
                ("adjusted", one.adjusted, one.adjusted_standardised),
                ("unadjusted", one.unadjusted, one.unadjusted_standardised),
            ):
                yield [
                    *(score, arm, one.reference, one.n, one.n_reference, name),
                    *_numbers(difference, len(ESTIMATE)),
                    *_numbers(standardised, len(STANDARDISED)),
                    _reason(difference, standardised),
                ]


def _reliable(results: Results) -> Rows:
    yield ["score", "arm", "n", "change", "people", "share", "low", "high", "not_measured", "reason"]
    for score, by_arm in results.change.items():
        for arm, one in by_arm.items():
            if isinstance(one, NotEstimable):
                yield score, arm, *[None] * 7, one.not_estimable
                continue
            for name in ("improved", "unchanged", "worsened", "recovered", "harmed"):
                share = one.shares.get(name)
                people: int | None = getattr(one, name)
                yield score, arm, one.n, name, people, *_numbers(share, 3), one.not_measured, None


def _important(results: Results) -> Rows:
    yield ["score", "arm", "n", "amount", "change", "people", "share", "low", "high"]
    for score, by_arm in results.change.items():
        for arm, one in by_arm.items():
            if isinstance(one, ChangeCounts) and one.important:
                for name in ("improved", "unchanged", "worsened"):
                    people: int = getattr(one.important, name)
                    share = _numbers(one.important.shares.get(name), 3)
                    yield score, arm, one.important.n, one.important.amount, name, people, *share


# People


def people_query(plan: Plan, results: Results) -> str:
    """A query that lists every person's change on every outcome, in the order of the source.

    Columns: participant, arm, score, base, value, change, index, reliable, recovered, harmed, important. "reliable" is
    improved, unchanged, worsened or not measured.
    """
    parts = " UNION ALL ".join(_people_of(number, plan, results) for number in range(len(plan.outcomes)))
    return (
        f"SELECT {safe_sql('participant')} AS participant, {safe_sql('arm')} AS arm, "
        f"{safe_sql('score')} AS score, base, value, change, index, reliable, recovered, harmed, important "
        f"FROM ({parts}) ORDER BY outcome, record"
    )


def _people_of(number: int, plan: Plan, results: Results) -> str:
    outcome = plan.outcomes[number]
    first, last = column(number, 0), column(number, plan.last_place)
    return (
        f"SELECT {number} AS outcome, record, participant, {_arm_name(plan)} AS arm, "
        f"{literal(outcome.score)} AS score, {first} AS base, {last} AS value, {last} - {first} AS change, "
        f"{_verdicts(number, plan, results.change_method[outcome.score], first, last)} FROM people"
    )


def _arm_name(plan: Plan) -> str:
    if not plan.study.arms:
        return "NULL::VARCHAR"
    cases = " ".join(f"WHEN {number} THEN {literal(arm)}" for number, arm in enumerate(plan.study.arms))
    return f"CASE arm {cases} END"


def _verdicts(number: int, plan: Plan, method: ChangeMethod | NotEstimable, first: str, last: str) -> str:
    unmeasured = f"{first} IS NULL OR {last} IS NULL"
    if isinstance(method, NotEstimable):
        nothing = (
            "NULL::DOUBLE AS index, {} AS reliable, NULL::BOOLEAN AS recovered, "
            "NULL::BOOLEAN AS harmed, NULL::VARCHAR AS important"
        )
        return nothing.format(f"CASE WHEN {unmeasured} THEN 'not measured' END")
    rules = judgements(plan, number, method)
    important = (
        f"CASE WHEN {rules.importantly_better} THEN 'improved' WHEN {rules.importantly_worse} THEN 'worsened' "
        f"WHEN ({rules.importantly_better}) IS NOT NULL THEN 'unchanged' END"
    )
    crossed = [
        f"CASE WHEN {rules.judged} THEN {condition} END AS {name}"
        for name, condition in (("recovered", rules.recovered), ("harmed", rules.harmed))
    ]
    return (
        f"{rules.index} AS index, CASE WHEN NOT {rules.judged} THEN 'not measured' WHEN {rules.improved} THEN 'improved' "
        f"WHEN {rules.worsened} THEN 'worsened' ELSE 'unchanged' END AS reliable, "
        f"{', '.join(crossed)}, {important} AS important"
    )


def safe_sql(name: str) -> str:
    """SQL for a text column in which nothing is a formula to a spreadsheet."""
    formula = f"regexp_matches({name}, {literal(FORMULA)}, 's')"
    plain = f"regexp_matches({name}, {literal(PLAIN_NUMBER)})"
    return f"CASE WHEN {formula} AND NOT {plain} THEN '''' || {name} ELSE {name} END"
