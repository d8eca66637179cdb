"""One row per person, in whole numbers: the table from which every sum of a model is taken.

Columns: `n` rows and `m` the visits with an outcome as bits; `g` the covariance group, `h` the therapy group, `w`
and `l` the weight and its logarithm; `c0, c1, ...` the covariates (`d0, ...` their largest value, to see whether they
move within people; `c0_0, c0_1, ...` one for each visit when they do); `y_0, y_1, ...` the outcome at each visit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from allay.science.evaluation.errors import quoted
from allay.science.evaluation.models.errors import Unestimable
from allay.science.evaluation.models.profile import Coding, Profile, Roles, kept_rows, level_text
from allay.science.evaluation.models.source import Table
from allay.science.evaluation.models.variables import Factor, Variable
from allay.science.evaluation.sql import identifier, literal

LOG_UNIT = 2**40  # logarithms of weights are summed on this grid
LOG_TERMS = 33  # the last power of a series whose argument is at most 1/3


class SeveralRows(Unestimable):
    """People have more than one row at a visit, where one was asked for."""


@dataclass(frozen=True)
class People:
    """The table of people: its name, the covariates in their order, and what is known of each."""

    table: Table
    name: str
    covariates: tuple[str, ...]
    variables: Mapping[str, Variable]
    codings: Mapping[str, Coding]
    visits: tuple[str, ...]
    weights: str | None
    covariance_levels: tuple[str, ...]  # () for one covariance of all
    grouped: bool
    repeated: bool  # exact repetitions of rows were left out
    kind: str = "TABLE"  # or VIEW, where a row is a person already

    def column(self, name: str, visit: int | None = None) -> str:
        place = f"c{self.covariates.index(name)}"
        return f"{place}_{visit}" if self.variables[name].varies else place

    @property
    def weight_bound(self) -> int:
        return self.codings[self.weights].bound if self.weights else 1

    def drop(self) -> None:
        self.table.connection.execute(f"DROP {self.kind} IF EXISTS {self.name}")


def assemble(table: Table, roles: Roles, profile: Profile, *, single: bool = False) -> People:
    """Makes the table of people. Raises Unestimable for rows that contradict each other.

    single: raises SeveralRows if anybody has more than one row at a visit, be they alike.
    """
    names = [name for name in roles.covariates if profile.variables[name].by_visit is None]
    repeated = False
    moving: frozenset[str] = frozenset()
    while True:
        people = _made(table, roles, profile, tuple(names), moving, repeated)
        duplicates, found = _checked(people, roles, names, moving)
        if duplicates and single:
            people.drop()
            raise SeveralRows("people have several rows at one visit")
        if duplicates and repeated:
            people.drop()
            raise Unestimable(f"{duplicates} people have two different rows at one visit")
        if not duplicates and not found:
            return people
        people.drop()
        repeated, moving = repeated or bool(duplicates), moving | found


def _made(
    table: Table,
    roles: Roles,
    profile: Profile,
    names: tuple[str, ...],
    moving: frozenset[str],
    repeated: bool,
) -> People:
    variables = {
        name: replace(variable, varies=name in moving) for name, variable in profile.variables.items()
    }
    people = People(
        table,
        f"people_{uuid4().hex[:12]}",
        names,
        variables,
        profile.codings,
        profile.visits,
        roles.weights,
        _covariance_levels(roles, profile),
        roles.group is not None,
        repeated,
    )
    rows = _rows(table, roles, profile, names, repeated)
    fields = ", ".join(f"{sql} AS {name}" for name, sql in _fields(roles, profile, names, moving))
    query = f"SELECT {fields} FROM ({rows}) GROUP BY s"
    if roles.weights:
        query = _with_logarithms(query, profile.codings[roles.weights])
    table.connection.execute(f"CREATE TEMP TABLE {people.name} AS {query}")
    return people


def _with_logarithms(query: str, coding: Coding) -> str:
    """Adds `l`, the logarithm of the weight `w` in units of 1 / LOG_UNIT.

    Logarithms of different libraries differ in their last bit. This one, 2 artanh((f - 1) / (f + 1)) with w = f 2^k
    and 1 <= f < 2, is made of additions, products and quotients alone, which every engine rounds alike.
    """
    series = literal(1 / LOG_TERMS)
    for term in range(LOG_TERMS - 2, 0, -2):
        series = f"({literal(1 / term)} + z * z * {series})"
    scale = round((math.log(coding.scale.numerator) - math.log(coding.scale.denominator)) * LOG_UNIT)
    natural = f"(k * {literal(math.log(2))} + 2 * z * {series})"
    power = "floor(log2(greatest(w, 1) + 0.5))::INTEGER"  # w is whole, so no rounding can leave its octave
    return (
        f"SELECT *, CAST(round({natural} * {LOG_UNIT}) AS BIGINT) - {scale} AS l FROM "
        "(SELECT *, (f - 1) / (f + 1) AS z FROM (SELECT *, greatest(w, 1)::DOUBLE / (1::BIGINT << k)::DOUBLE AS f "
        f"FROM (SELECT *, {power} AS k FROM ({query}))))"
    )


def _covariance_levels(roles: Roles, profile: Profile) -> tuple[str, ...]:
    if roles.covariance_by is None:
        return ()
    factor = profile.variables[roles.covariance_by]
    assert isinstance(factor, Factor)
    return factor.levels


def _rows(table: Table, roles: Roles, profile: Profile, names: tuple[str, ...], repeated: bool) -> str:
    """The kept rows with every value as a whole number."""
    assert roles.visit is not None
    fields = [f"{identifier(roles.subject)} AS s", f"{level_place(table, profile, roles.visit)} AS v"]
    fields.append(f"{profile.codings[roles.outcome].sql} AS y")
    for number, name in enumerate(names):
        coding = profile.codings.get(name)
        fields.append(f"{coding.sql if coding else level_place(table, profile, name)} AS x{number}")
    if roles.weights:
        weight = identifier(roles.weights)
        fields.append(f"{profile.codings[roles.weights].sql} AS w, {weight}::DOUBLE AS weight")
    if roles.covariance_by:
        fields.append(f"{level_place(table, profile, roles.covariance_by)} AS g")
    if roles.group:
        meets = f"{level_text(table, roles.group.arm)} = {literal(roles.group.level)}"
        fields.append(
            f"CASE WHEN {meets} THEN 'group ' || {identifier(roles.group.column)}::VARCHAR END AS h"
        )
        fields.append(f"{meets} AS meets")
    distinct = "DISTINCT " if repeated else ""
    return f"SELECT {distinct}{', '.join(fields)} FROM {table.source} WHERE {kept_rows(table, roles)}"


def level_place(table: Table, profile: Profile, name: str) -> str:
    """SQL: the number of a factor's level, from 0."""
    variable = profile.variables[name]
    assert isinstance(variable, Factor)
    if table.is_whole(name):
        numbers = [int(level) for level in variable.levels]
        if numbers == list(range(numbers[0], numbers[0] + len(numbers))):
            return f"({identifier(name)}::BIGINT - {numbers[0]})"
    values: list[str | float] = list(variable.levels)
    column = level_text(table, name)
    if (
        table.types[name] == "DOUBLE"
    ):  # its text says all of it, and numbers are sooner compared than made into text
        column, values = identifier(name), [float(level) for level in variable.levels]
    cases = " ".join(f"WHEN {literal(value)} THEN {number}" for number, value in enumerate(values))
    return f"(CASE {column} {cases} END)::INTEGER"


