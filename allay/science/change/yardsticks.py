"""Seven ways to say when a change is more than measurement error. Each but the last judges

    index = (after - expected) / error,   expected = intercept + slope * before,

and calls a change reliable where the index lies strictly beyond z on either side. With M, S mean and SD before (1)
and after (2), r the reliability, e = S1 sqrt(1 - r) the measurement error:

JT   Jacobson & Truax 1991        expected = before                                 error = e sqrt(2)
GLN  Gulliksen, Lord & Novick     expected = M1 + r (before - M1)                   error = S1 sqrt(1 - r^2)
HLL  Hsu, Linn & Lord             expected = M2 + r (before - M1)                   error = S1 sqrt(1 - r^2)
EN   Edwards & Nunnally           expected = M1 + r (before - M1)                   error = e
NK   Nunnally & Kotsch            expected = M1 + r (before - M1)     error = S1 sqrt(r^2 (1 - r) + 1 - r_after)
HA   Hageman & Arrindell 1999     expected = before - (M2 - M1) (1 - R) / R         error = e sqrt(2 / R),
                                  R = 1 - 2 e^2 / var(change), the reliability of the changes; z one-sided

HLM, the seventh, judges a person's slope over time against the average slope: `allay.science.evaluation.slopes`.

GLN, EN and NK expect extreme scores to have drifted towards the group's mean. HLL and HLM are relative to the average
change of the group: who changes as everybody does is "unchanged", however far everybody went. They never say how many
people got better, and must not be shown to a person about their own score.

NK is written with S1 in both terms, as the R package clinicalsignificance computes it; the literature also knows S2 in
the second. Compared by Bauer, Lambert & Nielsen 2004 (doi 10.1207/s15327752jpa8201_11).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

from allay.content.schema.shape import Direction
from allay.science.change.cutoffs import reliability_of
from allay.science.change.reliable import Z_ONE_SIDED, Z, measurement_error, sign

Reliable = Literal["improved", "unchanged", "worsened"]
LinearMethod = Literal["JT", "GLN", "HLL", "EN", "NK", "HA"]
Method = Literal["JT", "GLN", "HLL", "EN", "NK", "HA", "HLM"]
METHODS: tuple[Method, ...] = ("JT", "GLN", "HLL", "EN", "NK", "HA", "HLM")
RelativeTo = Literal["own start", "average change", "average slope"]


@dataclass(frozen=True)
class Sample:
    """Everybody measured before and after: means, SDs and the correlation of the two scores."""

    mean_before: float
    sd_before: float
    mean_after: float
    sd_after: float
    correlation: float

    @property
    def change_variance(self) -> float:
        joint = 2 * self.sd_before * self.sd_after * self.correlation
        return self.sd_before**2 + self.sd_after**2 - joint


@dataclass(frozen=True)
class Yardstick:
    """By what a change is judged: see the module. Score points, but for the slope and z."""

    method: LinearMethod
    intercept: float
    slope: float
    error: float
    z: float

    @property
    def threshold(self) -> float:
        """How far from the expected score is not yet reliable."""
        return self.z * self.error

    def index(self, before: float, after: float) -> float:
        """Its sign is that of the raw change."""
        return (after - self.slope * before - self.intercept) / self.error

    def verdict(self, before: float, after: float, better: Direction) -> Reliable:
        return verdict(sign(better) * self.index(before, after), self.z)


def verdict(gain_index: float, z: float) -> Reliable:
    """What an index says that is turned so that positive is better."""
    if gain_index > z:
        return "improved"
    return "worsened" if gain_index < -z else "unchanged"


def relative_to(method: Method) -> RelativeTo:
    """What "unchanged" is measured from."""
    relative: dict[str, RelativeTo] = {"HLL": "average change", "HLM": "average slope"}
    return relative.get(method, "own start")


def yardstick(
    method: LinearMethod,
    sample: Sample,
    reliability: float,
    *,
    sd: float | None = None,
    reliability_after: float | None = None,
    z: float | None = None,
) -> Yardstick:
    """One method's yardstick. `sd` is the SD of the reference group, by default that of the sample before.

    Raises ValueError where an SD or reliability is out of range, where NK lacks `reliability_after`, and where for HA
    the changes vary no more than measurement error.
    """
    spread = sample.sd_before if sd is None else sd
    e = measurement_error(spread, reliability)
    if method == "JT":
        return Yardstick("JT", 0.0, 1.0, sqrt(2) * e, Z if z is None else z)
    if method == "HA":
        return _hageman_arrindell(sample, e, Z_ONE_SIDED if z is None else z)
    origin = sample.mean_after if method == "HLL" else sample.mean_before
    error = _regressed_error(method, spread, e, reliability, reliability_after)
    intercept = origin - reliability * sample.mean_before
    return Yardstick(method, intercept, reliability, error, Z if z is None else z)


def _regressed_error(
    method: LinearMethod, sd: float, e: float, reliability: float, reliability_after: float | None
) -> float:
    if method == "EN":
        return e
    if method in ("GLN", "HLL"):
        return sd * sqrt(1 - reliability**2)
    if reliability_after is None:
        raise ValueError("this method needs the reliability of the score after (reliability_post)")
    if not 0 < reliability_after < 1:
        raise ValueError("the reliability must lie between 0 and 1")
    return sd * sqrt(reliability**2 * (1 - reliability) + 1 - reliability_after)


def _hageman_arrindell(sample: Sample, e: float, z: float) -> Yardstick:
    reliability = difference_reliability(sample, e)
    drift = (sample.mean_after - sample.mean_before) * (1 - reliability) / reliability
    return Yardstick("HA", -drift, 1.0, sqrt(2 / reliability) * e, z)


def difference_reliability(sample: Sample, error: float) -> float:
    """R of Hageman and Arrindell: the part of the variance of changes that is not measurement error.

    Raises ValueError where nothing is left.
    """
    if sample.change_variance <= 0:
        raise ValueError("everybody changed by the same amount")
    try:
        return reliability_of(sqrt(sample.change_variance), sqrt(2) * error)
    except ValueError:
        raise ValueError("the changes vary no more than measurement error would make them") from None
