"""Summaries as a file, and a file of whoever sent it as summaries: everything in it is doubted.

Counts and sums must be such as people can have. What cannot be seen from here is a service that makes up sums which could
be true.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from allay.science.evaluation.errors import BadInput, one_line, quoted
from allay.science.evaluation.federated.site import Counts, Site, made_size
from allay.science.evaluation.models.design import Design
from allay.science.evaluation.models.summaries import Cell, Header, Key, Summaries, moments
from allay.science.evaluation.plan import ALL, Plan

FORMAT = 1
LARGEST_FILE = 30_000_000  # bytes
LARGEST_COUNT = 10**10
TOLERANCE = 1e-6  # of a correlation matrix that should have no negative eigenvalue


def site_text(site: Site) -> str:
    """The file of a site. The same summaries give the same text."""
    outcomes = {
        score: {
            "meaning": meaning(sums.header),
            "cells": [[cell.key.observed, cell.key.covariance, cell.n, cell.sums] for cell in sums.cells],
            "withheld": sums.withheld,
            "change": site.change.get(score),
        }
        for score, sums in site.sums.items()
    }
    whole = {"allay_summaries": FORMAT, "plan_sha256": site.plan_sha256, "outcomes": outcomes}
    return json.dumps(whole, ensure_ascii=False, indent=None, separators=(",", ":")) + "\n"


def meaning(header: Header) -> str:
    """SHA-256 of what the numbers mean: two services' sums may be added where it is the same."""
    return sha256(Summaries(header, ()).to_json().encode()).hexdigest()


def fingerprint(site: Site) -> str:
    """SHA-256 of a site's summaries, whatever the file is called."""
    return sha256(site_text(site).encode()).hexdigest()


def read_site(path: Path, plan: Plan, plan_sha256: str, asked: Mapping[str, tuple[Design, Header]]) -> Site:
    """A site's file. `asked`: the design and header of each outcome. Raises BadInput, naming the file."""
    name = str(path)
    found = _object(name, _loaded(path))
    if found.get("allay_summaries") != FORMAT:
        raise BadInput(name, "is no file of allay summaries, or one of another version")
    if found.get("plan_sha256") != plan_sha256:
        raise BadInput(name, "was made by another plan: services must use the same file, byte for byte")
    outcomes = _object(name, found.get("outcomes"))
    if set(outcomes) != set(asked):
        raise BadInput(name, "holds other outcomes than the plan")
    sums, change = {}, {}
    for number, score in enumerate(asked):
        part = _object(name, outcomes[score])
        doubt = _Doubt(name, score, plan, number, *asked[score])
        sums[score] = doubt.summaries(part)
        change[score] = doubt.change(part.get("change"))
    return Site(plan_sha256, sums, {score: one for score, one in change.items() if one is not None})


