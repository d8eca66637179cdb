"""What results.json says of harms and of completing."""

from __future__ import annotations

from dataclasses import dataclass

from allay.science.evaluation.estimates import NotEstimable, PerScore, PerSlice, Share
from allay.science.evaluation.results.proportions import NumberNeeded, ShareDifference


@dataclass(frozen=True)
class Struck:
    """One arm. with_event of `known` people; share with its exact interval (Clopper & Pearson 1934).

    unknown: of whom nothing is known. partly_known: who had no event, but were not asked at every timepoint.
    events: the values added up, where they are numbers of events.
    """

    people: int
    known: int
    unknown: int
    partly_known: int
    with_event: int
    share: Share | NotEstimable
    events: float | None


@dataclass(frozen=True)
class RiskCompared:
    """The arm's share less that of the reference arm, with Newcombe's (1998) interval, and the number needed."""

    difference: ShareDifference | NotEstimable
    number_needed: NumberNeeded | NotEstimable


@dataclass(frozen=True)
class HarmCounts:
    label: str
    source: str  # the score or column
    event: str
    timepoints: list[str]  # empty for a column
    arms: PerSlice[Struck]
    compared: PerSlice[RiskCompared]  # one for each arm but the reference


@dataclass(frozen=True)
class Worse:
    """People who ended worse than they began: reliably, and by an important amount (null: the plan gives none)."""

    n: int
    reliably: int | None  # null: cannot be judged, or judged against the average change
    reliably_share: Share | NotEstimable
    importantly: int | None
    importantly_share: Share | NotEstimable


@dataclass(frozen=True)
class Completed:
    """One arm. unknown: whose attendance is blank. reasons: why those who did not complete stopped, as written."""

    people: int
    completed: int
    unknown: int
    share: Share | NotEstimable  # of those known; exact interval
    reasons: dict[str, int]
    no_reason: int


@dataclass(frozen=True)
class CompletionCounts:
    """label: what completing means. by: the column it was read from; null: measured at the last timepoint."""

    label: str
    by: str | None
    at_least: float | None
    reasons_asked: bool
    arms: PerSlice[Completed]
    compared: PerSlice[ShareDifference | NotEstimable]  # one for each arm but the reference


@dataclass(frozen=True)
class Harms:
    """asked: the plan names at least one harm."""

    asked: bool
    harms: list[HarmCounts]
    worse: PerScore[PerSlice[Worse]]
    completion: CompletionCounts
