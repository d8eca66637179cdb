"""One look at the kept rows: levels of factors, ranges and decimals of numbers, what follows from the visit alone.

A row is kept when its person, visit, outcome and every column of the model are present (NaN counts as absent).
Numbers become whole numbers inside the database: fixed decimals exactly (`-1.01` is `-101` hundredths), others on a
binary grid of 2^-44 of their half range. Sums of whole numbers are the same bits whatever the threads and the order of
rows, which sums of floating-point numbers are not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from allay.science.evaluation.errors import quoted
from allay.science.evaluation.models.errors import BadModel, Unestimable
from allay.science.evaluation.models.source import Table
from allay.science.evaluation.models.variables import Factor, Number, Variable
from allay.science.evaluation.sql import identifier, literal

DECIMALS = 6  # more digits than that go on the binary grid
EXACT_LIMIT = 2**31  # fixed decimals beyond this go on the binary grid
LARGEST = 1e150
WEIGHT_BITS = 34
MOST_LEVELS = 1000
MOST_VISITS = 60
ALL = ("all",)  # the one occasion of rows without

Row = dict[str, Any]


@dataclass(frozen=True)
class Coding:
    """A number as whole units: value = shift + units / scale, |units| <= bound."""

    scale: Fraction
    shift: float
    bound: int
    sql: str


@dataclass(frozen=True)
class Profile:
    """What the rows hold: their number, the visits in order, the variables, and each number's coding."""

    rows: int
    kept: int
    visits: tuple[str, ...]
    variables: Mapping[str, Variable]
    codings: Mapping[str, Coding]


@dataclass(frozen=True)
class Grouping:
    """The column of therapy groups, and the level of the column of arms whose people meet in them."""

    column: str
    arm: str
    level: str


@dataclass(frozen=True)
class Roles:
    """Which column is what. Covariates are the formula's variables but for the visit."""

    outcome: str
    subject: str
    visit: str | None  # None for rows without occasions
    covariates: tuple[str, ...]
    factors: frozenset[str]
    levels: Mapping[str, Sequence[str]]
    weights: str | None = None
    covariance_by: str | None = None
    group: Grouping | None = None
    ranges: Mapping[str, tuple[float, float, int]] = field(default_factory=dict)

    def kept(self) -> list[str]:
        """Columns that must be present in a row; a group may be absent (people outside any group)."""
        optional = [self.weights, self.covariance_by, self.group.arm if self.group else None]
        names = [
            self.outcome,
            self.subject,
            self.visit,
            *self.covariates,
            *(name for name in optional if name),
        ]
        return list(dict.fromkeys(name for name in names if name is not None))


def is_factor(table: Table, roles: Roles, name: str) -> bool:
    return name in roles.factors or name in roles.levels or not table.is_number(name)


def kept_rows(table: Table, roles: Roles) -> str:
    """The WHERE clause of the rows that take part."""
    tests = []
    for name in roles.kept():
        tests.append(f"{identifier(name)} IS NOT NULL")
        if table.types[name] in ("FLOAT", "DOUBLE"):
            tests.append(f"NOT isnan({identifier(name)})")
    return " AND ".join(tests)


def level_text(table: Table, name: str) -> str:
    """SQL: a factor's value as text, numbers as R prints them."""
    column = identifier(name)
    if table.types[name] == "BOOLEAN":
        return f"CASE WHEN {column} THEN 'TRUE' ELSE 'FALSE' END"
    if table.types[name] in ("FLOAT", "DOUBLE"):
        whole = f"{column} = round({column}) AND abs({column}) < 1e15"
        return f"CASE WHEN {whole} THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
    return f"{column}::VARCHAR"


def profile(table: Table, roles: Roles, precision: int) -> Profile:
    """Looks at every kept row once. `precision` is the binary grid's number of bits."""
    numbers, factors = _sorts(table, roles)
    found = _per_visit(table, roles, numbers, factors)
    if not found:
        raise Unestimable("no row has a person, a visit, an outcome and all covariates")
    total = table.connection.execute(f"SELECT count(*) FROM {table.source}").fetchone()
    present = [row["visit"] for row in found]
    visits = levels_of(table, roles, roles.visit, present) if roles.visit else ALL
    if len(visits) > MOST_VISITS:
        raise Unestimable(f"there are {len(visits)} visits; more than {MOST_VISITS} are not fitted")
    by_visit = {row["visit"]: row for row in found}
    ordered = [by_visit[level] for level in visits if level in by_visit]
    codings = {name: _coding(table, name, found, precision, roles.ranges.get(name)) for name in numbers}
    if roles.weights:
        codings[roles.weights] = _weight_coding(table, roles.weights, found)
    variables: dict[str, Variable] = {}
    for name in factors:
        variables[name] = _factor(table, roles, name, ordered, visits)
    for name in numbers:
        variables[name] = _number(name, codings[name], ordered, visits)
    return Profile(total[0] if total else 0, sum(row["rows"] for row in found), visits, variables, codings)