def _loaded(path: Path) -> Any:
    try:
        if path.exists() and not path.is_file():
            raise BadInput(str(path), "is not a file")
        if path.stat().st_size > LARGEST_FILE:
            raise BadInput(str(path), f"is larger than summaries can be ({LARGEST_FILE // 10**6} MB)")
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(str(path), f"cannot be read: {error.strerror}") from None
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_no_number, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise BadInput(str(path), "is not JSON, or is nested too deeply") from None


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _object(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadInput(name, "is no file of allay summaries")
    return value


class _Doubt:
    """Reads one outcome's part and believes nothing."""

    def __init__(self, name: str, score: str, plan: Plan, number: int, made: Design, header: Header) -> None:
        self.name, self.score, self.plan, self.number = name, score, plan, number
        self.made, self.header = made, header

    def refuse(self, reason: str) -> NoReturn:
        raise BadInput(self.name, f"{quoted(self.score)}: {one_line(reason, 200)}")

    def summaries(self, part: dict[str, Any]) -> Summaries:
        if part.get("meaning") != meaning(self.header):
            self.refuse("its sums are of other ranges, arms or timepoints than the plan's")
        if not isinstance(part.get("cells"), list):
            self.refuse("there are no cells")
        cells = [self.cell(one) for one in part["cells"]]
        keys = [cell.key for cell in cells]
        if keys != sorted(set(keys)):
            self.refuse("a pattern stands twice, or they are not in order")
        return Summaries(self.header, tuple(cells), self.count(part.get("withheld")))

    def count(self, value: Any) -> int:
        if type(value) is not int or not 0 <= value <= LARGEST_COUNT:
            self.refuse("a count is no count")
        return value

    def cell(self, given: Any) -> Cell:
        if not isinstance(given, list) or len(given) != 4 or not isinstance(given[0], list):
            self.refuse("a cell has another shape")
        observed, arm, n, sums = given
        visits = [self.count(visit) for visit in observed]
        if not visits or visits != sorted(set(visits)) or visits[-1] >= len(self.header.visits):
            self.refuse("a pattern names timepoints that are not there")
        if self.count(arm) >= max(1, len(self.header.covariance_groups)):
            self.refuse("a cell is of no arm")
        if self.count(n) < self.plan.federated.fewest:
            self.refuse(
                f"a cell holds {n} people; fewer than {self.plan.federated.fewest} are never handed on"
            )
        size = len(self.header.present(tuple(visits)))
        if not isinstance(sums, list) or len(sums) != size * (size + 1) // 2:
            self.refuse("a cell has another number of sums")
        if any(type(one) is not int or abs(one) >= 2**126 for one in sums):
            self.refuse("a sum is no whole number")
        cell = Cell(Key(tuple(visits), arm), n, 0, tuple(sums))
        for reason in self.impossible(cell):
            self.refuse(reason)
        return cell

    def impossible(self, cell: Cell) -> Iterator[str]:
        """Why no people can have these sums."""
        matrix = _matrix(cell)
        first, squares = matrix[0], np.diag(matrix)
        if matrix[0, 0] != cell.n:
            yield "the constant does not add up to the people"
        if any((square - total) % 2 for square, total in zip(squares, first, strict=True)):
            yield "a sum of squares is odd where its sum is even, or the reverse"
        if any(square * cell.n < total * total for square, total in zip(squares, first, strict=True)):
            yield "a sum of squares is smaller than its sum allows"
        for place, feature in enumerate(self.made.steady):
            if feature.levels and not feature.numbers and not 0 <= first[place] == squares[place] <= cell.n:
                yield "a category holds more people than there are"
            if [name for name, _ in feature.levels] == ["arm"] and not feature.numbers:
                mine = feature.levels[0][1] == cell.key.covariance
                if first[place] != (cell.n if mine else 0):
                    yield "people of one arm stand in another"
        if any(abs(total) > cell.n * most for total, most in zip(first, self.most(cell), strict=True)):
            yield "a sum lies outside the agreed range"
        if not _possible(self.header, cell):
            yield "the sums are those of no people: not a matrix of cross-products"

    def most(self, cell: Cell) -> list[int]:
        """The largest absolute value of each entry, in its units; of a product of numbers what 44 bits hold."""
        outcome = self.plan.outcomes[self.number].range
        assert outcome is not None
        span = int((outcome.max - outcome.min) * 10**outcome.decimals) // 2 + 2
        found = []
        for place in self.header.present(cell.key.observed):
            entry = self.header.entries[place]
            found.append(span if entry.name == "y" else 2**45)
        return found

    def change(self, given: Any) -> dict[str, Counts | None] | None:
        if given is None:
            return None
        arms = self.plan.study.arms or (ALL,)
        if not isinstance(given, dict) or set(given) != set(arms):
            self.refuse("change is counted for other arms")
        return {arm: self.counts(given[arm]) for arm in arms}

    def counts(self, given: Any) -> Counts | None:
        if given is None:
            return None
        if not isinstance(given, list) or len(given) != 3:
            self.refuse("change has other counts")
        improved, unchanged, worsened = (self.count(one) for one in given)
        if any(0 < one < self.plan.federated.fewest for one in (improved, unchanged, worsened)):
            self.refuse("a count of change is smaller than may be handed on")
        return improved, unchanged, worsened


def _matrix(cell: Cell) -> Any:
    """(d, d) whole numbers of any size."""
    size = made_size(cell)
    matrix = np.zeros((size, size), dtype=object)
    upper = np.triu_indices(size)
    matrix[upper] = np.array(cell.sums, dtype=object)
    matrix.T[upper] = matrix[upper]
    return matrix


def _possible(header: Header, cell: Cell) -> bool:
    """Whether the centred cross-products can be of real numbers: no negative eigenvalue, up to rounding."""
    _, _, centred = moments(header, cell)
    spread = np.sqrt(np.clip(np.diag(centred), 0, None))
    moving = spread > 0
    if not np.isfinite(centred).all():
        return False
    if np.abs(centred[~moving]).max(initial=0.0) > TOLERANCE * max(1.0, float(spread.max(initial=0.0))):
        return False
    scaled = centred[np.ix_(moving, moving)] / np.outer(spread[moving], spread[moving])
    return bool(np.linalg.eigvalsh(scaled).min(initial=0.0) >= -TOLERANCE)
