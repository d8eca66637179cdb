"""The shapes of answers about missing data, ready for results.json. Everything is in points of the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from allay.science.evaluation.results import Estimate, NotEstimable

Raised = Literal["active", "all"]


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
    grid, or where there is nothing to tip; first: the first delta of the grid at which it has. says: that in words.
    """

    arm: str
    reference: str
    visit: str
    raised: Raised
    grid: list[Shifted]
    tips_at: float | None
    first: float | None
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