def _sorts(table: Table, roles: Roles) -> tuple[list[str], list[str]]:
    for name, role in ((roles.outcome, "outcome"), (roles.weights, "weights")):
        if name is not None and not table.is_number(name):
            raise BadModel(f"{role} {quoted(name)} is not a column of numbers")
    covariates = [name for name in roles.covariates if name != roles.visit]
    numbers = [roles.outcome, *(name for name in covariates if not is_factor(table, roles, name))]
    factors = [name for name in covariates if is_factor(table, roles, name)]
    numbers += [roles.weights] if roles.weights else []
    factors += [name for name in (roles.visit, roles.covariance_by) if name]
    return list(dict.fromkeys(numbers)), list(dict.fromkeys(factors))


def _per_visit(table: Table, roles: Roles, numbers: list[str], factors: list[str]) -> list[Row]:
    """One row per visit. Grouped by the column as it is: its text is made for the few groups, not for every row."""
    fields = [("rows", "count(*)")]
    for name in numbers:
        fields += number_fields(name, identifier(name), whole=table.is_whole(name))
    for name in factors:
        if name != roles.visit:
            level = identifier(name) if table.is_whole(name) else level_text(table, name)
            fields.append((f"levels {name}", f"list(DISTINCT {level})"))
    prefix = roles.visit or ""
    named = {
        key: identifier(f"{prefix} {place}") for place, (key, _) in enumerate(fields)
    }  # never the visit's
    visit = identifier(prefix) if prefix else "'all'"
    aggregates = ", ".join(f"{sql} AS {named[key]}" for key, sql in fields)
    groups = f"SELECT {visit}, {aggregates} FROM {table.source} WHERE {kept_rows(table, roles)} GROUP BY 1"
    text = level_text(table, prefix) if prefix else visit
    query = f"SELECT {text}, {', '.join(named.values())} FROM ({groups})"
    keys = ["visit", *named]
    found = [dict(zip(keys, row, strict=True)) for row in table.connection.execute(query).fetchall()]
    return [_with_level_texts(row, roles.visit) for row in found]


def _with_level_texts(row: Row, visit: str | None) -> Row:
    levels = {key: [str(level) for level in row[key]] for key in row if key.startswith("levels ")}
    return row | levels | ({f"levels {visit}": [row["visit"]]} if visit else {})


def number_fields(name: str, column: str, *, whole: bool) -> list[tuple[str, str]]:
    """SQL that finds a number's range and whether a number of decimals says all of it."""
    fields = [(f"low {name}", f"min({column})::DOUBLE"), (f"high {name}", f"max({column})::DOUBLE")]
    for places in range(0 if whole else DECIMALS + 1):
        unit = f"1e{places}::DOUBLE"
        same = f"bool_and(round({column}::DOUBLE * {unit}) / {unit} = {column}::DOUBLE)"
        fields.append((f"{places} {name}", same))
    return fields


def _coding(
    table: Table, name: str, found: list[Row], precision: int, agreed: tuple[float, float, int] | None
) -> Coding:
    low, high = min(row[f"low {name}"] for row in found), max(row[f"high {name}"] for row in found)
    places = 0 if table.is_whole(name) else decimals(name, found)
    if agreed is not None:
        if low < agreed[0] or high > agreed[1] or places is None or places > agreed[2]:
            raise BadModel(
                f"{quoted(name)} leaves its agreed range {agreed[0]:g} to {agreed[1]:g}, {agreed[2]} decimals"
            )
        low, high, places = agreed
    return coding(
        name, identifier(name), (low, high), places, precision, whole=places == 0 and table.is_whole(name)
    )


