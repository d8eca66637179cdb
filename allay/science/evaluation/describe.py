"""What the scores look like, and who was measured when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, sqrt
from typing import TYPE_CHECKING

from allay.science.evaluation.intervals import t_quantile
from allay.science.evaluation.moments import Sums, column_sums
from allay.science.evaluation.plan import Plan
from allay.science.evaluation.reading.people import EVERYBODY, column, slices
from allay.science.evaluation.results import Completeness, Description, Pattern, PerSlice

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

QUARTERS = (0.25, 0.5, 0.75)
MOST_PATTERNS = 20  # listed for one score and arm


def describe(
    connection: DuckDBPyConnection, outcome: int, plan: Plan, people: Mapping[str, int], shift: float
) -> PerSlice[dict[str, Description]]:
    """Description of one outcome by arm and timepoint."""
    found: PerSlice[dict[str, Description]] = {key: {} for _, key in slices(plan)}
    for place, timepoint in enumerate(plan.study.timepoints):
        name = column(outcome, place)
        sums = column_sums(connection, name, shift)
        quartiles = _quartiles(connection, name, {number: one.n for number, one in sums.items()})
        for number, key in slices(plan):
            found[key][timepoint] = _description(
                sums.get(number), quartiles.get(number), people[key], plan.study.confidence
            )
    return found


def _description(
    sums: Sums | None, quartiles: Sequence[float] | None, people: int, confidence: float
) -> Description:
    if sums is None or quartiles is None:
        return Description(0, people, *[None] * 9)
    q1, median, q3 = quartiles
    low, high = _interval_of_mean(sums, confidence)
    return Description(
        n=sums.n,
        missing=people - sums.n,
        mean=sums.mean,
        mean_low=low,
        mean_high=high,
        sd=sums.sd if sums.n > 1 else None,
        median=median,
        q1=q1,
        q3=q3,
        min=sums.low,
        max=sums.high,
    )


def _interval_of_mean(sums: Sums, confidence: float) -> tuple[float, float] | tuple[None, None]:
    if sums.n < 2:
        return None, None
    half = t_quantile(sums.n - 1, confidence) * sums.sd / sqrt(sums.n)
    return sums.mean - half, sums.mean + half


def _quartiles(
    connection: DuckDBPyConnection, name: str, counts: Mapping[int, int]
) -> dict[int, list[float]]:
    """Quartiles by arm number, interpolated between order statistics (type 7 of Hyndman and Fan 1996).

    Counted from how often each value occurs, so that memory grows with the number of different values.
    """
    ranks = sorted({(arm, rank) for arm, n in counts.items() for rank in _ranks(n)})
    if not ranks:
        return {}
    wanted = ", ".join(f"({arm}, {rank})" for arm, rank in ranks)
    rows = connection.execute(
        f"""WITH counted AS (
                SELECT coalesce(arm, {EVERYBODY}) AS arm, {name} AS v, count(*) AS n FROM people
                WHERE {name} IS NOT NULL GROUP BY GROUPING SETS ((arm, {name}), ({name}))
            ), ordered AS (
                SELECT arm, v, n, sum(n) OVER (PARTITION BY arm ORDER BY v) AS upto FROM counted
            )
            SELECT arm, rank, v FROM ordered JOIN (VALUES {wanted}) AS asked(arm, rank) USING (arm)
            WHERE rank >= upto - n AND rank < upto"""
    ).fetchall()
    values = {(arm, rank): v for arm, rank, v in rows}
    return {arm: [_quantile(values, arm, n, part) for part in QUARTERS] for arm, n in counts.items()}


def _ranks(n: int) -> list[int]:
    places = [(n - 1) * part for part in QUARTERS]
    return [*map(floor, places), *map(ceil, places)]


def _quantile(values: Mapping[tuple[int, int], float], arm: int, n: int, part: float) -> float:
    place = (n - 1) * part
    low, high = values[arm, floor(place)], values[arm, ceil(place)]
    return low + (place - floor(place)) * (high - low)


def completeness(
    connection: DuckDBPyConnection,
    outcome: int,
    plan: Plan,
    people: Mapping[str, int],
    described: PerSlice[dict[str, Description]],
) -> PerSlice[Completeness]:
    """Completeness of one outcome by arm: measured at each timepoint, and the patterns of missingness."""
    patterns = _patterns(connection, outcome, plan)
    return {
        key: _completeness(people[key], described[key], patterns.get(number, []))
        for number, key in slices(plan)
    }


def _completeness(people: int, described: Mapping[str, Description], patterns: list[Pattern]) -> Completeness:
    return Completeness(
        expected=people,
        measured={timepoint: one.n for timepoint, one in described.items()},
        share={timepoint: one.n / people for timepoint, one in described.items()} if people else {},
        patterns=patterns,
        people_with_other_patterns=people - sum(pattern.n for pattern in patterns),
    )


def _patterns(connection: DuckDBPyConnection, outcome: int, plan: Plan) -> dict[int, list[Pattern]]:
    """The most frequent patterns of one outcome by arm number, the most frequent first."""
    names = [column(outcome, place) for place in range(len(plan.study.timepoints))]
    pattern = " || ".join(f"CASE WHEN {name} IS NULL THEN '0' ELSE '1' END" for name in names)
    rows = connection.execute(
        f"""SELECT coalesce(arm, {EVERYBODY}) AS arm, pattern, count(*) AS n
            FROM (SELECT arm, {pattern} AS pattern FROM people)
            GROUP BY GROUPING SETS ((arm, pattern), (pattern))
            QUALIFY row_number() OVER (PARTITION BY arm ORDER BY n DESC, pattern DESC) <= {MOST_PATTERNS}
            ORDER BY arm, n DESC, pattern DESC"""
    ).fetchall()
    found: dict[int, list[Pattern]] = {}
    for arm, seen, n in rows:
        at = [name for name, mark in zip(plan.study.timepoints, seen, strict=True) if mark == "1"]
        found.setdefault(arm, []).append(Pattern(at, n))
    return found
