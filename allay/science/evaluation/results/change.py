"""What results.json says of people's change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from allay.science.change import CutoffKind, Method, RelativeTo
from allay.science.evaluation.estimates import Share


@dataclass(frozen=True)
class ImportantCounts:
    """People who changed by at least the important amount (`worse`: that of getting worse), of `n` measured at both."""

    amount: float
    worse: float
    n: int
    improved: int
    unchanged: int
    worsened: int
    shares: dict[str, Share]


@dataclass(frozen=True)
class PercentageCounts:
    """People who changed by at least a part of their first score.

    not_computable: whose first score is 0, so that no part of it can be taken; they are not in the shares.
    """

    part: float
    improved: int
    unchanged: int
    worsened: int
    not_computable: int
    shares: dict[str, Share]


@dataclass(frozen=True)
class ChangeCounts:
    """People by reliable change. improved + unchanged + worsened = n.

    `recovered` are among the improved, `harmed` among the worsened: those who also crossed the cut-off. With method
    HLM, n counts those with at least three scores.
    """

    n: int
    improved: int
    unchanged: int
    worsened: int
    not_measured: int  # at both timepoints
    recovered: int | None  # null: the plan gives no cut-off
    harmed: int | None
    shares: dict[str, Share]  # empty when n is 0
    important: ImportantCounts | None  # null: the plan gives no important amount
    percentage: PercentageCounts | None  # null: the plan gives no percentage


@dataclass(frozen=True)
class TrueScores:
    """What functional status rests on in method HA: the mean after, the reliability after, and z (one-sided)."""

    mean_after: float
    reliability_after: float
    z: float


@dataclass(frozen=True)
class SlopeSummary:
    """The model behind method HLM. Slopes are change per unit of `times`."""

    times: list[float]
    people: int
    average_slope: float
    slope_sd: float
    residual_sd: float
    log_likelihood: float
    warnings: list[str]


@dataclass(frozen=True)
class ChangeMethod:
    """By what change was judged; the same for all arms.

    index = (last - (expected_slope * first + expected_intercept)) / error, judged against z; with HLM the deviation of
    a person's slope from the average one, in conditional SDs. relative_to: what "unchanged" is measured from.
    """

    method: Method
    relative_to: RelativeTo
    z: float
    reliability: float | None  # null: HLM has none
    reliability_post: float | None
    sd: float | None
    sd_source: Literal["plan", "baseline"] | None
    measurement_error: float | None
    sdiff: float | None  # standard error of the difference of two scores
    expected_intercept: float | None
    expected_slope: float | None
    error: float | None
    threshold: float | None  # a change must be further than this from the expected one to be reliable
    cutoff: float | None
    cutoff_kind: CutoffKind | None
    cutoffs: dict[str, float]  # every cut-off that the plan's populations permit
    clinical_source: Literal["plan", "baseline"] | None
    true_scores: TrueScores | None  # HA with a cut-off
    slopes: SlopeSummary | None  # HLM
