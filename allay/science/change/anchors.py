"""What a mean change or difference and its interval say about the smallest amount that matters to people."""

from __future__ import annotations

from typing import Literal

from allay.content.schema.shape import Direction
from allay.science.change.reliable import sign

AnchorCategory = Literal[
    "not significant", "not relevant", "not shown beyond the amount", "probably relevant", "large"
]


def against_amount(
    estimate: float, low: float, high: float, amount: float, better: Direction
) -> AnchorCategory:
    """How an effect with its interval compares with the important amount (above 0), towards better.

    not significant: the interval includes 0. not relevant: it lies wholly short of the amount, or on the side of
    worse. not shown beyond the amount: it includes the amount, and the estimate falls short of it. probably relevant:
    it includes the amount, and the estimate reaches it. large: it lies wholly beyond.
    """
    towards = sign(better)
    gain = towards * estimate
    worst, best = sorted((towards * low, towards * high))
    if worst <= 0 <= best:
        return "not significant"
    if best < amount:
        return "not relevant"
    if worst > amount:
        return "large"
    return "probably relevant" if gain >= amount else "not shown beyond the amount"
