"""What results.json says of the primary model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from allay.science.evaluation.estimates import Estimate, NotEstimable, PerScore, PerSlice, Standardised

Kind = Literal["clda", "mmrm"]


@dataclass(frozen=True)
class ModelMean:
    """A mean that the model expects, had everybody been measured and the arms been alike in the covariates."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class ModelDifference:
    """An arm less the reference arm at one timepoint."""

    reference: str
    difference: Estimate | NotEstimable
    standardised: Standardised | NotEstimable


@dataclass(frozen=True)
class JointTest:
    """All differences between arms at all timepoints at once."""

    f: float
    df: int
    df_denominator: float
    p: float


@dataclass(frozen=True)
class TherapyGroups:
    """Therapy groups of the arm that meets: their variance, and the intraclass correlation at each timepoint."""

    arm: str
    number: int
    variance: float
    intraclass_correlation: dict[str, float]


@dataclass(frozen=True)
class Rung:
    """One covariance structure that was tried, and why it was left, if it was."""

    covariance: str
    holds: bool
    reason: str


@dataclass(frozen=True)
class CertificateSummary:
    """Whether the fit is a maximum to be trusted: see docs/models.md."""

    holds: bool
    gradient: float
    decrement: float
    curvature: float
    room: float
    boundary: list[str]


@dataclass(frozen=True)
class MixedModel:
    """A mixed model for repeated measures of one score.

    means and changes are by arm (or "all") and timepoint, differences by arm other than the reference. Change is from
    the first timepoint.
    """

    kind: Kind
    people: int
    observations: int
    covariance: str
    requested_covariance: str
    tried: list[Rung]
    df_method: str
    standard_errors: str
    log_likelihood: float
    means: PerSlice[dict[str, ModelMean | NotEstimable]]
    changes: PerSlice[dict[str, Estimate | NotEstimable]]
    differences: PerSlice[dict[str, ModelDifference]]
    joint: JointTest | NotEstimable
    groups: TherapyGroups | None
    covariances: list[list[list[float]]]  # one matrix, or one for each arm
    certificate: CertificateSummary
    fingerprint: str  # SHA-256 of the sums that were fitted
    warnings: list[str]


@dataclass(frozen=True)
class Mixed:
    """The primary model of every score; NotEstimable says why there is none."""

    models: PerScore[MixedModel | NotEstimable]
