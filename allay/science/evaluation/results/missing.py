"""What results.json says of missing outcomes. Everything is in points of the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from allay.science.evaluation.estimates import Estimate, NotEstimable, PerScore

Kind = Literal["complete", "monotone", "intermittent", "never"]
Raised = Literal["active", "all"]
Verdict = Literal["tips", "not reached", "nothing to tip", "not estimable"]


@dataclass(frozen=True)
class Mean:
    """The mean of one arm at the average of the covariates, and its standard error."""

    arm: str
    estimate: float
    se: float


@dataclass(frozen=True)
class Pooled:
    """An estimate of several imputations (Rubin), and how much the imputing adds.

    within, between: variance within and between imputations; missing_information: its share; df_complete: the degrees
    of freedom that complete data would have had.
    """

    effect: Estimate
    imputations: int
    within: float
    between: float
    missing_information: float
    df_complete: float


@dataclass(frozen=True)
class Effect:
    """One arm less the reference at one visit."""

    arm: str
    reference: str
    visit: str
    effect: Estimate | NotEstimable
    means: list[Mean]  # of the reference and the arm; empty where the effect cannot be had
    imputing: Pooled | None = None  # of multiple imputation: what `effect` was pooled from


@dataclass(frozen=True)
class Assumption:
    """What one strategy finds at every visit; `name` says it in words."""

    strategy: str
    name: str
    effects: list[Effect]

    def at(self, visit: str, arm: str) -> Effect:
        return next(one for one in self.effects if (one.visit, one.arm) == (visit, arm))


@dataclass(frozen=True)
class Shifted:
    """The effect when every missing value of some arms is `delta` points away from what missing at random says."""

    delta: float
    effect: Estimate | NotEstimable


@dataclass(frozen=True)
class Tipping:
    """How far values that are missing would have to lie for the conclusion to change.

    raised: whose missing values move, those of all arms but the reference, or of all arms. grid: the effect at each
    delta. tips_at: the smallest delta, in size, at which the interval reaches nought, None where it does not within the
    grid, or where there is nothing to tip; first: the first delta of the grid at which it has. verdict: which of these
    it is; says: that in words.
    """

    arm: str
    reference: str
    visit: str
    raised: Raised
    grid: list[Shifted]
    tips_at: float | None
    first: float | None
    verdict: Verdict
    says: str


@dataclass(frozen=True)
class Sensitivity:
    """Analyses under several assumptions about missing values.

    method: how; target: the visit that the study is about; covariance: the structure of the imputation model;
    tipping: always by conditional means; notes: what to know about these data.
    """

    method: Literal["conditional-mean", "multiple-imputation"]
    target: str
    people: int
    covariance: str
    assumptions: list[Assumption]
    tipping: list[Tipping]
    notes: list[str]


@dataclass(frozen=True)
class PatternCount:
    """People measured at exactly these visits.

    complete: at all; monotone: at all up to one and none after it; intermittent: with a gap before the last one;
    never: at none.
    """

    measured_at: list[str]
    kind: Kind
    n: int


@dataclass(frozen=True)
class ArmMissingness:
    """One arm. Patterns come with the most frequent first; last_measured counts people by their last outcome.

    reasons: of those without an outcome at the last visit; empty where nobody asked.
    """

    people: int
    complete: int
    monotone: int
    intermittent: int
    never: int
    measured: dict[str, int]
    last_measured: dict[str, int]
    patterns: list[PatternCount]
    reasons: dict[str, int]


@dataclass(frozen=True)
class Missingness:
    """By arm, the reference first. left_out: people without an arm or a covariate."""

    visits: list[str]
    arms: dict[str, ArmMissingness]
    left_out: dict[str, int]


@dataclass(frozen=True)
class MissingScore:
    """One outcome. people: everybody in the table; missing: those without a score at the target."""

    people: int
    missing: int
    counts: Missingness
    sensitivity: Sensitivity | NotEstimable


@dataclass(frozen=True)
class Missing:
    """What the study would say had those who left fared otherwise.

    groups_ignored: people met in therapy groups; these analyses take each person as independent of the others.
    """

    method: Literal["conditional-mean", "multiple-imputation"]
    groups_ignored: bool
    scores: PerScore[MissingScore]
