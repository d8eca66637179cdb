"""What results.json says of people's change between arms."""

from __future__ import annotations

from dataclasses import dataclass

from allay.science.change import AnchorCategory, Method
from allay.science.evaluation.estimates import NotEstimable, PerScore, PerSlice
from allay.science.evaluation.results.proportions import NumberNeeded, ShareDifference


@dataclass(frozen=True)
class SharesCompared:
    """One kind of change: the arm's share less that of the reference arm, and the number needed that follows."""

    difference: ShareDifference | NotEstimable
    number_needed: NumberNeeded | NotEstimable


@dataclass(frozen=True)
class Span:
    """The smallest and the largest share that is possible."""

    low: float
    high: float


@dataclass(frozen=True)
class Unmeasured:
    """Shares of everybody in the arm, were all those who could not be judged of the one kind, or none of them.

    Nothing is assumed about them (Horowitz & Manski 2000, doi 10.1080/01621459.2000.10473902).
    """

    people: int
    not_judged: int
    improved: Span | NotEstimable
    worsened: Span | NotEstimable


@dataclass(frozen=True)
class Extremes:
    """An arm's share less that of the reference arm, of everybody.

    none: nobody who could not be judged is counted. worst and best: as unfavourable and as favourable to the arm as the
    missing people permit.
    """

    none: ShareDifference | NotEstimable
    worst: ShareDifference | NotEstimable
    best: ShareDifference | NotEstimable


@dataclass(frozen=True)
class MethodCounts:
    n: int
    improved: int
    unchanged: int
    worsened: int
    recovered: int | None
    harmed: int | None


@dataclass(frozen=True)
class OutcomeCompared:
    """kinds: improved, worsened and, where the plan asks, recovered, harmed, importantly improved and worsened.

    unmeasured_difference: by arm, then improved and worsened. methods: every method, whichever the plan takes.
    amount: a mean change or adjusted difference against the important amount, by arm; empty without an amount.
    """

    reference: str | None  # null: one arm, nothing to compare
    kinds: PerSlice[dict[str, SharesCompared]]
    unmeasured: PerSlice[Unmeasured]
    unmeasured_difference: PerSlice[dict[str, Extremes]]
    against_important: PerSlice[AnchorCategory | NotEstimable]
    methods: dict[Method, PerSlice[MethodCounts] | NotEstimable]


Compared = PerScore[OutcomeCompared | NotEstimable]
