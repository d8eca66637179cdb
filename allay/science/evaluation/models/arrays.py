"""From NumPy arrays to a fit without a database: for simulation, where a trial of a hundred people lives a millisecond.

The sums are those of `gather`, taken in whole numbers on the same units, so that the summaries have the same
fingerprint as those of the same people in a table; all that follows is the same code. A table of one row per person
and visit goes to `mmrm` instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.errors import quoted
from allay.science.evaluation.models.compressed import Basis, compress
from allay.science.evaluation.models.design import Design, design
from allay.science.evaluation.models.errors import BadModel, Unestimable
from allay.science.evaluation.models.fit import Fit
from allay.science.evaluation.models.gather import feature_name, known_means
from allay.science.evaluation.models.mmrm import GRID_BITS, Gathered, Request, fitted
from allay.science.evaluation.models.profile import DECIMALS, Coding, coding
from allay.science.evaluation.models.sandwich import Block
from allay.science.evaluation.models.summaries import Cell, Entry, Header, Key, Summaries
from allay.science.evaluation.models.variables import Factor, Feature, Number, Variable
from allay.science.evaluation.results import NotEstimable

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
NARROW = 2**62  # sums of products below fit 64 bits


@dataclass(frozen=True)
class Arrays:
    """N people at T visits.

    y (N, T), NaN where not observed; numbers: covariates (N,); factors: for each its levels, the first the reference,
    and everybody's level by its place (N,); group (N,): therapy group from 0, or -1 for people who meet nobody.
    """

    visits: tuple[str, ...]
    y: Array
    numbers: Mapping[str, Array] = field(default_factory=dict)
    factors: Mapping[str, tuple[tuple[str, ...], Whole]] = field(default_factory=dict)
    group: Whole | None = None

    def seen(self) -> Arrays:
        """Without the people who have no outcome."""
        kept = ~np.isnan(self.y).all(axis=1)
        if kept.all():
            return self
        return Arrays(
            self.visits,
            self.y[kept],
            {name: values[kept] for name, values in self.numbers.items()},
            {name: (levels, places[kept]) for name, (levels, places) in self.factors.items()},
            self.group[kept] if self.group is not None else None,
        )


def fit_arrays(arrays: Arrays, request: Request) -> Fit | NotEstimable:
    """The fit of a request as `mmrm` would make it of the same people. Raises BadModel.

    Weights and products of two numeric covariates need a table.
    """
    try:
        return fitted(request, gathered(arrays.seen(), request))
    except Unestimable as fault:
        return NotEstimable(str(fault))


def gathered(arrays: Arrays, request: Request) -> Gathered:
    """The sums, and people one by one where sandwich standard errors need them."""
    if not len(arrays.y):
        raise Unestimable("nobody has an outcome")
    if request.group is None:
        arrays = replace(arrays, group=None)
    units = {name: _units(name, values) for name, values in arrays.numbers.items()}
    y = _units(request.formula.response, arrays.y)
    made = design(
        request.formula, _variables(arrays, request, units, y), len(arrays.visits), request.constrained
    )
    if made.moving or any(len(one.numbers) > 1 for one in made.steady) or request.weights:
        raise BadModel("weights, products of numbers and covariates that change over time need a table")
    pool = _Pool(arrays, made, units, y, *_covariance(arrays, request))
    summaries = pool.summaries()
    folded = compress(summaries, made)
    second = pool.blocks(folded.basis) if request.vcov != "model" else ()
    return Gathered(made, summaries, folded, known_means(made, summaries), second, ())


@dataclass(frozen=True)
class _Units:
    """Values in whole units: real = shift + units / scale; 0 where there is none."""

    values: npt.NDArray[np.int64]
    coding: Coding


def _units(name: str, values: Array) -> _Units:
    present = values[~np.isnan(values)]
    if not len(present):
        raise Unestimable(f"nobody has {quoted(name)}")
    found = coding(
        name, "", (float(present.min()), float(present.max())), _decimals(present), GRID_BITS, whole=False
    )
    filled = np.where(np.isnan(values), found.shift, values)
    scale = float(found.scale)
    if found.scale.denominator == 1 and found.bound < 2**31:
        return _Units(np.rint(filled * scale).astype(np.int64) - round(found.shift * scale), found)
    return _Units(np.rint((filled - found.shift) * scale).astype(np.int64), found)


def _decimals(present: Array) -> int | None:
    for places in range(DECIMALS + 1):
        if (np.rint(present * 10.0**places) / 10.0**places == present).all():
            return places
    return None


def _variables(
    arrays: Arrays, request: Request, units: Mapping[str, _Units], y: _Units
) -> dict[str, Variable]:
    found: dict[str, Variable] = {
        name: Number(name, one.coding.shift) for name, one in (*units.items(), (request.formula.response, y))
    }
    found |= {name: Factor(name, levels) for name, (levels, _) in arrays.factors.items()}
    found[request.visit] = Factor(request.visit, arrays.visits, tuple(range(len(arrays.visits))))
    unknown = next((name for name in request.formula.variables if name not in found), None)
    if unknown is not None:
        raise BadModel(f"formula: there is no {quoted(unknown)}")
    return found


def _covariance(arrays: Arrays, request: Request) -> tuple[tuple[str, ...], Whole]:
    if request.covariance_by is None:
        return (), np.zeros(len(arrays.y), dtype=np.int64)
    return arrays.factors[request.covariance_by]


@dataclass(frozen=True)
class _Pool:
    """People in whole units, on the way to sums."""

    arrays: Arrays
    design: Design
    numbers: Mapping[str, _Units]
    y: _Units
    covariances: tuple[str, ...]
    covariance: Whole

    def summaries(self) -> Summaries:
        """The same cells as `gather` finds."""
        values = np.column_stack([*(self._feature(one) for one in self.design.steady), self.y.values])
        header = self._header()
        largest = [max(1, int(np.abs(column).max())) for column in values.T]
        wide = max(largest) ** 2 * len(values) >= NARROW
        held = values.astype(object) if wide else values
        cells = [_cell(header, key, held[places]) for key, places in self._keys() if key.observed]
        return Summaries(header, tuple(sorted(cells, key=lambda cell: cell.key)))

    def blocks(self, basis: Basis) -> tuple[Block, ...]:
        """The rows in the basis of all who are in no therapy group, as `blocks` has them, in the arrays' order."""
        u = np.column_stack([self._feature(one) / float(self._scale(one)) for one in self.design.steady])
        shift = 0.0 if basis.absorbs else self.y.coding.shift
        y = (self.y.values / float(self.y.coding.scale) + shift) / basis.scale
        together: dict[tuple[tuple[int, ...], int], list[Whole]] = {}
        for key, places in self._keys():
            if key.group:
                continue
            together.setdefault((key.observed, key.covariance), []).append(places)
        made = []
        for (observed, covariance), parts in sorted(together.items(), key=lambda item: item[0]):
            places, seen = np.concatenate(parts), list(observed)
            x = np.stack([u[places] @ self.design.centred[visit] @ basis.turn for visit in seen], axis=1)
            made.append(Block(observed, covariance, x, y[places][:, seen], np.ones(len(places))))
        return tuple(made)

    def _keys(self) -> list[tuple[Key, Whole]]:
        """Each pattern, covariance group and therapy group that there is, with the places of its people."""
        visits, group = len(self.arrays.visits), self.arrays.group
        bits = ~np.isnan(self.arrays.y) @ (1 << np.arange(visits))
        inside = group if group is not None else np.full(len(bits), -1)
        codes = np.stack([bits, self.covariance, inside])
        found, which = np.unique(codes, axis=1, return_inverse=True)
        order = np.argsort(which, kind="stable")
        places = np.split(order, np.cumsum(np.bincount(which))[:-1])
        return [
            (Key(_seen(int(one[0]), visits), int(one[1]), f"group {one[2]}" if one[2] >= 0 else ""), place)
            for one, place in zip(found.T, places, strict=True)
        ]

    def _feature(self, feature: Feature) -> Whole:
        found = np.ones(len(self.arrays.y), dtype=np.int64)
        for name in feature.numbers:
            found = found * self.numbers[name].values
        for name, level in feature.levels:
            found = found * (self.arrays.factors[name][1] == level)
        return found

    def _scale(self, feature: Feature) -> Fraction:
        return self.numbers[feature.numbers[0]].coding.scale if feature.numbers else Fraction(1)

    def _header(self) -> Header:
        entries = [Entry(feature_name(one), None, self._scale(one)) for one in self.design.steady]
        entries += [Entry("y", visit, self.y.coding.scale) for visit in range(len(self.arrays.visits))]
        shifts = [(n, v.shift) for n, v in self.design.variables.items() if isinstance(v, Number)]
        return Header(
            self.arrays.visits,
            tuple(entries),
            (*sorted(shifts), ("y", self.y.coding.shift)),
            self.covariances,
        )


def _seen(bits: int, visits: int) -> tuple[int, ...]:
    return tuple(visit for visit in range(visits) if bits >> visit & 1)


def _cell(header: Header, key: Key, values: Whole) -> Cell:
    kept = values[:, header.present(key.observed)]
    sums = (kept.T @ kept)[np.triu_indices(kept.shape[1])]
    return Cell(key, len(kept), 0, tuple(sums.tolist()))
