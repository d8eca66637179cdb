"""How the diary was kept: days asked, answered and let pass, and pairs of days that the networks can use.

For researchers only; nobody is shown how many days they missed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allay.science.diary.entries import NAME, Entries
from allay.science.diary.personal import FEWEST_PAIRS
from allay.science.diary.shapes import ArmDays, WeekDays
from allay.science.evaluation.errors import BadInput, quoted

ALL = "all"


@dataclass(frozen=True)
class PersonDays:
    """asked = answered + not_today + neither. usable_pairs: days answered in full right after another such day."""

    person: object
    arm: str | None
    asked: int
    answered: int
    not_today: int
    usable_pairs: int


@dataclass(frozen=True)
class Compliance:
    people: list[PersonDays]
    arms: list[ArmDays]
    weeks: list[WeekDays]


def compliance(entries: Entries, days: int | None = None) -> Compliance:
    """Counts days. With `days`, everybody was asked for so many days from the first row on, and later rows do not
    count; without, every row is a day that was asked. Raises BadInput for a person in several arms.
    """
    _check_arms(entries)
    query = _query(len(entries.columns.variables), days)
    rows = [PersonWeek(*row) for row in entries.lines(query)]
    if days is not None:
        rows = _asked_each_week(rows, days)
    people = _people(rows)
    arms = [ALL, *sorted({row.arm for row in rows if row.arm is not None})]
    return Compliance(
        people,
        [_arm(arm, [one for one in people if arm in (ALL, one.arm)]) for arm in arms],
        [week for arm in arms for week in _weeks(arm, [row for row in rows if arm in (ALL, row.arm)])],
    )


@dataclass(frozen=True)
class PersonWeek:
    person: object
    arm: str | None
    week: int
    asked: int
    answered: int
    not_today: int
    usable_pairs: int


def _check_arms(entries: Entries) -> None:
    if entries.columns.arm is None:
        return
    several = (
        "SELECT s::VARCHAR AS s FROM entries GROUP BY s HAVING count(DISTINCT arm) > 1 ORDER BY 1 LIMIT 1"
    )
    found = entries.lines(several)
    if found:
        raise BadInput(NAME, f"{quoted(found[0][0])} is in several arms", column=entries.columns.arm)


def _query(size: int, days: int | None) -> str:
    some = " OR ".join(f"x{k} IS NOT NULL" for k in range(size))
    full = " AND ".join(f"x{k} IS NOT NULL" for k in range(size))
    within = f"WHERE d - first < {int(days)}" if days is not None else ""
    return f""", told AS (
        SELECT s, d, max(arm) OVER (PARTITION BY s) AS arm, passed, ({some}) AS answers, ({full}) AS whole,
            min(d) OVER (PARTITION BY s) AS first FROM entries
    ), ordered AS (
        SELECT *, lag(d) OVER w AS before, lag(whole) OVER w AS before_whole FROM told
        WINDOW w AS (PARTITION BY s ORDER BY d)
    )
    SELECT s, arm, (d - first) // 7 + 1 AS week, count(*) AS asked, count(*) FILTER (WHERE answers) AS answered,
        count(*) FILTER (WHERE passed AND NOT answers) AS passed,
        count(*) FILTER (WHERE whole AND before_whole AND d = before + 1) AS pairs
    FROM ordered {within} GROUP BY s, arm, week ORDER BY s, week"""


def _asked_each_week(rows: list[PersonWeek], days: int) -> list[PersonWeek]:
    """Everybody was asked every day, whether a row tells of it or not."""
    known = {(row.person, row.week): row for row in rows}
    arms = {row.person: row.arm for row in rows}
    found = []
    for person, arm in arms.items():
        for week in range(1, -(-days // 7) + 1):
            asked = min(7, days - 7 * (week - 1))
            row = known.get((person, week), PersonWeek(person, arm, week, 0, 0, 0, 0))
            found.append(PersonWeek(person, arm, week, asked, row.answered, row.not_today, row.usable_pairs))
    return found


def _people(rows: list[PersonWeek]) -> list[PersonDays]:
    by_person: dict[object, list[PersonWeek]] = {}
    for row in rows:
        by_person.setdefault(row.person, []).append(row)
    return [
        PersonDays(
            person,
            own[0].arm,
            sum(row.asked for row in own),
            sum(row.answered for row in own),
            sum(row.not_today for row in own),
            sum(row.usable_pairs for row in own),
        )
        for person, own in by_person.items()
    ]


def _arm(arm: str, people: list[PersonDays]) -> ArmDays:
    asked, answered = sum(one.asked for one in people), sum(one.answered for one in people)
    pairs = [one.usable_pairs for one in people]
    return ArmDays(
        arm,
        len(people),
        asked,
        answered,
        sum(one.not_today for one in people),
        answered / asked if asked else 0.0,
        sum(pairs),
        float(np.median(pairs)) if pairs else 0.0,
        sum(one >= FEWEST_PAIRS for one in pairs),
    )


def _weeks(arm: str, rows: list[PersonWeek]) -> list[WeekDays]:
    found = []
    for week in sorted({row.week for row in rows}):
        own = [row for row in rows if row.week == week]
        asked, answered = sum(row.asked for row in own), sum(row.answered for row in own)
        passed, pairs = sum(row.not_today for row in own), sum(row.usable_pairs for row in own)
        share = answered / asked if asked else 0.0
        found.append(WeekDays(arm, week, len(own), asked, answered, passed, pairs, share))
    return found
