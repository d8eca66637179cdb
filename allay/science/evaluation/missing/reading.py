"""From rows to a cohort: long rows as `mmrm` takes them, or a table with one row per person.

In long rows a person counts when any row names the person, the arm and the covariates; the outcome may be missing in
all of them. That is how somebody who was never measured again stays among those who were randomised.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from allay.science.evaluation.errors import listed, quoted
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.missing.cohort import Cohort
from allay.science.evaluation.models.errors import BadModel, Unestimable
from allay.science.evaluation.models.profile import Roles, level_text, levels_of
from allay.science.evaluation.models.source import Data, Table, opened
from allay.science.evaluation.sql import identifier, literal

Levels = Mapping[str, Sequence[str]]
Columns = dict[str, Any]


@dataclass(frozen=True)
class _Wanted:
    """What is read: the columns of the source by their role, and how levels are ordered."""

    subject: str | None
    arm: str
    covariates: Mapping[str, str]  # name in the cohort → column
    factors: frozenset[str]
    levels: Levels
    texts: Mapping[str, str]  # "reason" and "group" → column, where asked for

    def is_factor(self, table: Table, name: str) -> bool:
        column = self.covariates[name]
        return name in self.factors or name in self.levels or not table.is_number(column)


def from_rows(
    data: Data,
    *,
    outcome: str,
    subject: str,
    visit: str,
    arm: str,
    covariates: Sequence[str] = (),
    factors: Sequence[str] = (),
    levels: Levels | None = None,
    reason: str | None = None,
    group: str | None = None,
) -> Cohort | NotEstimable:
    """A cohort of long rows: one for each person and visit.

    data: as for `mmrm`. The first level of `arm` (in sorted order, or as `levels` gives them) is the reference.
    covariates hold one value per person; text and `factors` are categories. reason: a column that says why a person
    left; the first one at or after the last outcome counts, else the first. group: the therapy group of those who met in
    one. Raises BadModel for a request that makes no sense.
    """
    named = {name: name for name in covariates}
    texts = {role: name for role, name in (("reason", reason), ("group", group)) if name}
    wanted = _Wanted(subject, arm, named, frozenset(factors), dict(levels or {}), texts)
    try:
        with opened(data) as table:
            roles = [(outcome, "outcome"), (subject, "subject"), (visit, "visit"), (arm, "arm")]
            roles += [(name, "covariate") for name in covariates]
            roles += [(name, role) for role, name in texts.items()]
            return _from_rows(table, wanted, {role: name for name, role in roles}, roles)
    except Unestimable as fault:
        return NotEstimable(str(fault))


def from_wide(
    data: Data,
    *,
    outcomes: Mapping[str, str],
    arm: str,
    covariates: Mapping[str, str] | Sequence[str] = (),
    arms: Mapping[str, str] | None = None,
    subject: str | None = None,
    factors: Sequence[str] = (),
    levels: Levels | None = None,
    reason: str | None = None,
    group: str | None = None,
) -> Cohort | NotEstimable:
    """A cohort of a table with one row per person.

    outcomes: the column of the outcome at each visit, in their order; covariates: columns, or column by name; arms:
    what the values of the column of arms are called, the reference first. Otherwise as `from_rows`.
    """
    named = dict(covariates) if isinstance(covariates, Mapping) else {name: name for name in covariates}
    given = dict(levels or {}) | ({"arm": list(arms)} if arms else {})
    texts = {role: name for role, name in (("reason", reason), ("group", group)) if name}
    wanted = _Wanted(subject, arm, named, frozenset(factors), given, texts)
    try:
        with opened(data) as table:
            for name in [
                arm,
                *named.values(),
                *outcomes.values(),
                *texts.values(),
                *filter(None, (subject,)),
            ]:
                table.require(name, "column")
            cohort = _read(table, wanted, outcomes, given.get("arm"))
            return _renamed(cohort, arms) if arms else cohort
    except Unestimable as fault:
        return NotEstimable(str(fault))


def _renamed(cohort: Cohort, arms: Mapping[str, str]) -> Cohort:
    return replace(cohort, arms=tuple(arms[arm] for arm in cohort.arms))


def _from_rows(
    table: Table, wanted: _Wanted, named: Mapping[str, str], roles: Sequence[tuple[str, str]]
) -> Cohort:
    for name, role in roles:
        table.require(name, role)
    if not table.is_number(named["outcome"]):
        raise BadModel(f"outcome {quoted(named['outcome'])} is not a column of numbers")
    visits = _levels(table, named["visit"], wanted.levels)
    pivot = f"pivot_{id(wanted)}"
    table.connection.execute(f"CREATE TEMP TABLE {pivot} AS {_pivot(table, wanted, named, visits)}")
    try:
        _check_pivot(table, pivot, wanted)
        types = {str(row[0]): str(row[1]) for row in table.connection.execute(f"DESCRIBE {pivot}").fetchall()}
        renamed = {name: f"c{place}" for place, name in enumerate(wanted.covariates)}
        factors = frozenset(name for name in wanted.covariates if wanted.is_factor(table, name))
        inner = _Wanted("s", "a", renamed, factors, wanted.levels, {role: role for role in wanted.texts})
        outcomes = {visit: f"y{place}" for place, visit in enumerate(visits)}
        return _read(Table(table.connection, pivot, types), inner, outcomes, wanted.levels.get(wanted.arm))
    finally:
        table.connection.execute(f"DROP TABLE {pivot}")


def _levels(table: Table, column: str, levels: Levels) -> tuple[str, ...]:
    query = f"SELECT DISTINCT {level_text(table, column)} FROM {table.source} WHERE {_present(table, column)}"
    found = [str(level) for (level,) in table.connection.execute(query).fetchall()]
    roles = Roles("", "", None, (), frozenset(), levels)
    return levels_of(table, roles, column, found)


def _present(table: Table, column: str) -> str:
    test = f"{identifier(column)} IS NOT NULL"
    real = table.types[column] in ("FLOAT", "DOUBLE")
    return f"({test} AND NOT isnan({identifier(column)}))" if real else test


def _clean(table: Table, column: str, *, factor: bool) -> str:
    """SQL: a column with NaN as absent, categories as text."""
    value = level_text(table, column) if factor else f"{identifier(column)}::DOUBLE"
    return f"CASE WHEN {_present(table, column)} THEN {value} END"


def _pivot(table: Table, wanted: _Wanted, named: Mapping[str, str], visits: Sequence[str]) -> str:
    """One row per person: arm a, covariates c0 ..., outcomes y0 ..., reason, group; and what must equal (b, d0 ...)."""
    inner = [f"{identifier(named['subject'])}::VARCHAR AS s"]
    inner.append(f"{_clean(table, wanted.arm, factor=True)} AS a")
    places = " ".join(f"WHEN {literal(visit)} THEN {place}" for place, visit in enumerate(visits))
    inner.append(f"CASE {level_text(table, named['visit'])} {places} END AS v")
    inner.append(f"{_clean(table, named['outcome'], factor=False)} AS y")
    outer = ["s", "min(a) AS a", "max(a) AS b"]
    for place, (name, column) in enumerate(wanted.covariates.items()):
        factor = wanted.is_factor(table, name)
        inner.append(f"{_clean(table, column, factor=factor)} AS x{place}")
        outer += [f"min(x{place}) AS c{place}", f"max(x{place}) AS d{place}"]
    for place in range(len(visits)):
        mine = f"FILTER (WHERE v = {place})"
        outer += [f"min(y) {mine} AS y{place}", f"max(y) {mine} AS z{place}"]
    if "group" in wanted.texts:
        inner.append(f"{_clean(table, wanted.texts['group'], factor=True)} AS g")
        outer += ['min(g) AS "group"', "max(g) AS h"]
    if "reason" in wanted.texts:
        inner.append(f"nullif(trim({identifier(wanted.texts['reason'])}::VARCHAR), '') AS r")
        after = "v >= coalesce(last, -1)"
        said = "arg_min(r, v) FILTER (WHERE r IS NOT NULL"
        outer.append(f"coalesce({said} AND {after}), {said}), '') AS reason")
    rows = (
        f"SELECT {', '.join(inner)} FROM {table.source} WHERE {_present(table, named['subject'])} "
        f"AND {_present(table, named['visit'])}"
    )
    rows = f"SELECT *, max(v) FILTER (WHERE y IS NOT NULL) OVER (PARTITION BY s) AS last FROM ({rows})"
    return f"SELECT {', '.join(outer)} FROM ({rows}) GROUP BY s"


def _check_pivot(table: Table, pivot: str, wanted: _Wanted) -> None:
    types = [str(row[0]) for row in table.connection.execute(f"DESCRIBE {pivot}").fetchall()]
    pairs = [("a", "b", "the arm")]
    pairs += [(f"c{place}", f"d{place}", quoted(name)) for place, name in enumerate(wanted.covariates)]
    pairs += [('"group"', "h", "the group")] if "group" in wanted.texts else []
    fields = [f"count(*) FILTER (WHERE {low} <> {high})" for low, high, _ in pairs]
    visits = [name for name in types if name.startswith("y")]
    doubled = " OR ".join(f"{name} <> z{name[1:]}" for name in visits) or "false"
    fields.append(f"count(*) FILTER (WHERE {doubled})")
    row = table.connection.execute(f"SELECT {', '.join(fields)} FROM {pivot}").fetchone() or ()
    for (_, _, name), count in zip(pairs, row, strict=False):
        if count:
            raise Unestimable(f"{name} changes within {count} people; it must be one value for each person")
    if row and row[-1]:
        raise Unestimable(f"{row[-1]} people have two different outcomes at one visit")


def _read(
    table: Table,
    wanted: _Wanted,
    outcomes: Mapping[str, str],
    levels: Sequence[str] | None,
) -> Cohort:
    """The people of a table with one row each."""
    for column in outcomes.values():
        if not table.is_number(column):
            raise BadModel(f"outcomes: {quoted(column)} is not a column of numbers")
    found = _fetched(table, wanted, outcomes)
    missing = {"no arm": np.array([value is None for value in found["arm"]], dtype=bool)}
    for name in wanted.covariates:
        values = found[f"covariate {name}"]
        absent = [value is None for value in values] if values.dtype == object else ~np.isfinite(values)
        if values.dtype != object and np.isinf(values).any():
            raise Unestimable(f"{quoted(name)} holds infinite values")
        missing[f"no {name}"] = np.asarray(absent, dtype=bool)
    kept = ~np.any(list(missing.values()), axis=0)
    y = np.column_stack([found[f"outcome {visit}"] for visit in outcomes]) if outcomes else np.zeros((0, 0))
    if np.isinf(y).any():
        raise Unestimable("the outcome holds infinite values")
    arms = _arms(levels, found["arm"][kept])
    cohort = Cohort(
        people=tuple(str(name) for name in found["people"]) if wanted.subject else (),
        arms=arms,
        visits=tuple(outcomes),
        arm=np.array([arms.index(arm) if arm in arms else -1 for arm in found["arm"]], dtype=np.int64),
        y=y,
        covariates={name: found[f"covariate {name}"] for name in wanted.covariates},
        reasons=tuple(found.get("reason", ())),
        groups=tuple(found.get("group", ())),
        left_out={why: int(mine.sum()) for why, mine in missing.items() if mine.any()},
    )
    return cohort.chosen(kept)


def _fetched(table: Table, wanted: _Wanted, outcomes: Mapping[str, str]) -> Columns:
    fields = {"arm": _clean(table, wanted.arm, factor=True)}
    fields |= {f"outcome {visit}": _clean(table, column, factor=False) for visit, column in outcomes.items()}
    for name, column in wanted.covariates.items():
        fields[f"covariate {name}"] = _clean(table, column, factor=wanted.is_factor(table, name))
    if wanted.subject:
        fields["people"] = f"{identifier(wanted.subject)}::VARCHAR"
    for role, column in wanted.texts.items():
        fields[role] = f"coalesce(trim({level_text(table, column)}), '')"
    keys = list(fields)
    select = ", ".join(f"{sql} AS f{place}" for place, sql in enumerate(fields.values()))
    order = ["people", "arm", *keys] if wanted.subject else keys
    by = ", ".join(f"f{keys.index(key)}" for key in dict.fromkeys(order))
    query = f"SELECT {select} FROM {table.source} ORDER BY {by}"
    arrays = table.connection.execute(query).fetchnumpy()
    return {key: _plain(arrays[f"f{place}"]) for place, key in enumerate(keys)}


def _plain(values: Any) -> Any:
    """NumPy without masks: NaN for an absent number, None for an absent text."""
    if np.ma.isMaskedArray(values):
        absent = np.ma.getmaskarray(values)
        filled = np.array(values.data, dtype=float if values.dtype.kind in "fiu" else object)
        filled[absent] = np.nan if filled.dtype.kind == "f" else None
        return filled
    array = np.asarray(values)
    return array.astype(float) if array.dtype.kind in "fiu" else array.astype(object)


def _arms(levels: Sequence[str] | None, found: Iterable[object]) -> tuple[str, ...]:
    """The arms in order, the reference first. Raises BadModel for an arm that is not among the levels."""
    present = sorted({str(arm) for arm in found}, key=lambda arm: (arm.casefold(), arm.swapcase()))
    if levels is None:
        return tuple(sorted(present, key=float) if all(map(_numeric, present)) else present)
    given = [str(level) for level in levels]
    unknown = [arm for arm in present if arm not in given]
    if unknown:
        raise BadModel(f"the arm holds {quoted(unknown[0])}, which its levels do not name")
    if len(present) < len(given):
        raise Unestimable(f"nobody is in arm {listed([arm for arm in given if arm not in present])}")
    return tuple(given)


def _numeric(name: str) -> bool:
    try:
        return bool(np.isfinite(float(name)))
    except ValueError:
        return False
