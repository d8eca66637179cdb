"""Sufficient statistics of a trial: for each missingness pattern a count and one matrix of cross-products.

With u the features of a person (a 1 among them) and y the outcomes at the pattern's visits o, a cell holds

    n,   U = sum over people of  w [u; y_o] [u; y_o]'            in whole numbers, exactly

Everything a mixed model needs follows from these (Dempster, Rubin & Tsutakawa, JASA 1981; 76: 341-353). They add up:
the cells of two services, added, are the cells of both, to the last bit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from hashlib import sha256

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.models.errors import BadModel

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Entry:
    """One element of [u; y]: a feature, at a visit or at all of them. value = units / scale."""

    name: str
    visit: int | None
    scale: Fraction


@dataclass(frozen=True)
class Header:
    """What the numbers of the cells mean. Cells may be added only under the same header."""

    visits: tuple[str, ...]
    entries: tuple[Entry, ...]
    shifts: tuple[tuple[str, float], ...]
    covariance_groups: tuple[str, ...]
    weight_scale: Fraction = Fraction(1)

    def present(self, observed: tuple[int, ...]) -> list[int]:
        """The entries that a pattern has."""
        return [
            place
            for place, entry in enumerate(self.entries)
            if entry.visit is None or entry.visit in observed
        ]


@dataclass(frozen=True, order=True)
class Key:
    """Which people a cell holds: their observed visits, covariance group and therapy group ("" for none)."""

    observed: tuple[int, ...]
    covariance: int = 0
    group: str = ""


@dataclass(frozen=True)
class Cell:
    """`sums`: the upper triangle, row by row, of the cross-products of the present entries."""

    key: Key
    n: int
    log_weights: int  # in units of 2^-40
    sums: tuple[int, ...]

    def __add__(self, other: Cell) -> Cell:
        sums = tuple(mine + theirs for mine, theirs in zip(self.sums, other.sums, strict=True))
        return Cell(self.key, self.n + other.n, self.log_weights + other.log_weights, sums)


@dataclass(frozen=True)
class Summaries:
    """All cells in the order of their keys. `withheld` people stood in cells too small to hand on."""

    header: Header
    cells: tuple[Cell, ...]
    withheld: int = 0

    def __add__(self, other: Summaries) -> Summaries:
        """The summaries of both. Raises BadModel when they do not mean the same."""
        if self.header != other.header:
            raise BadModel("summaries of different questions or ranges cannot be added")
        cells = {cell.key: cell for cell in self.cells}
        for cell in other.cells:
            cells[cell.key] = cells[cell.key] + cell if cell.key in cells else cell
        ordered = tuple(cells[key] for key in sorted(cells))
        return Summaries(self.header, ordered, self.withheld + other.withheld)

    def without_rare(self, fewest: int = 5) -> Summaries:
        """For handing on: cells of fewer than `fewest` people are left out, and their people counted."""
        kept = tuple(cell for cell in self.cells if cell.n >= fewest)
        people = sum(cell.n for cell in self.cells) - sum(cell.n for cell in kept)
        return replace(self, cells=kept, withheld=self.withheld + people)

    @property
    def people(self) -> int:
        return sum(cell.n for cell in self.cells)

    @property
    def observations(self) -> int:
        return sum(cell.n * len(cell.key.observed) for cell in self.cells)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the summaries: the same on any number of threads and in any order of rows."""
        return sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        header = {
            "visits": self.header.visits,
            "entries": [[entry.name, entry.visit, str(entry.scale)] for entry in self.header.entries],
            "shifts": [[name, shift.hex()] for name, shift in self.header.shifts],
            "covariance_groups": self.header.covariance_groups,
            "weight_scale": str(self.header.weight_scale),
        }
        cells = [
            [cell.key.observed, cell.key.covariance, cell.key.group, cell.n, cell.log_weights, cell.sums]
            for cell in self.cells
        ]
        return json.dumps(
            {"header": header, "cells": cells, "withheld": self.withheld}, separators=(",", ":")
        )


def from_json(text: str) -> Summaries:
    """Reads what `to_json` wrote. Raises BadModel for anything else."""
    try:
        found = json.loads(text)
        header = found["header"]
        entries = tuple(Entry(name, visit, Fraction(scale)) for name, visit, scale in header["entries"])
        shifts = tuple((str(name), float.fromhex(shift)) for name, shift in header["shifts"])
        described = Header(
            tuple(header["visits"]),
            entries,
            shifts,
            tuple(header["covariance_groups"]),
            Fraction(header["weight_scale"]),
        )
        cells = tuple(
            Cell(Key(tuple(observed), covariance, group), n, logs, tuple(sums))
            for observed, covariance, group, n, logs, sums in found["cells"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadModel(f"this is no file of summaries ({type(error).__name__})") from None
    return Summaries(described, cells, int(found["withheld"]))


def moments(header: Header, cell: Cell) -> tuple[float, Array, Array]:
    """Total weight, mean and centred cross-products of a cell's present entries, in real units.

    The mean is taken out in whole numbers, so nothing is lost however far from zero the values lie.
    The entry 0 is the constant. Shapes: (), (d,), (d, d).
    """
    inverse = np.array(
        [1 / float(header.entries[place].scale) for place in header.present(cell.key.observed)]
    )
    size, total = len(inverse), cell.sums[0]
    first = np.array(cell.sums[:size], dtype=object)
    mean = np.asarray(first / total, dtype=float) * inverse
    centred = np.zeros((size, size))
    if cell.n > 1:
        upper = np.triu_indices(size)
        exact = np.array(cell.sums, dtype=object) * total - (first[upper[0]] * first[upper[1]])
        centred[upper] = np.asarray(exact / total, dtype=float) * inverse[upper[0]] * inverse[upper[1]]
        centred = (centred + np.triu(centred, 1).T) / float(header.weight_scale)
    return float(Fraction(total) / header.weight_scale), mean, centred
