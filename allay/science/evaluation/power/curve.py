"""The answer as a curve: how often trials of each size find the effect, with the uncertainty of the simulation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from allay.science.evaluation.estimates import NotEstimable, Share
from allay.science.evaluation.intervals import wilson
from allay.science.evaluation.power.closed_form import formula_power
from allay.science.evaluation.power.enrolment import Enrolment, enrolment
from allay.science.evaluation.power.planned import Planned
from allay.science.evaluation.power.replicates import Replicates, batches, simulate

MOST_REPLICATES = 1_000_000
SURE = 0.95  # of the intervals for the simulation's own uncertainty


@dataclass(frozen=True)
class Point:
    """One size. power: the share of trials whose test says that the arms differ, in either direction.

    by_formula: what the textbook says if nobody left, for comparison. coverage: the share of intervals that hold the
    true difference. bias, se, df: mean error, root mean square standard error, median df. finished: the mean share of
    the compared arm still there at the target. no_groups: the share of trials that saw no variance between groups.
    not_answered: trials without an estimate; they count as not finding it. reasons: why, and how often.
    """

    people: tuple[int, ...]
    groups: int
    power: Share
    by_formula: float | None
    coverage: Share | NotEstimable
    bias: float | None
    se: float | None
    df: float | None
    finished: float
    no_groups: float | None
    not_answered: int
    reasons: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.people)


@dataclass(frozen=True)
class PowerResult:
    """The whole answer. wanted: the power aimed at; enough: the first size from which on all reach it, or None."""

    arms: tuple[str, ...]
    compared: str
    target: str
    effect: float
    sd: float
    level: float
    wanted: float
    replicates: int
    seed: int
    points: tuple[Point, ...]
    enough: Point | None
    enrolment: Enrolment | None
    notes: tuple[str, ...]


def power(
    planned: Planned,
    *,
    replicates: int = 1000,
    seed: int = 1,
    processes: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> PowerResult:
    """Simulates every size. progress(done, of all trials). Raises ValueError for no replicates or processes."""
    if not 1 <= replicates <= MOST_REPLICATES:
        raise ValueError(f"replicates: between 1 and {MOST_REPLICATES} trials of each size")
    if processes < 1:
        raise ValueError("processes: at least one")
    if seed < 0:
        raise ValueError("seed: a whole number from 0")
    sizes = tuple(dict.fromkeys(planned.sizes))
    pieces = [
        piece
        for size in sizes
        for piece in batches(planned.trial, planned.analysis, size, seed=seed, replicates=replicates)
    ]
    done = 0

    def on(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress(done, replicates * len(sizes))

    found = simulate(pieces, processes=processes, progress=on)
    points = tuple(point(planned, one) for one in found)
    target = planned.analysis.target
    return PowerResult(
        planned.trial.arms,
        planned.trial.arms[planned.analysis.compared],
        planned.trial.visits[target],
        planned.effect,
        float(planned.trial.sd[target]),
        1 - planned.analysis.confidence,
        planned.power.wanted,
        replicates,
        seed,
        points,
        _enough(points, planned.power.wanted) if planned.effect else None,
        enrolment(planned, seed=seed) if planned.power.finish else None,
        planned.notes,
    )


def point(planned: Planned, found: Replicates) -> Point:
    """What the trials of one size say."""
    columns, answered = found.columns, found.answered
    n = int(answered.sum())
    significant = int((columns["p"][answered] < 1 - planned.analysis.confidence).sum())
    held = (columns["low"] <= planned.effect) & (planned.effect <= columns["high"])
    degrees = float(np.median(columns["df"][answered])) if n else None
    return Point(
        found.size.people,
        found.size.groups,
        wilson(significant, found.number, SURE),
        formula_power(planned.trial, planned.analysis, found.size),
        wilson(int(held[answered].sum()), n, SURE) if n else NotEstimable("no trial gave an estimate"),
        float(columns["estimate"][answered].mean() - planned.effect) if n else None,
        float(np.sqrt((columns["se"][answered] ** 2).mean())) if n else None,
        degrees if degrees is not None and np.isfinite(degrees) else None,
        float(columns["finished"].mean()),
        float((columns["between"][answered] <= 0).mean()) if n and planned.analysis.grouped else None,
        found.number - n,
        dict(sorted(found.reasons.items())),
    )


def _enough(points: tuple[Point, ...], wanted: float) -> Point | None:
    """In the order of size, the first after which none falls short."""
    ordered = sorted(points, key=lambda one: one.total)
    short = [place for place, one in enumerate(ordered) if one.power.estimate < wanted]
    first = short[-1] + 1 if short else 0
    return ordered[first] if first < len(ordered) else None
