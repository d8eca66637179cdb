"""The shapes of what mechanisms answer. Everything is in score points unless it says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from allay.science.evaluation.estimates import NotEstimable, PerScore, PerSlice

Method = Literal["full-information", "complete-cases"]


@dataclass(frozen=True)
class Interval:
    low: float
    high: float

    @property
    def excludes_nought(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Coefficient:
    """A regression coefficient. df is null where the interval is a normal one."""

    estimate: float
    se: float
    low: float
    high: float
    df: float | None
    p: float


@dataclass(frozen=True)
class Effect:
    """An effect that goes through a mediator, the product a b or a sum of such products, or past it.

    `interval` is the percentile bootstrap one, or the delta method's where no bootstrap was made.
    """

    estimate: float
    se: float  # delta method
    delta: Interval
    percentile: Interval | NotEstimable
    bca: Interval | NotEstimable

    @property
    def interval(self) -> Interval:
        return self.delta if isinstance(self.percentile, NotEstimable) else self.percentile


@dataclass(frozen=True)
class Proportion:
    """The indirect part of the total effect, with its percentile bootstrap interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class RhoPoint:
    """The indirect effect if the errors of mediator and outcome were correlated by rho."""

    rho: float
    indirect: float
    low: float | None  # percentile bootstrap interval; null where no bootstrap was made
    high: float | None


@dataclass(frozen=True)
class Sensitivity:
    """How much an unmeasured cause of both mediator and outcome would have to do.

    At a correlation `rho` of the errors the indirect effect is nought; `shared` = rho^2 is the product of the shares
    of what is left of mediator and outcome that the unmeasured cause would explain. `rho_interval`: the correlation
    nearest to nought at which the interval takes in nought (null: it does so already at nought). `e_value`: how
    strongly, as a risk ratio, it would have to go with both; `e_value_interval` the same for the nearer end.
    """

    rho: float
    shared: float
    rho_interval: float | None
    curve: list[RhoPoint]
    e_value: float
    e_value_interval: float  # 1: nothing is needed, the interval takes in nought as it is


@dataclass(frozen=True)
class Through:
    """The way through one mediator. a: arm to mediator. b: mediator to outcome, in outcome points per point."""

    mediator: str
    a: Coefficient
    b: Coefficient
    indirect: Effect
    sensitivity: Sensitivity | NotEstimable


@dataclass(frozen=True)
class Interaction:
    """Natural effects where the mediator may matter more in one arm than in the other.

    `without` and `with_arm`: the indirect effect if everybody had been in the reference arm, or in the arm; the
    direct effect at the mediator of the reference arm, or of the arm. Direct `without` + indirect `with_arm` = total.
    """

    interaction: Coefficient
    indirect_without: Effect
    indirect_with: Effect
    direct_without: Effect
    direct_with: Effect


@dataclass(frozen=True)
class Mediation:
    """One arm against the reference, through one or several mediators measured together."""

    method: Method
    n: int  # people of the arm who count
    n_reference: int
    left_out: int  # people of both arms who do not
    through: list[Through]
    direct: Coefficient
    total: Coefficient
    indirect: Effect  # through all mediators together
    proportion: Proportion | NotEstimable
    interaction: Interaction | NotEstimable
    randomised: bool
    confidence: float
    replicates: int  # bootstrap samples that were used
    cautions: list[str]


@dataclass(frozen=True)
class Lag:
    """From one score at a timepoint to another at the next, within people: points per point.

    `standardised`: in within-person standard deviations.
    """

    estimate: float
    se: float
    low: float
    high: float
    p: float
    standardised: float
    standardised_low: float
    standardised_high: float


@dataclass(frozen=True)
class LaggedOrder:
    """Which of two scores moves first within people. Association, never cause."""

    people: int
    pairs: int  # neighbouring timepoints of a person with both scores at both
    timepoints: list[str]
    mediator_first: Lag
    outcome_first: Lag
    mediator_carried: Lag
    outcome_carried: Lag
    stable_mediator: float  # share of the mediator's variance that is a steady difference between people
    stable_outcome: float
    stable_correlation: float | NotEstimable
    loglik: float
    confidence: float
    cautions: list[str]


# What a plan's mechanisms give


@dataclass(frozen=True)
class ArmMechanism:
    """One arm against the reference; the first is the one the report tells."""

    full_information: Mediation | NotEstimable
    complete_cases: Mediation | NotEstimable


@dataclass(frozen=True)
class Mechanism:
    """One question of the plan. arms: none where there is no arm to compare. order: by mediator's score."""

    outcome: str
    outcome_at: str
    mediators: list[str]
    mediator_at: str
    seed: int
    arms: PerSlice[ArmMechanism]
    order: PerScore[LaggedOrder | NotEstimable]
    cautions: list[str]


@dataclass(frozen=True)
class Mechanisms:
    """In the order of the plan."""

    asked: list[Mechanism]
