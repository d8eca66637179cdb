"""What results.json says of differences of shares and of numbers needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["benefit", "harm"]


@dataclass(frozen=True)
class ShareDifference:
    """A share less that of the reference arm, between -1 and 1."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class NeededEnd:
    """So many people in the arm for one more of them to benefit, or to be harmed. Null: infinitely many."""

    direction: Direction
    people: float | None


@dataclass(frozen=True)
class NumberNeeded:
    """A number needed to benefit or to harm, and the ends of its interval, the most favourable first.

    through_infinity: the interval of the difference includes 0. It then runs from so many to benefit, up to
    infinitely many, and on to so many to harm (Altman 1998).
    """

    estimate: NeededEnd
    best: NeededEnd
    worst: NeededEnd
    through_infinity: bool
