"""People folded into few rows with the same cross-products, in a basis fit for computing.

A cell of n people with weighted mean m and centred cross-products S becomes 1 + rank(S) rows: sqrt(w) m and a square
root of S. Sums of products over these rows equal the sums over the people, so every formula of a mixed model may be
written as if rows were people, at a cost that does not depend on how many people there are.

The columns of X are replaced by an orthonormal basis of the same space and the outcome by its standardised
residual scale, which keeps the iterations well conditioned; `Basis` leads back to the coefficients as named.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.design import Design
from allay.science.evaluation.models.errors import Unestimable
from allay.science.evaluation.models.people import LOG_UNIT
from allay.science.evaluation.models.summaries import Cell, Summaries, moments

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
COLLINEAR = 1e-7  # a column whose remainder is smaller than this share of it adds nothing (R uses the same)
ROUNDED = 1e-13  # share of a column as written below which what centring left of it is rounding
NOTHING = 1e-14  # share of the largest eigenvalue below which a direction is rounding


@dataclass(frozen=True)
class Basis:
    """X = Q `triangle`, with `kept` columns independent; y = scale * (standardised y) + shift * (X `level`).

    `turn` leads from the centred design to Q. Shapes: triangle (rank, k), turn (k, rank), kept (rank,), level (k,).
    """

    triangle: Array
    turn: Array
    kept: Whole
    scale: float
    shift: float
    level: Array

    @property
    def columns(self) -> int:
        return int(self.triangle.shape[1])

    @property
    def absorbs(self) -> bool:
        """Whether the outcome's shift is taken up by the coefficients."""
        return bool(self.level.any())

    @property
    def log_determinant(self) -> float:
        """log |det| of the change from the basis to the named columns that are kept."""
        return float(np.linalg.slogdet(self.triangle[:, self.kept])[1])

    @property
    def aliased(self) -> list[int]:
        return sorted(set(range(self.columns)) - set(self.kept.tolist()))

    def coefficients(self, inner: Array) -> Array:
        """(k,) coefficients as named, from those of the basis; NaN where a column adds nothing."""
        found = np.full(self.columns, np.nan)
        found[self.kept] = np.linalg.solve(self.triangle[:, self.kept], inner) * self.scale
        return found + self.shift * self.level

    def contrast(self, weights: Array) -> tuple[Array, float]:
        """A linear function of the coefficients in the basis (rank,), and its constant part.

        Raises Unestimable where the data do not determine it.
        """
        inner = np.linalg.lstsq(self.triangle.T, weights, rcond=1e-12)[0]
        scale = np.abs(weights).max() if weights.size else 0.0
        if np.abs(self.triangle.T @ inner - weights).max() > 1e-6 * max(scale, 1e-300):
            raise Unestimable("these data do not determine it")
        return np.asarray(inner * self.scale), float(self.shift * (self.level @ weights))

    def coefficient(self, column: int) -> Array:
        """(rank,) the named coefficient as a function of the basis, with aliased columns left out as R does."""
        place = int(np.searchsorted(self.kept, column))
        return np.asarray(np.linalg.inv(self.triangle[:, self.kept])[place] * self.scale)


@dataclass(frozen=True)
class Compressed:
    """P cells of r rows over T visits.

    observed (P, T); n (P,) people; covariance (P,) which covariance; group (P,) therapy group, -1 for none;
    root (P,) square root of the total weight: row 0 of a cell is root times its mean;
    rows (P, T, r, rank + 1): X in the basis, then y; zero where not observed. X stands in the first `depth` of the r
    rows alone, so that what is done with X does not grow with the number of outcomes.
    """

    observed: npt.NDArray[np.bool_]
    n: Array
    covariance: Whole
    group: Whole
    groups: tuple[str, ...]
    root: Array
    rows: Array
    log_weights: float  # half the sum over people of (visits observed) log(weight)
    basis: Basis

    @property
    def rank(self) -> int:
        return int(self.rows.shape[3]) - 1

    @cached_property
    def depth(self) -> int:
        places = np.flatnonzero(self.rows[..., :-1].any(axis=(0, 1, 3)))
        return int(places[-1]) + 1 if places.size else 1

    @property
    def observations(self) -> float:
        return float((self.observed.sum(axis=1) * self.n).sum())

    @property
    def covariances(self) -> int:
        return int(self.covariance.max()) + 1


