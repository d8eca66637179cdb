"""How probable change and functional status are in a group as a whole (Hageman and Arrindell 1999)."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from allay.content.schema.shape import Direction
from allay.science.change.cutoffs import reliability_of
from allay.science.change.reliable import sign
from allay.science.change.yardsticks import Sample, difference_reliability


@dataclass(frozen=True)
class GroupLevel:
    """Estimated shares of the group, between 0 and 1, were true scores normally distributed."""

    improved: float  # whose true change is towards better
    functional: float  # whose true score after lies on the functional side of the true cut-off


def group_level(sample: Sample, error: float, cutoff: float, better: Direction) -> GroupLevel:
    """Phi of the mean change, and of the mean's distance from the true cut-off, in SDs of true scores.

    `error` is the measurement error of one score. Raises ValueError where nothing of the variance is left after it.
    """
    changed = sqrt(sample.change_variance * difference_reliability(sample, error))
    after = sample.sd_after * sqrt(reliability_of(sample.sd_after, error))
    towards, phi = sign(better), NormalDist().cdf
    return GroupLevel(
        improved=phi(towards * (sample.mean_after - sample.mean_before) / changed),
        functional=phi(towards * (sample.mean_after - cutoff) / after),
    )
