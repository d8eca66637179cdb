"""How many must start so that enough finish: "start 13 to finish 8".

Exactly, each of n people finishes independently with the same probability (binomial); by simulation, with what the
plan says about who leaves, people of a group being alike and the programme helping some to stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from allay.science.evaluation.estimates import NotEstimable, Share
from allay.science.evaluation.intervals import wilson
from allay.science.evaluation.power.trial import Drawing, Size

if TYPE_CHECKING:
    from allay.science.evaluation.power.planned import Planned

MOST = 2000
GROUPS = 4000  # simulated for each number that starts
SURE = 0.95


@dataclass(frozen=True)
class Enrolment:
    """Of one therapy group: `start` people so that at least `needed` finish with `probability`.

    finishing: the chance of one person. exactly: the probability reached with `start` by the binomial distribution.
    simulated: the smallest number that reaches it in simulated groups, with the share of these (`reached`).
    """

    needed: int
    probability: float
    finishing: float
    start: int | NotEstimable
    exactly: float | None
    simulated: int | NotEstimable
    reached: Share | None


def enough_finish(start: int, needed: int, finishing: float) -> float:
    """P(at least `needed` of `start` finish), binomial."""
    from scipy.special import bdtrc

    return float(bdtrc(needed - 1, start, finishing)) if start >= needed else 0.0


def smallest_start(needed: int, finishing: float, probability: float) -> int | NotEstimable:
    """The smallest number to start with, exactly."""
    for start in range(needed, MOST + 1):
        if enough_finish(start, needed, finishing) >= probability:
            return start
    return NotEstimable(f"not even {MOST} people are enough")


def enrolment(planned: Planned, *, seed: int) -> Enrolment:
    """By the binomial distribution and by simulation, for the arm that is compared."""
    finish = planned.power.finish
    assert finish is not None
    finishing = float(planned.trial.finishing()[planned.analysis.target])
    start = smallest_start(finish.needed, finishing, finish.probability)
    exactly = enough_finish(start, finish.needed, finishing) if isinstance(start, int) else None
    near = start if isinstance(start, int) else MOST
    simulated: int | NotEstimable = NotEstimable("no number near the exact one is enough in simulated groups")
    reached = None
    for number, share in _shares(planned, finish.needed, near, seed):
        if share.estimate >= finish.probability:
            simulated, reached = number, share
            break
    return Enrolment(finish.needed, finish.probability, finishing, start, exactly, simulated, reached)


def _shares(planned: Planned, needed: int, near: int, seed: int) -> Iterator[tuple[int, Share]]:
    """For numbers from a little below the exact one on, the share of groups of which enough finish."""
    for number in range(max(needed, near - max(3, near // 5)), min(MOST, near + max(6, near // 2)) + 1):
        yield number, wilson(_finished(planned, needed, number, seed), GROUPS, SURE)


def _finished(planned: Planned, needed: int, number: int, seed: int) -> int:
    """In how many of the simulated groups of `number` people enough finish."""
    analysis, trial = planned.analysis, planned.trial
    arms = [0] * len(trial.arms)
    arms[analysis.compared] = number * GROUPS
    groups = GROUPS if trial.meets == analysis.compared else 0
    drawing = Drawing(trial, Size(tuple(arms), groups))
    drawn = drawing.draw(np.random.default_rng([seed, number]))
    group = drawn.group if groups else np.arange(number * GROUPS) % GROUPS
    stayed = drawn.stayed[:, analysis.target]
    return int((np.bincount(group[stayed], minlength=GROUPS) >= needed).sum())