def compress(summaries: Summaries, design: Design) -> Compressed:
    """Folds a trial. Raises Unestimable when nothing can be learnt from it."""
    if not summaries.cells:
        raise Unestimable("nobody has an outcome at any visit")
    cells = summaries.cells
    roots, folded = zip(*(_fold(summaries, cell) for cell in cells), strict=True)
    most = max(rows.shape[0] for rows in folded)
    shift, level = dict(summaries.header.shifts)["y"], level_of(design)
    raw = _designed(design, cells, folded, most)
    if level is None:  # the design cannot take up a shift of the outcome: undo it
        for place, rows in enumerate(folded):
            raw[place, list(cells[place].key.observed), : len(rows), -1] += shift * rows[:, 0]
    observed = np.zeros((len(cells), design.visits), dtype=bool)
    for place, cell in enumerate(cells):
        observed[place, list(cell.key.observed)] = True
    rows, basis = based(raw, design, (shift, level), summaries.observations)
    groups = tuple(sorted({cell.key.group for cell in cells if cell.key.group}))
    return Compressed(
        observed,
        np.array([float(cell.n) for cell in cells]),
        np.array([cell.key.covariance for cell in cells]),
        np.array([groups.index(cell.key.group) if cell.key.group else -1 for cell in cells]),
        groups,
        np.array(roots),
        rows,
        sum(cell.log_weights * len(cell.key.observed) for cell in cells) / LOG_UNIT / 2,
        basis,
    )


def _fold(summaries: Summaries, cell: Cell) -> tuple[float, Array]:
    """The root of the cell's weight and its rows (r, present entries)."""
    weight, mean, centred = moments(summaries.header, cell)
    first = np.sqrt(weight) * mean[None, :]
    if cell.n == 1:
        return float(np.sqrt(weight)), first
    features = len(mean) - len(cell.key.observed)
    return float(np.sqrt(weight)), np.vstack([first, _features_first(centred, features)])


def _features_first(centred: Array, features: int) -> Array:
    """A square root whose last rows are nought at the features: [[A, B], [0, C]] from the blocks of the matrix."""
    above = square_root(centred[:features, :features])
    beside = np.linalg.lstsq(above.T, centred[:features, features:], rcond=None)[0]
    below = square_root(centred[features:, features:] - beside.T @ beside)
    return np.block([[above, beside], [np.zeros((len(below), features)), below]])


def square_root(centred: Array) -> Array:
    """(r, d) rows whose cross-products are a positive semidefinite (d, d) matrix, directions of rounding left out."""
    sizes = np.sqrt(np.maximum(np.diag(centred), 0.0))
    safe = np.where(sizes > 0, sizes, 1.0)
    values, vectors = np.linalg.eigh(centred / np.outer(safe, safe))
    real = values > NOTHING * max(values[-1], 0.0) * len(values)
    return np.asarray((vectors[:, real] * np.sqrt(values[real])).T * sizes)


def _designed(design: Design, cells: tuple[Cell, ...], folded: tuple[Array, ...], most: int) -> Array:
    """(P, T, r, k + 1) rows of the centred design and of the shifted outcome."""
    steady, moving, visits = len(design.steady), len(design.moving), design.visits
    found = np.zeros((len(cells), visits, most, design.centred.shape[2] + 1))
    for place, (cell, rows) in enumerate(zip(cells, folded, strict=True)):
        seen = list(cell.key.observed)
        count, width = rows.shape[0], len(seen)
        found[place, seen, :count, -1] = rows[:, rows.shape[1] - width :].T
        found[place, seen, :count, :-1] = np.matmul(rows[:, :steady], design.centred[seen, :steady])
        for feature in range(moving):
            values = rows[:, steady + feature * width : steady + (feature + 1) * width].T
            found[place, seen, :count, :-1] += (
                values[:, :, None] * design.centred[seen, steady + feature][:, None, :]
            )
    return found


