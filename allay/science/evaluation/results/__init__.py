"""The shapes of results.json. docs/results.schema.json is made from them (see `schema`).

Everything is in score points unless it says otherwise. Changes are last minus first timepoint, so that a
fall is negative whatever the direction of the scale; "improved" and "worsened" know the direction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from allay.content.schema.shape import Direction
from allay.science.diary.shapes import Diary
from allay.science.evaluation.estimates import Estimate as Estimate
from allay.science.evaluation.estimates import NotEstimable as NotEstimable
from allay.science.evaluation.estimates import PerScore as PerScore
from allay.science.evaluation.estimates import PerSlice as PerSlice
from allay.science.evaluation.estimates import Share as Share
from allay.science.evaluation.estimates import Standardised as Standardised
from allay.science.evaluation.flow import Flow
from allay.science.evaluation.meeting import Meeting
from allay.science.evaluation.multiplicity import Multiple
from allay.science.evaluation.plan.lock import Locked
from allay.science.evaluation.results.change import ChangeCounts as ChangeCounts
from allay.science.evaluation.results.change import ChangeMethod as ChangeMethod
from allay.science.evaluation.results.change import ImportantCounts as ImportantCounts
from allay.science.evaluation.results.compared import Compared
from allay.science.evaluation.results.harms import Harms
from allay.science.evaluation.results.mechanisms import Mechanisms
from allay.science.evaluation.results.missing import Missing
from allay.science.evaluation.results.mixed import Mixed
from allay.science.evaluation.simulation import Simulation

FORMAT: Literal[1] = 1  # grows when a reader of results.json would have to change


@dataclass(frozen=True)
class Data:
    """Where the table came from."""

    name: str
    sha256: str
    format: str
    encoding: str


@dataclass(frozen=True)
class PlanSource:
    name: str
    sha256: str


@dataclass(frozen=True)
class Provenance:
    """From what, by what and when these results were made; the time is passed in by the caller."""

    evaluated_at: str
    data: Data
    plan: PlanSource
    versions: dict[str, str]
    code_sha256: str = ""  # of everything in allay.science
    lock: Locked | None = None  # null: the plan was not locked before


@dataclass(frozen=True)
class OutcomeSummary:
    score: str
    label: str
    better: Direction
    primary: bool


@dataclass(frozen=True)
class StudySummary:
    """What was asked. Change is from `first` to `last`; the first arm listed is the reference."""

    title: str
    estimand: dict[str, str]  # in the plan's words; empty ones left out
    design: Literal["randomised", "comparison", "single-group"]
    arms: list[str]
    timepoints: list[str]
    first: str
    last: str
    confidence: float
    outcomes: list[OutcomeSummary]


@dataclass(frozen=True)
class PeopleCounts:
    """Everybody in the table, by arm; those in arms that the plan does not list were left out."""

    by_arm: PerSlice[int]
    in_other_arms: int
    rows_at_other_timepoints: int


@dataclass(frozen=True)
class Description:
    """One score at one timepoint. Null: fewer people were measured than the number needs (1; for sd and the interval 2)."""

    n: int
    missing: int
    mean: float | None
    mean_low: float | None  # t interval of the mean
    mean_high: float | None
    sd: float | None
    median: float | None
    q1: float | None
    q3: float | None
    min: float | None
    max: float | None


@dataclass(frozen=True)
class Pattern:
    """How many people were measured at exactly these timepoints."""

    measured_at: list[str]
    n: int


@dataclass(frozen=True)
class Completeness:
    """Of everybody in the table (`expected`), how many were measured at each timepoint (`measured`)."""

    expected: int
    measured: dict[str, int]
    share: dict[str, float]
    patterns: list[Pattern]
    people_with_other_patterns: int  # beyond the most frequent ones listed


@dataclass(frozen=True)
class WithinChange:
    """Change of those measured at both timepoints."""

    n: int
    first_mean: float
    first_sd: float
    last_mean: float
    last_sd: float
    sd: float  # of the changes
    correlation: float | NotEstimable  # of first and last scores
    change: Estimate | NotEstimable
    standardised: Standardised | NotEstimable


@dataclass(frozen=True)
class BetweenChange:
    """Difference of an arm's change from the reference arm's. The adjusted one is primary."""

    reference: str
    n: int
    n_reference: int
    adjusted: Estimate | NotEstimable
    adjusted_standardised: Standardised | NotEstimable
    unadjusted: Estimate | NotEstimable
    unadjusted_standardised: Standardised | NotEstimable


@dataclass(frozen=True)
class Results:
    """Everything that `allay evaluate` found. The report says nothing that is not in here."""

    format: Literal[1]
    study: StudySummary
    people: PeopleCounts
    description: PerScore[PerSlice[dict[str, Description]]]  # the innermost key is the timepoint
    completeness: PerScore[PerSlice[Completeness]]
    within: PerScore[PerSlice[WithinChange | NotEstimable]]
    between: PerScore[PerSlice[BetweenChange]]  # one entry for each arm but the reference
    change: PerScore[PerSlice[ChangeCounts | NotEstimable]]
    change_method: PerScore[ChangeMethod | NotEstimable]
    flow: Flow
    meeting: Meeting
    mixed: Mixed | None  # null: the plan asks for the analysis of covariance alone
    multiplicity: Multiple | None
    diary: Diary | NotEstimable | None  # null: the plan does not ask for one
    compared: Compared
    harms: Harms
    mechanisms: Mechanisms | None  # null: the plan asks for none
    missing: Missing | None  # null: the plan does not ask
    simulation: Simulation | None  # null: no mixed model compares arms
    methods: dict[str, str]
    notes: list[str]
    plan: dict[str, Any]
    provenance: Provenance

    def as_dict(self) -> Mapping[str, Any]:
        return asdict(self)
