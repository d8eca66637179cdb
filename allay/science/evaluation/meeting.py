"""Who met in therapy groups, and whether the primary model takes it into account.

People who meet for twelve weeks come to resemble each other; a model that does not know it claims too much.
"""

from __future__ import annotations

from dataclasses import dataclass

from allay.science.evaluation.asked import Asked
from allay.science.evaluation.errors import BadInput, quoted
from allay.science.evaluation.plan import ALL
from allay.science.evaluation.plan.model import IGNORED

FEWEST_GROUPS = 2  # with one, what is due to the group cannot be told from what is due to the programme


@dataclass(frozen=True)
class Meeting:
    """groups: how many therapy groups each arm has in the table (arms without any are left out).

    arm: the arm whose groups are in the model ("all" for a single group), or null; place: its number in the plan.
    ignored: people met in groups and the model does not know of it. note: what was done, in words.
    """

    groups: dict[str, int]
    arm: str | None
    place: int | None
    ignored: bool
    note: str


def compute(asked: Asked) -> Meeting:
    """Raises BadInput where the plan names an arm nobody of which is in a group."""
    met = _met(asked)
    arms = asked.plan.study.arms
    named = {arms[number] if arms else ALL: n for number, n in met.items()}
    place, note = _decided(asked, met)
    arm = None if place is None else (arms[place] if arms else ALL)
    return Meeting(named, arm, place, ignored=bool(met) and place is None, note=note)


def _met(asked: Asked) -> dict[int, int]:
    """Number of the arm → how many groups its people are in."""
    column = asked.people.columns.get(asked.plan.columns.group)
    if column is None:
        return {}
    query = f"SELECT arm, count(DISTINCT {column}) FROM people WHERE {column} IS NOT NULL GROUP BY arm ORDER BY arm"
    return dict(asked.connection.execute(query).fetchall())


def _decided(asked: Asked, met: dict[int, int]) -> tuple[int | None, str]:
    """The arm whose groups are in the model, and why."""
    model = asked.plan.model
    if model.groups not in (None, IGNORED):
        _refuse_without_groups(asked, met)
    if not met:
        return None, ""
    if model.kind == "ancova":
        return None, "The analysis of covariance takes no therapy groups into account."
    if model.groups == IGNORED:
        return None, "The plan says that therapy groups are not taken into account."
    place = _meeting_arm(asked, met)
    if place is None:
        return None, "The plan does not say which arm meets in groups, so groups are not taken into account."
    return _modelled(asked, place, met.get(place, 0))


def _refuse_without_groups(asked: Asked, met: dict[int, int]) -> None:
    arms, named = asked.plan.study.arms, asked.plan.model.groups
    if named and named != ALL and not met.get(arms.index(named)):
        raise BadInput("the plan", f"model.groups: nobody of arm {quoted(named)} is in a group")


def _meeting_arm(asked: Asked, met: dict[int, int]) -> int | None:
    """The arm that the plan names; else the only one that is not the reference."""
    arms, named = asked.plan.study.arms, asked.plan.model.groups
    if named is not None and named != ALL:
        return arms.index(named)
    if len(arms) <= 1:
        return 0
    return 1 if len(arms) == 2 and met.get(1) else None


def _modelled(asked: Asked, place: int, groups: int) -> tuple[int | None, str]:
    arms, column = asked.plan.study.arms, asked.person(asked.plan.columns.group)
    name = arms[place] if arms else "everybody"
    if groups < FEWEST_GROUPS:
        return None, f"All people of {name} met in one group: what is due to this group cannot be told apart."
    query = f"SELECT count(*) FROM people WHERE arm = {place} AND {column} IS NULL"
    without = asked.connection.execute(query).fetchone()
    if without and without[0]:
        return (
            None,
            f"{without[0]} of the people of {name} are in no group, so groups are not taken into account.",
        )
    return place, f"People of {name} met in {groups} groups; the model takes this into account."