def based(
    raw: Array, design: Design, shift: tuple[float, Array | None], observations: int
) -> tuple[Array, Basis]:
    """Rows in an orthonormal basis with a standardised outcome.

    raw (..., k + 1), zero rows allowed; shift: what was taken from the outcome, and the coefficients of its 1.
    """
    k = raw.shape[-1] - 1
    flat = raw.reshape(-1, k + 1)
    live = flat[:, :k].any(axis=1)
    inside, accepted = _orthonormal(flat[live, :k])
    directions = np.zeros((len(flat), inside.shape[1]))
    directions[live] = inside
    triangle = inside.T @ flat[live, :k]
    size = np.sqrt(observations)
    turn = np.zeros((k, len(accepted)))
    turn[accepted] = np.linalg.inv(triangle[:, accepted]) * size
    scale = _spread(directions, flat[:, k]) / size
    triangle = triangle @ design.change / size
    amount, level = shift if shift[1] is not None else (0.0, np.zeros(k))
    basis = Basis(triangle, turn, _independent(triangle, design), scale, amount, np.asarray(level))
    rows = np.concatenate([directions * size, (flat[:, k] / scale)[:, None]], axis=1)
    return rows.reshape(*raw.shape[:-1], directions.shape[1] + 1), basis


def _orthonormal(columns: Array) -> tuple[Array, list[int]]:
    """Gram-Schmidt, twice for safety, in the order of the columns: (n, rank), and the columns that added something."""
    found = np.empty((columns.shape[1], columns.shape[0]))
    accepted: list[int] = []
    for number, norm in enumerate(np.linalg.norm(columns, axis=0)):
        rest = columns[:, number] / (norm if norm > 0 else 1.0)
        done = found[: len(accepted)]
        for _ in range(2):
            rest = rest - done.T @ (done @ rest)
        size = np.linalg.norm(rest)
        if size > COLLINEAR:
            found[len(accepted)] = rest / size
            accepted.append(number)
    if not accepted:
        raise Unestimable("every column of the design is zero")
    return found[: len(accepted)].T, accepted


def _independent(triangle: Array, design: Design) -> Whole:
    """The first columns, in their order, that determine all the others."""
    k = triangle.shape[1]
    scanned = triangle
    if np.allclose(np.tril(design.change, -1), 0.0) and np.all(np.diag(design.change) != 0):
        scanned = triangle @ np.linalg.inv(design.change)
    kept: list[int] = []
    found = np.zeros((0, triangle.shape[0]))
    for column in range(k):
        norm, written = np.linalg.norm(scanned[:, column]), np.linalg.norm(triangle[:, column])
        if norm <= ROUNDED * written:  # a number that is the same for everybody, once centred
            continue
        rest = scanned[:, column] / norm
        for _ in range(2):
            rest = rest - found.T @ (found @ rest)
        size = np.linalg.norm(rest)
        if size > COLLINEAR and len(kept) < triangle.shape[0]:
            kept.append(column)
            found = np.vstack([found, rest / size])
    return np.array(kept)


def level_of(design: Design) -> Array | None:
    """Coefficients (k,) that make 1 at every visit, or None where the design cannot."""
    k = design.centred.shape[2]
    wanted = np.zeros(design.centred.shape[:2])
    wanted[:, 0] = 1.0
    real = design.centred @ design.change
    norms = np.linalg.norm(real.reshape(-1, k), axis=0)
    found = np.linalg.lstsq(real.reshape(-1, k) / norms, wanted.ravel(), rcond=1e-12)[0] / norms
    if np.abs(real.reshape(-1, k) @ found - wanted.ravel()).max() > 1e-9:
        return None
    if design.columns[0].name == "(Intercept)":
        found = np.eye(k)[0]
    return np.asarray(found)


def _spread(directions: Array, outcome: Array) -> float:
    """The residual size of the outcome by ordinary least squares. Raises Unestimable where nothing is left."""
    total = np.linalg.norm(outcome)
    rest = np.linalg.norm(outcome - directions @ (directions.T @ outcome))
    if total == 0.0:
        raise Unestimable("everybody has the same outcome")
    if rest <= 1e-9 * total:
        raise Unestimable("the covariates explain the outcome entirely: nothing varies around them")
    return float(rest)
