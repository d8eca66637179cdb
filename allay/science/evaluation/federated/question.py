"""What services sum: the primary model of an outcome with everything that data could decide taken from the plan.

Visits are all timepoints, arms all arms, numbers lie on agreed grids and categories have agreed levels, so that the
header of the sums is the same everywhere. Sums are kept for each pattern of measured timepoints within each arm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from allay.science.evaluation.errors import BadInput, quoted
from allay.science.evaluation.models.design import Design, design
from allay.science.evaluation.models.formula import parse
from allay.science.evaluation.models.gather import gather
from allay.science.evaluation.models.people import assemble
from allay.science.evaluation.models.profile import Coding, Profile, Roles, coding, decimals, number_fields
from allay.science.evaluation.models.source import Table
from allay.science.evaluation.models.summaries import Key, Summaries
from allay.science.evaluation.models.variables import Factor, Number, Variable
from allay.science.evaluation.plan import Plan
from allay.science.evaluation.reading.people import column
from allay.science.evaluation.sql import identifier, literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

GRID_BITS = 44  # never used: agreed ranges are exact


@dataclass(frozen=True)
class Question:
    """One outcome's model. Covariates are called x0, x1, ... in the order of the plan."""

    plan: Plan
    number: int

    @property
    def later(self) -> bool:
        """Whether the first score is a covariate and not an outcome."""
        return self.plan.model.kind == "mmrm"

    @property
    def arms(self) -> bool:
        return len(self.plan.study.arms) > 1

    @property
    def places(self) -> range:
        """The timepoints that are outcomes."""
        return range(int(self.later), len(self.plan.study.timepoints))

    @property
    def covariates(self) -> dict[str, str]:
        return {f"x{place}": name for place, name in enumerate(self.plan.model.covariates)}

    @property
    def formula(self) -> str:
        first = ["base*visit"] if self.later else []
        return "y ~ " + " + ".join([*first, *self.covariates, "arm*visit" if self.arms else "visit"])

    @property
    def constrained(self) -> str | None:
        return "arm" if self.arms and not self.later else None

    @property
    def ranges(self) -> dict[str, tuple[float, float, int]]:
        """The agreed range of each number."""
        outcome = self.plan.outcomes[self.number]
        assert outcome.range is not None  # `question` saw to it
        found = {"y": outcome.range.ends} | ({"base": outcome.range.ends} if self.later else {})
        agreed = self.plan.federated.ranges
        return found | {x: agreed[name].ends for x, name in self.covariates.items() if name in agreed}

    @property
    def levels(self) -> dict[str, tuple[str, ...]]:
        """The agreed levels of each factor but the visit."""
        agreed = self.plan.federated.levels
        found = {x: agreed[name] for x, name in self.covariates.items() if name in agreed}
        numbers = tuple(str(number) for number in range(len(self.plan.study.arms)))
        return found | ({"arm": numbers} if self.arms else {})


def question(plan: Plan, number: int) -> Question:
    """Raises BadInput, naming the key, where the plan leaves something to be decided by data."""
    model, outcome = plan.model, plan.outcomes[number]
    for wrong, reason in (
        (model.kind == "ancova", "model.kind: the analysis of covariance is not made from summaries"),
        (model.vcov != "model", f"model.vcov: {model.vcov} needs people's rows: use model"),
        (plan.columns.weight is not None, "columns.weight: weights are not handed on"),
        (outcome.range is None, f"outcomes[{number + 1}].range: services must agree on a range"),
    ):
        if wrong:
            raise BadInput("the plan", reason)
    for name in model.covariates:
        agreed = (name in plan.federated.ranges) + (name in plan.federated.levels)
        if agreed != 1:
            raise BadInput("the plan", f"federated: give {quoted(name)} either ranges or levels")
    return Question(plan, number)


def summed(connection: DuckDBPyConnection, view: str, asked: Question) -> tuple[Design, Summaries]:
    """The sums of a table with a row per measurement, by pattern and arm. Raises BadInput for values out of range."""
    types = {str(row[0]): str(row[1]) for row in connection.execute(f"DESCRIBE {view}").fetchall()}
    table = Table(connection, identifier(view), types)
    _check_ranges(table, asked)
    _check_levels(table, asked)
    profile = _profile(table, asked)
    roles = Roles(
        outcome="y",
        subject="participant",
        visit="visit",
        covariates=tuple(name for name in parse(asked.formula).variables if name != "visit"),
        factors=frozenset({"visit", *asked.levels}),
        levels={},
        covariance_by="arm" if asked.arms else None,
    )
    people = assemble(table, roles, profile)
    try:
        made = design(parse(asked.formula), people.variables, len(people.visits), asked.constrained)
        return made, gather(people, made, "y")
    finally:
        people.drop()


