"""The small cross-products of random effects: folded by pattern where people share days, else person by person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.blocks import blocks
from allay.science.evaluation.models.compressed import Compressed, based, compress, level_of
from allay.science.evaluation.models.design import Design, design
from allay.science.evaluation.models.formula import Formula
from allay.science.evaluation.models.gather import gather, means
from allay.science.evaluation.models.people import SeveralRows, assemble, level_place
from allay.science.evaluation.models.profile import Profile, Roles, kept_rows, profile
from allay.science.evaluation.models.random_effects import Courses
from allay.science.evaluation.models.sandwich import Block
from allay.science.evaluation.models.source import Table
from allay.science.evaluation.models.summaries import Summaries
from allay.science.evaluation.models.variables import Feature, Number
from allay.science.evaluation.sql import identifier

Array = npt.NDArray[np.float64]
MOST_SHARED = 20  # different days; with more, people are taken one by one
GRID_BITS = 44


@dataclass(frozen=True)
class RandomTerm:
    """What varies from person to person: an intercept, and a slope over a column if `slope` is given."""

    slope: str | None
    correlated: bool
    subject: str


@dataclass(frozen=True)
class Gathered:
    """What is kept of the rows. z (T, r) at shared days, else None; D as given is turn D turn'.

    For sandwich standard errors: `blocks` at shared days, else `each` (people, k + 1, k + 1), everybody's [X, y]'[X, y].
    """

    design: Design
    courses: Courses
    turn: Array
    z: Array | None
    visits: tuple[str, ...]
    means: Mapping[str, float]
    blocks: tuple[Block, ...]
    summaries: Summaries | None
    warnings: tuple[str, ...]
    each: Array | None = None


def shared_days(
    table: Table, roles: Roles, formula: Formula, time: str, random: RandomTerm, robust: bool
) -> Gathered | None:
    """Folded by the pattern of days; None where there are many days or several rows at one."""
    slope = random.slope
    if not _few(table, roles, time):
        return None
    roles = replace(
        roles,
        visit=time,
        factors=roles.factors | {time},
        covariates=tuple(name for name in roles.covariates if name != time),
    )
    found = profile(table, roles, GRID_BITS)
    try:
        people = assemble(table, roles, found, single=True)
    except SeveralRows:
        return None
    try:
        variables = dict(people.variables)
        if slope is not None:
            variables[slope] = Number(slope, 0.0, tuple(float(level) for level in people.visits))
        made = design(formula, variables, len(people.visits))
        summaries = gather(people, made, roles.outcome)
        folded = compress(summaries, made)
        z = _effects([float(level) for level in people.visits] if slope else None, len(people.visits))
        turn = _turn(z, np.concatenate([np.flatnonzero(seen) for seen in folded.observed]), random.correlated)
        second = blocks(people, made, folded.basis, roles.outcome) if robust else ()
        courses = _folded(folded, z @ turn)
        return Gathered(
            made,
            courses,
            turn,
            z,
            people.visits,
            means(people, made, summaries),
            second,
            summaries,
            _left_out(found),
        )
    finally:
        people.drop()


def _few(table: Table, roles: Roles, time: str) -> bool:
    where = kept_rows(table, replace(roles, visit=time))
    query = f"SELECT count(DISTINCT {identifier(time)}) FROM {table.source} WHERE {where}"
    first = table.connection.execute(query).fetchone()
    return first is not None and 0 < first[0] <= MOST_SHARED


def _effects(days: list[float] | Array | None, rows: int) -> Array:
    """Z of each row: 1, and the day."""
    ones = np.ones(rows)
    return ones[:, None] if days is None else np.column_stack([ones, np.asarray(days, dtype=float)])


def _turn(z: Array, rows: npt.NDArray[np.int64], correlated: bool) -> Array:
    """(r, r) that brings the random effects to a common size, and to the middle of the days where they correlate."""
    used = z[rows]
    turn = np.eye(z.shape[1])
    if correlated and z.shape[1] == 2:
        turn[0, 1] = -used[:, 1].mean()
    sizes = np.sqrt(((used @ turn) ** 2).mean(axis=0))
    return np.asarray(turn / np.where(sizes > 0, sizes, 1.0))


def _folded(folded: Compressed, z: Array) -> Courses:
    seen = folded.observed[:, :, None] * z[None]
    count, _, depth, width = folded.rows.shape
    zx = np.einsum("ptr,ptdk->pdrk", seen, folded.rows, optimize=True).reshape(
        count * depth, z.shape[1], width
    )
    flat = folded.rows.reshape(-1, width)
    return Courses(
        folded.n,
        folded.observed.sum(axis=1).astype(float),
        seen.transpose(0, 2, 1) @ seen,
        zx,
        np.repeat(np.arange(count), depth),
        flat.T @ flat,
        folded.basis,
    )


def by_person(table: Table, roles: Roles, formula: Formula, random: RandomTerm, robust: bool) -> Gathered:
    """Any days: one cell for each person."""
    found = profile(table, roles, GRID_BITS)
    made = design(formula, found.variables, 1)
    columns = _columns(table, roles, found)
    shift, level = found.codings[roles.outcome].shift, level_of(made)
    outcome = columns[roles.outcome] + (0.0 if level is not None else shift)
    features = np.column_stack([_feature(columns, feature, len(outcome)) for feature in made.steady])
    raw = np.column_stack([features @ made.centred[0], outcome])
    rows, basis = based(raw, made, (shift, level), len(raw))
    slope = random.slope
    days = columns[slope] + found.codings[slope].shift if slope else None
    z = _effects(days, len(rows))
    turn = _turn(z, np.arange(len(rows)), random.correlated)
    starts = np.flatnonzero(columns[""])
    z = z @ turn
    courses = Courses(
        np.ones(len(starts)),
        np.diff(np.append(starts, len(rows))).astype(float),
        np.add.reduceat(z[:, :, None] * z[:, None, :], starts),
        np.add.reduceat(z[:, :, None] * rows[:, None, :], starts),
        np.arange(len(starts)),
        rows.T @ rows,
        basis,
    )
    averages = {
        name: float(columns[name].mean()) + found.codings[name].shift
        for name in roles.covariates
        if name in found.codings
    }
    each = _products(rows, starts) if robust else None
    return Gathered(made, courses, turn, None, ("average row",), averages, (), None, _left_out(found), each)


def _products(rows: Array, starts: npt.NDArray[np.int64]) -> Array:
    """(people, k + 1, k + 1), one column at a time: never more than the result in memory."""
    found = np.empty((len(starts), rows.shape[1], rows.shape[1]))
    for column in range(rows.shape[1]):
        found[:, column] = np.add.reduceat(rows * rows[:, column, None], starts)
    return found


def _columns(table: Table, roles: Roles, found: Profile) -> dict[str, Array]:
    """Numbers less their shift, factors as level numbers, "" marks the first row of a person; in a fixed order."""
    names = [roles.outcome, *roles.covariates]
    fields = [
        f"{found.codings[name].sql if name in found.codings else level_place(table, found, name)} AS x{place}"
        for place, name in enumerate(names)
    ]
    order = ", ".join(f"x{place}" for place in range(len(names)))
    who = identifier(roles.subject)
    query = (
        f"SELECT *, coalesce(s <> lag(s) OVER (ORDER BY s, {order}), true) AS starts FROM (SELECT {who} AS s,"
        f" {', '.join(fields)} FROM {table.source} WHERE {kept_rows(table, roles)}) ORDER BY s, {order}"
    )
    fetched = table.connection.execute(query).fetchnumpy()
    columns = {"": np.asarray(fetched["starts"], dtype=float)}
    for place, name in enumerate(names):
        scale = float(found.codings[name].scale) if name in found.codings else 1.0
        columns[name] = np.asarray(fetched[f"x{place}"], dtype=float) / scale
    return columns


def _feature(columns: dict[str, Array], feature: Feature, rows: int) -> Array:
    found = np.ones(rows)
    for name in feature.numbers:
        found = found * columns[name]
    for name, level in feature.levels:
        found = found * (columns[name] == level)
    return found


def _left_out(found: Profile) -> tuple[str, ...]:
    lost = found.rows - found.kept
    return (f"{lost} of {found.rows} rows lack a value and were left out",) if lost else ()
