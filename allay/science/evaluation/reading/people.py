"""One row per person: the table `people`, from which everything else is counted.

    participant VARCHAR, record BIGINT (where the person first stands), arm SMALLINT (number in the plan),
    v<outcome>_<timepoint> DOUBLE for every outcome and timepoint of the plan, both counted from 0,
    p<number> for what else the plan asks about people (`People.columns`): DOUBLE, or VARCHAR for categories

People in arms that the plan does not list are left out and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allay.science.evaluation.errors import BadInput, one_line
from allay.science.evaluation.plan import ALL, Plan
from allay.science.evaluation.reading.staging import Staged
from allay.science.evaluation.sql import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EVERYBODY = -1  # the number under which queries give all arms together


@dataclass(frozen=True)
class People:
    """Who is in the table `people`, and what of the source was not used."""

    by_arm: Mapping[str, int]  # people by arm, and "all"
    in_other_arms: int
    rows_at_other_timepoints: int
    columns: Mapping[str, str]  # name in the source → column of `people`


def column(outcome: int, timepoint: int) -> str:
    return f"v{outcome}_{timepoint}"


def slices(plan: Plan) -> Iterator[tuple[int, str]]:
    """The parts that are counted, as (number in queries, key in results): each arm, then everybody."""
    yield from enumerate(plan.study.arms)
    yield EVERYBODY, ALL


def gather(connection: DuckDBPyConnection, staged: Staged, plan: Plan) -> People:
    """Makes the table `people` of the view `cells`. Raises BadInput about arms and columns about people."""
    _check_columns(staged, plan)
    values = ", ".join([*_values(staged, plan), *_persons(staged)])
    connection.execute(
        f"""CREATE TABLE gathered AS
            SELECT participant, min(record) AS record, min(arm) AS arm, max(arm) AS other_arm, {values}
            FROM cells GROUP BY participant"""
    )
    if plan.study.arms:
        _check_one_arm_each(connection, staged)
    _check_one_value_each(connection, staged)
    arm = _arm_number(plan)
    left = ", ".join(["arm", "other_arm", *(f"{value.sql}_other" for value in staged.persons)])
    connection.execute(
        f"CREATE TABLE people AS SELECT * EXCLUDE ({left}), ({arm})::SMALLINT AS arm FROM gathered "
        f"WHERE ({arm}) IS NOT NULL"
    )
    left_out = _count(connection, f"SELECT count(*) FROM gathered WHERE ({arm}) IS NULL")
    connection.execute("DROP TABLE gathered")
    _check_arms_measured(connection, staged, plan)
    columns = {value.column: value.sql for value in staged.persons}
    return People(_by_arm(connection, plan), left_out, _unused_rows(connection, plan), columns)


def _values(staged: Staged, plan: Plan) -> Iterator[str]:
    for number, score in enumerate(plan.scores):
        source = staged.values[0 if staged.long else number].sql
        mine = f" AND score = {literal(score)}" if staged.long else ""
        for place, timepoint in enumerate(plan.study.timepoints):
            wanted = f"timepoint = {literal(timepoint)}{mine}"
            yield f"max({source}) FILTER ({wanted}) AS {column(number, place)}"


def _check_columns(staged: Staged, plan: Plan) -> None:
    """A file is refused before; rows that a program hands over hold nothing about people but their arm."""
    known = {value.column for value in staged.persons}
    for name, needed in plan.person_columns.items():
        if needed and name not in known:
            raise BadInput(
                staged.name, "the plan asks for a column about people that is not there", column=name
            )


def _persons(staged: Staged) -> Iterator[str]:
    for value in staged.persons:
        yield f"min({value.sql}) AS {value.sql}"
        yield f"max({value.sql}) AS {value.sql}_other"


def _check_one_value_each(connection: DuckDBPyConnection, staged: Staged) -> None:
    """What the plan asks about people does not change within a person; it may stand in one row only."""
    for value in staged.persons:
        fault = connection.execute(
            f"SELECT participant, {value.sql}::VARCHAR, {value.sql}_other::VARCHAR, record FROM gathered "
            f"WHERE {value.sql} <> {value.sql}_other ORDER BY record LIMIT 1"
        ).fetchone()
        if fault:
            participant, one, other, record = fault
            reason = f"participant {one_line(participant)} has both {one_line(one)} and {one_line(other)}"
            raise BadInput(staged.name, reason, row=staged.row_of(record), column=value.column)


def _arm_number(plan: Plan) -> str:
    if not plan.study.arms:
        return "0"
    cases = " ".join(f"WHEN {literal(arm)} THEN {number}" for number, arm in enumerate(plan.study.arms))
    return f"CASE arm {cases} END"


def _count(connection: DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _check_one_arm_each(connection: DuckDBPyConnection, staged: Staged) -> None:
    """Everybody is in one arm, named in at least one of the person's rows."""
    fault = connection.execute(
        """SELECT participant, record, arm, other_arm FROM gathered
           WHERE arm IS NULL OR arm <> other_arm ORDER BY record LIMIT 1"""
    ).fetchone()
    if fault is None:
        return
    participant, record, arm, other = fault
    if arm is not None:
        record = _second_arm(connection, participant)
    person = f"participant {one_line(participant)}"
    reason = (
        f"{person} is in no arm"
        if arm is None
        else f"{person} is in two arms, {one_line(arm)} and {one_line(other)}"
    )
    raise BadInput(staged.name, reason, row=staged.row_of(record), column=staged.columns["arm"])


def _second_arm(connection: DuckDBPyConnection, participant: str) -> int:
    """The first record in which a person's arm is another than in the first."""
    return _count(
        connection,
        f"""SELECT min(record) FROM cells WHERE participant = {literal(participant)} AND arm <> (
                SELECT arg_min(arm, record) FROM cells WHERE participant = {literal(participant)})""",
    )


def _check_arms_measured(connection: DuckDBPyConnection, staged: Staged, plan: Plan) -> None:
    every = [
        column(number, place)
        for number in range(len(plan.outcomes))
        for place in range(len(plan.study.timepoints))
    ]
    measured = dict(
        connection.execute(
            f"SELECT arm, count(*) FILTER (coalesce({', '.join(every)}) IS NOT NULL) FROM people GROUP BY arm"
        ).fetchall()
    )
    for number, arm in enumerate(plan.study.arms or ("",)):
        if measured.get(number, 0) == 0:
            who = f"arm {one_line(arm)} is empty: " if arm else ""
            raise BadInput(
                staged.name,
                f"{who}nobody has a measured value of the plan's scores at the plan's timepoints",
                column=staged.columns.get("arm"),
            )


def _by_arm(connection: DuckDBPyConnection, plan: Plan) -> dict[str, int]:
    counted = dict(
        connection.execute(
            f"SELECT coalesce(arm, {EVERYBODY}), count(*) FROM people GROUP BY GROUPING SETS ((arm), ())"
        ).fetchall()
    )
    return {key: counted.get(number, 0) for number, key in slices(plan)}


def _unused_rows(connection: DuckDBPyConnection, plan: Plan) -> int:
    known = ", ".join(literal(timepoint) for timepoint in plan.study.timepoints)
    return _count(connection, f"SELECT count(*) FROM cells WHERE timepoint NOT IN ({known})")