def empty_view(connection: DuckDBPyConnection, asked: Question) -> str:
    """A view without rows, of the shape that `summed` takes."""
    texts = [f"NULL::VARCHAR AS {x}" for x in asked.covariates if x in asked.levels]
    numbers = [f"NULL::DOUBLE AS {x}" for x in asked.covariates if x in asked.ranges]
    fields = ", ".join(
        ["'' AS participant", "0 AS arm", "0 AS visit", "0.0::DOUBLE AS y", "0.0::DOUBLE AS base"]
    )
    select = ", ".join([fields, *texts, *numbers])
    connection.execute(f"CREATE OR REPLACE TEMP VIEW nobody AS SELECT {select} WHERE false")
    return "nobody"


def view_of(connection: DuckDBPyConnection, asked: Question, columns: Mapping[str, str]) -> str:
    """One row per measurement of the outcome; `columns` says where `people` holds the plan's covariates."""
    name = f"handed_{asked.number}"
    about = ["participant", "arm", f"{column(asked.number, 0)} AS base"]
    about += [
        f"{_as_agreed(columns[name], x in asked.levels)} AS {x}" for x, name in asked.covariates.items()
    ]
    parts = [
        f"SELECT {', '.join(about)}, {place} AS visit, {column(asked.number, place)} AS y FROM people"
        for place in asked.places
    ]
    rows = " UNION ALL ".join(parts)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM ({rows}) WHERE y IS NOT NULL")
    return name


def _as_agreed(sql: str, category: bool) -> str:
    return f"({sql})::VARCHAR" if category else f"({sql})::DOUBLE"


def collapsed(summaries: Summaries) -> Summaries:
    """The same sums by pattern alone."""
    header = replace(summaries.header, covariance_groups=())
    total = Summaries(header, (), summaries.withheld)
    for cell in summaries.cells:
        total += Summaries(header, (replace(cell, key=Key(cell.key.observed, 0, "")),))
    return total


def _profile(table: Table, asked: Question) -> Profile:
    """What `profile` would find, said by the plan."""
    visits = tuple(str(place) for place in asked.places)
    codings = {name: _coding(name, ends) for name, ends in asked.ranges.items()}
    variables: dict[str, Variable] = {"visit": Factor("visit", visits, tuple(range(len(visits))))}
    variables |= {name: Factor(name, levels) for name, levels in asked.levels.items()}
    variables |= {name: Number(name, one.shift) for name, one in codings.items()}
    return Profile(0, 0, visits, variables, codings)


def _coding(name: str, ends: tuple[float, float, int]) -> Coding:
    low, high, places = ends
    return coding(name, identifier(name), (low, high), places, GRID_BITS, whole=False)


def _check_ranges(table: Table, asked: Question) -> None:
    for name, (low, high, places) in asked.ranges.items():
        fields = number_fields(name, identifier(name), whole=False)
        query = f"SELECT {', '.join(sql for _, sql in fields)} FROM {table.source} WHERE {identifier(name)} IS NOT NULL"
        row = table.connection.execute(query).fetchone() or ()
        found = dict(zip([key for key, _ in fields], row, strict=True))
        if found[f"low {name}"] is None:
            continue
        seen = decimals(name, [found])
        if found[f"low {name}"] < low or found[f"high {name}"] > high or seen is None or seen > places:
            raise BadInput("the data", f"{_called(asked, name)} leaves its agreed range {low:g} to {high:g}, "
                           f"{places} decimals")  # fmt: skip


def _check_levels(table: Table, asked: Question) -> None:
    for name, levels in asked.levels.items():
        known = ", ".join(literal(level) for level in levels)
        text = f"{identifier(name)}::VARCHAR"
        query = f"SELECT {text} FROM {table.source} WHERE {text} NOT IN ({known}) ORDER BY 1 LIMIT 1"
        row = table.connection.execute(query).fetchone()
        if row:
            raise BadInput(
                "the data", f"{_called(asked, name)} holds {quoted(row[0])}, which its levels do not name"
            )


def _called(asked: Question, name: str) -> str:
    return quoted(asked.covariates.get(name, asked.plan.outcomes[asked.number].score))