def coding(
    name: str, column: str, ends: tuple[float, float], places: int | None, precision: int, *, whole: bool
) -> Coding:
    """The coding of a column (SQL) from its smallest and largest value and its number of decimals, if fixed."""
    low, high = ends
    if not (math.isfinite(low) and math.isfinite(high)):
        raise Unestimable(f"{quoted(name)} holds infinite values")
    if max(abs(low), abs(high)) > LARGEST:
        raise Unestimable(f"{quoted(name)} holds numbers beyond {LARGEST:g}")
    if places is not None and max(abs(low), abs(high)) * 10**places < 2**53:
        scale = 10**places
        shift = round((low + high) / 2 * scale)
        bound = round(max(high * scale - shift, shift - low * scale)) + 1
        if bound < EXACT_LIMIT:
            exact = f"{column}::BIGINT" if whole else f"CAST(round({column}::DOUBLE * {scale}) AS BIGINT)"
            return Coding(Fraction(scale), shift / scale, bound, f"({exact} - {shift})")
    return on_grid(f"{column}::DOUBLE", low, high, precision)


def _weight_coding(table: Table, name: str, found: list[Row]) -> Coding:
    """Weights keep their zero: a sum of weights must stay one."""
    high = max(row[f"high {name}"] for row in found)
    if not (math.isfinite(high) and high < LARGEST):
        raise Unestimable(f"{quoted(name)} holds infinite weights")
    places = 0 if table.is_whole(name) else decimals(name, found)
    column = f"{identifier(name)}::DOUBLE"
    if places is not None and high * 10**places < 2**WEIGHT_BITS:
        bound = max(1, round(high * 10**places))
        return Coding(Fraction(10**places), 0.0, bound, f"CAST(round({column} * {10**places}) AS BIGINT)")
    power = WEIGHT_BITS - math.frexp(high)[1]
    units = f"CAST(round({column} * {literal(2.0**power)}) AS BIGINT)"
    return Coding(Fraction(2) ** power, 0.0, 2**WEIGHT_BITS, units)


def on_grid(sql: str, low: float, high: float, precision: int) -> Coding:
    """A coding on the binary grid: 2^-precision of the half range."""
    shift = low / 2 + high / 2
    half = max(high - shift, shift - low)
    power = precision - math.frexp(half)[1] if half > 0 else 0
    power = max(-1000, min(1000, power))
    units = f"CAST(round(({sql} - {literal(shift)}) * {literal(2.0**power)}) AS BIGINT)"
    return Coding(Fraction(2) ** power, shift, 2**precision + 1, units)


def decimals(name: str, found: list[Row]) -> int | None:
    for places in range(DECIMALS + 1):
        if all(row[f"{places} {name}"] for row in found):
            return places
    return None


def levels_of(table: Table, roles: Roles, name: str, present: list[str]) -> tuple[str, ...]:
    if name in roles.levels:
        given = tuple(str(level) for level in roles.levels[name])
        unknown = [level for level in present if level not in given]
        if unknown:
            raise BadModel(f"{quoted(name)} holds {quoted(unknown[0])}, which its levels do not name")
        return tuple(level for level in given if level in present)
    if len(present) > MOST_LEVELS:
        raise Unestimable(f"{quoted(name)} has {len(present)} categories")
    if table.is_number(name):
        return tuple(sorted(present, key=float))
    return tuple(sorted(present, key=lambda level: (level.casefold(), level.swapcase())))


def _factor(table: Table, roles: Roles, name: str, ordered: list[Row], visits: tuple[str, ...]) -> Factor:
    present = list(dict.fromkeys(level for row in ordered for level in row[f"levels {name}"]))
    levels = levels_of(table, roles, name, present)
    if name == roles.visit:
        return Factor(name, levels, tuple(range(len(levels))))
    alone = len(levels) > 1 and all(len(row[f"levels {name}"]) == 1 for row in ordered)
    by_visit = tuple(levels.index(row[f"levels {name}"][0]) for row in ordered) if alone else None
    return Factor(name, levels, by_visit)


def _number(name: str, coding: Coding, ordered: list[Row], visits: tuple[str, ...]) -> Number:
    alone = len(visits) > 1 and all(row[f"low {name}"] == row[f"high {name}"] for row in ordered)
    differs = len({row[f"low {name}"] for row in ordered}) > 1
    by_visit = tuple(float(row[f"low {name}"]) for row in ordered) if alone and differs else None
    return Number(name, coding.shift, by_visit)