def _fields(
    roles: Roles, profile: Profile, names: tuple[str, ...], moving: frozenset[str]
) -> list[tuple[str, str]]:
    fields = [("n", "count(*)"), ("m", "bit_or(1::BIGINT << v)")]
    fields += [(f"y_{visit}", f"max(y) FILTER (WHERE v = {visit})") for visit in range(len(profile.visits))]
    for number, name in enumerate(names):
        if name in moving:
            for visit in range(len(profile.visits)):
                fields.append((f"c{number}_{visit}", f"max(x{number}) FILTER (WHERE v = {visit})"))
        else:
            fields += [(f"c{number}", f"min(x{number})"), (f"d{number}", f"max(x{number})")]
    for letter, column, present in (("g", "g", roles.covariance_by), ("h", "h", roles.group)):
        if present:
            fields += [(letter, f"min({column})"), (f"{letter}_most", f"max({column})")]
    if roles.group:
        fields.append(("astray", "bool_or(meets AND h IS NULL)"))
    if roles.weights:
        fields += [("w", "min(w)"), ("w_most", "max(w)"), ("lowest", "min(weight)")]
    return fields


def _checked(
    people: People, roles: Roles, names: list[str], moving: frozenset[str]
) -> tuple[int, frozenset[str]]:
    """How many people have more rows than visits, and which covariates move within people."""
    still = [name for name in names if name not in moving]
    fields = ["count(*) FILTER (WHERE n <> bit_count(m))"]
    fields += [f"bool_or(c{names.index(name)} <> d{names.index(name)})" for name in still]
    found = _one(people, f"SELECT {', '.join(fields)} FROM {people.name}")
    if not found[0]:
        _check_constancy(people, roles)
    return int(str(found[0])), frozenset(name for name, moves in zip(still, found[1:], strict=True) if moves)


def _check_constancy(people: People, roles: Roles) -> None:
    group = roles.group.column if roles.group else None
    for letter, name in (("g", roles.covariance_by), ("h", group), ("w", roles.weights)):
        if name and _one(people, f"SELECT bool_or({letter} <> {letter}_most) FROM {people.name}")[0]:
            raise Unestimable(f"{quoted(name)} changes within a person")
    if group and _one(people, f"SELECT bool_or(astray) FROM {people.name}")[0]:
        raise Unestimable(f"people of the arm that meets in groups have no {quoted(group)}")
    if roles.weights and _one(people, f"SELECT min(lowest) <= 0 FROM {people.name}")[0]:
        raise Unestimable(f"{quoted(roles.weights)} holds weights that are not above 0")


def _one(people: People, query: str) -> tuple[object, ...]:
    row = people.table.connection.execute(query).fetchone()
    return tuple(row) if row else ()
