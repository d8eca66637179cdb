"""The second pass: people one by one, as sandwich standard errors need them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.compressed import Basis
from allay.science.evaluation.models.design import Design
from allay.science.evaluation.models.gather import Expression, expressions, key_columns
from allay.science.evaluation.models.people import People
from allay.science.evaluation.models.sandwich import Block

Array = npt.NDArray[np.float64]


def blocks(people: People, design: Design, basis: Basis, outcome: str) -> tuple[Block, ...]:
    """Everybody's rows in the basis, those with the same visits and covariance together, in a fixed order.

    People who meet in therapy groups are left out: their sums by group are enough.
    """
    found = expressions(people, design, outcome)
    fields = [f"{expression.sql} AS u{place}" for place, expression in enumerate(found)]
    keys = [f"{sql} AS k{place}" for place, sql in enumerate(key_columns(people)[:2])]
    weight = [f"w::DOUBLE / {float(people.codings[people.weights].scale)!r} AS w"] if people.weights else []
    order = ", ".join(["k0", "k1", *(f"u{place}" for place in range(len(found)))])
    who = "m <> 0 AND h IS NULL" if people.grouped else "m <> 0"
    query = f"SELECT {', '.join(keys + weight + fields)} FROM {people.name} WHERE {who} ORDER BY {order}"
    columns = people.table.connection.execute(query).fetchnumpy()
    return _split(people, design, basis, outcome, found, columns)


def _split(
    people: People,
    design: Design,
    basis: Basis,
    outcome: str,
    found: list[Expression],
    columns: dict[str, Array],
) -> tuple[Block, ...]:
    pattern, group = np.asarray(columns["k0"]), np.asarray(columns["k1"])
    weight = np.asarray(columns["w"]) if people.weights else np.ones(len(pattern))
    values = [
        np.ma.filled(columns[f"u{place}"].astype(float), np.nan) / float(expression.entry.scale)
        for place, expression in enumerate(found)
    ]
    starts = np.flatnonzero((np.diff(pattern, prepend=-1) != 0) | (np.diff(group, prepend=-1) != 0))
    made = []
    for start, end in zip(starts, [*starts[1:], len(pattern)], strict=True):
        bits = int(pattern[start])
        observed = tuple(visit for visit in range(len(people.visits)) if bits >> visit & 1)
        part = [value[start:end] for value in values]
        x, y = _rows(people, design, basis, outcome, part, observed)
        made.append(Block(observed, int(group[start]), x, y, weight[start:end]))
    return tuple(made)


def _rows(
    people: People, design: Design, basis: Basis, outcome: str, part: list[Array], observed: tuple[int, ...]
) -> tuple[Array, Array]:
    steady, moving, visits = len(design.steady), len(design.moving), len(people.visits)
    x, y = [], []
    for visit in observed:
        moves = [part[steady + feature * visits + visit] for feature in range(moving)]
        u = np.array([*part[:steady], *moves]).T
        x.append(u @ design.centred[visit] @ basis.turn)
        y.append(part[steady + moving * visits + visit])
    shift = 0.0 if basis.absorbs else people.codings[outcome].shift
    return np.stack(x, axis=1), (np.stack(y, axis=1) + shift) / basis.scale
