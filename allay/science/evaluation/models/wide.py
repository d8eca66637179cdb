"""A table with one row per person and one column per visit: nothing to group, the fastest way in."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from allay.science.evaluation.errors import quoted
from allay.science.evaluation.models.errors import BadModel, Unestimable
from allay.science.evaluation.models.people import People, level_place
from allay.science.evaluation.models.profile import (
    Coding,
    Profile,
    Roles,
    Row,
    coding,
    decimals,
    is_factor,
    level_text,
    levels_of,
    number_fields,
)
from allay.science.evaluation.models.source import Table
from allay.science.evaluation.models.variables import Factor, Number, Variable
from allay.science.evaluation.sql import identifier, literal


def wide(table: Table, roles: Roles, outcomes: Mapping[str, str], precision: int) -> tuple[Profile, People]:
    """What the columns hold, and the people as a view. `outcomes`: column by visit, in the order of visits."""
    for column in outcomes.values():
        if not table.is_number(column):
            raise BadModel(f"outcomes: {quoted(column)} is not a column of numbers")
    found = _looked_at(table, roles, outcomes)
    codings, variables = _described(table, roles, outcomes, found, precision)
    total = table.connection.execute(f"SELECT count(*) FROM {table.source}").fetchone()
    profile = Profile(total[0] if total else 0, 0, tuple(outcomes), variables, codings)
    name = f"people_{uuid4().hex[:12]}"
    fields = _fields(table, roles, outcomes, profile)
    query = f"SELECT {', '.join(fields)} FROM {table.source} WHERE {_kept(table, roles)}"
    table.connection.execute(f"CREATE TEMP VIEW {name} AS {query}")
    people = People(
        table, name, roles.covariates, variables, codings, tuple(outcomes), None, (), False, False, "VIEW"
    )
    return profile, people


def _present(table: Table, column: str) -> str:
    test = f"{identifier(column)} IS NOT NULL"
    return (
        f"({test} AND NOT isnan({identifier(column)}))"
        if table.types[column] in ("FLOAT", "DOUBLE")
        else test
    )


def _kept(table: Table, roles: Roles) -> str:
    """People with all covariates; those without any outcome fall out with their empty pattern."""
    return " AND ".join(_present(table, name) for name in roles.covariates) or "true"


def _looked_at(table: Table, roles: Roles, outcomes: Mapping[str, str]) -> Row:
    """Ranges over everybody, which Parquet keeps beside its columns, and the levels of factors."""
    factors = [name for name in roles.covariates if is_factor(table, roles, name)]
    fields = []
    for name in roles.covariates:
        if name not in factors:
            fields += number_fields(name, _number(table, name), whole=table.is_whole(name))
        elif table.is_whole(name):
            fields += [(f"{end} {name}", f"{end}({identifier(name)})") for end in ("min", "max")]
    for column in outcomes.values():
        fields += number_fields(f"outcome {column}", _number(table, column), whole=table.is_whole(column))
    select = ", ".join(sql for _, sql in fields)
    row = table.connection.execute(f"SELECT {select} FROM {table.source}").fetchone()
    found = dict(zip([key for key, _ in fields], row or (), strict=True))
    return found | {f"levels {name}": _levels(table, name, found) for name in factors}


def _levels(table: Table, name: str, found: Row) -> list[str]:
    """The levels that are there. Whole numbers of two neighbouring values need no further look."""
    low, high = found.get(f"min {name}"), found.get(f"max {name}")
    if low is not None and high is not None and high - low <= 1:
        return [str(level) for level in range(low, high + 1)]
    query = f"SELECT DISTINCT {level_text(table, name)} FROM (SELECT DISTINCT {identifier(name)} FROM {table.source})"
    return [level for (level,) in table.connection.execute(query).fetchall() if level is not None]


def _number(table: Table, column: str) -> str:
    """SQL: the column with NaN as absent."""
    plain = identifier(column)
    return (
        f"CASE WHEN NOT isnan({plain}) THEN {plain} END"
        if table.types[column] in ("FLOAT", "DOUBLE")
        else plain
    )


def _described(
    table: Table, roles: Roles, outcomes: Mapping[str, str], found: Row, precision: int
) -> tuple[dict[str, Coding], dict[str, Variable]]:
    variables: dict[str, Variable] = {
        str(roles.visit): Factor(str(roles.visit), tuple(outcomes), tuple(range(len(outcomes))))
    }
    codings = {}
    for name in roles.covariates:
        if is_factor(table, roles, name):
            variables[name] = Factor(name, levels_of(table, roles, name, found[f"levels {name}"]))
            continue
        whole = table.is_whole(name)
        places = 0 if whole else decimals(name, [found])
        ends = (found[f"low {name}"], found[f"high {name}"])
        if ends[0] is None:
            raise Unestimable(f"nobody has {quoted(name)}")
        codings[name] = coding(name, identifier(name), ends, places, precision, whole=whole)
        variables[name] = Number(name, codings[name].shift)
    codings[roles.outcome] = _outcome(table, roles, outcomes, found, precision)
    variables[roles.outcome] = Number(roles.outcome, codings[roles.outcome].shift)
    return codings, variables


def _outcome(table: Table, roles: Roles, outcomes: Mapping[str, str], found: Row, precision: int) -> Coding:
    """One coding for the outcome at all visits; its SQL is that of a column called outcome."""
    seen = [column for column in outcomes.values() if found[f"low outcome {column}"] is not None]
    if not seen:
        raise Unestimable("nobody has an outcome")
    ends = (
        min(found[f"low outcome {column}"] for column in seen),
        max(found[f"high outcome {column}"] for column in seen),
    )
    each = [0 if table.is_whole(column) else decimals(f"outcome {column}", [found]) for column in seen]
    places = None if None in each else max(place for place in each if place is not None)
    whole = all(table.is_whole(column) for column in seen)
    return coding(roles.outcome, OUTCOME, ends, places, precision, whole=whole)


OUTCOME = "{outcome}"


def _whole_bits(visits: int) -> str:
    return next(name for name, most in (("UTINYINT", 8), ("USMALLINT", 16), ("BIGINT", 62)) if visits <= most)


def _fields(table: Table, roles: Roles, outcomes: Mapping[str, str], profile: Profile) -> list[str]:
    bits = _whole_bits(len(outcomes))
    seen = [
        f"CASE WHEN {_present(table, column)} THEN {1 << place}::{bits} ELSE 0::{bits} END"
        for place, column in enumerate(outcomes.values())
    ]
    fields = [f"({' | '.join(seen)}) AS m"]
    scores = profile.codings[roles.outcome]
    for place, column in enumerate(outcomes.values()):
        middle = literal(scores.shift) if scores.scale != 1 else str(round(scores.shift))
        number = f"coalesce({_number(table, column)}, {middle})"  # nought units: the pass sums without NULL
        fields.append(f"{scores.sql.replace(OUTCOME, number)} AS y_{place}")
    for place, name in enumerate(roles.covariates):
        known = profile.codings.get(name)
        fields.append(f"{known.sql if known else level_place(table, profile, name)} AS c{place}")
    return fields
