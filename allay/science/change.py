"""Is a person's change more than measurement error, and does it matter?

Reliable change after Jacobson and Truax (1991, doi 10.1037/0022-006X.59.1.12): the difference of two scores
divided by the standard error of a difference, sqrt(2) SD sqrt(1 - reliability). The root of two was missing
from the index of 1984 and was added by Christensen and Mendoza (1986).

Boundaries. Reliable change needs an index strictly beyond z. A cut-off is crossed by a person who stands
strictly on the clinical side before and strictly on the functional side after. An important change is one of
at least the important amount. Differences below `ROUNDING` of a score point are rounding, not change.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Literal

from allay.content.schema.shape import Direction

Reliable = Literal["improved", "unchanged", "worsened"]
CutoffKind = Literal["a", "b", "c"]
MeanAndSd = tuple[float, float]

Z = 1.959963984540054  # two-sided 5 %
ROUNDING = 1e-9


@dataclass(frozen=True)
class ReliableChange:
    """The reliable change index and what it is judged by, all but the index in score points."""

    index: float  # (after - before) / difference_error; its sign is that of the raw change
    threshold: float  # the smallest raw change that is not yet reliable: z * difference_error
    measurement_error: float  # standard error of one score
    difference_error: float  # standard error of the difference of two scores
    z: float


@dataclass(frozen=True)
class PersonChange:
    """One person's change. `important` and `importantly_worse` are None where no important amount is given."""

    reliable: Reliable
    recovered: bool  # reliably improved, and crossed from the clinical to the functional side
    important: bool | None
    importantly_worse: bool | None
    index: float
    threshold: float


def sign(better: Direction) -> int:
    """+1 where higher scores are better, -1 where lower ones are."""
    return 1 if better == "higher" else -1


def measurement_error(sd: float, reliability: float) -> float:
    """The standard error of one score, SD sqrt(1 - reliability). Raises ValueError outside the permitted range."""
    if not (isfinite(sd) and sd > 0):
        raise ValueError("the standard deviation must be above 0")
    if not 0 < reliability < 1:
        raise ValueError("the reliability must lie between 0 and 1")
    return sd * sqrt(1 - reliability)


def reliable_change(
    before: float, after: float, sd: float, reliability: float, z: float = Z
) -> ReliableChange:
    """The index of Jacobson and Truax for one person. `sd` is the baseline SD of the reference group."""
    one = measurement_error(sd, reliability)
    difference = sqrt(2) * one
    return ReliableChange((after - before) / difference, z * difference, one, difference, z)


def cutoff(
    kind: CutoffKind, clinical: MeanAndSd | None, functional: MeanAndSd | None, better: Direction
) -> float:
    """The score that separates the clinical from the functional side.

    a: two SDs from the clinical mean, towards better. b: two *functional* SDs from the functional mean,
    towards worse. c: the point as many SDs from the one mean as from the other. Raises ValueError where a
    population that the kind needs is missing.
    """
    if kind == "a":
        mean, sd = _population(clinical, "clinical")
        return mean + 2 * sign(better) * sd
    if kind == "b":
        mean, sd = _population(functional, "functional")
        return mean - 2 * sign(better) * sd
    clinical_mean, clinical_sd = _population(clinical, "clinical")
    functional_mean, functional_sd = _population(functional, "functional")
    return (clinical_sd * functional_mean + functional_sd * clinical_mean) / (clinical_sd + functional_sd)


def _population(numbers: MeanAndSd | None, name: str) -> MeanAndSd:
    if numbers is None:
        raise ValueError(f"this cut-off needs the mean and SD of the {name} population")
    return numbers


def classify(
    before: float,
    after: float,
    *,
    better: Direction,
    sd: float,
    reliability: float,
    cutoff: float | None = None,
    important: float | None = None,
    z: float = Z,
) -> PersonChange:
    """One person's reliable and important change; `important` is an amount in score points, above 0."""
    change = reliable_change(before, after, sd, reliability, z)
    gain = sign(better) * (after - before)
    verdict = _reliable(sign(better) * change.index, z)
    return PersonChange(
        reliable=verdict,
        recovered=verdict == "improved" and cutoff is not None and crossed(before, after, cutoff, better),
        important=None if important is None else gain >= important - ROUNDING,
        importantly_worse=None if important is None else -gain >= important - ROUNDING,
        index=change.index,
        threshold=change.threshold,
    )


def _reliable(gain_index: float, z: float) -> Reliable:
    if gain_index > z:
        return "improved"
    return "worsened" if gain_index < -z else "unchanged"


def crossed(before: float, after: float, cutoff: float, better: Direction) -> bool:
    """True for a person strictly on the clinical side before and strictly on the functional side after."""
    towards_better = sign(better)
    return towards_better * (cutoff - before) > ROUNDING and towards_better * (after - cutoff) > ROUNDING


def change_band(value: float, sd: float, reliability: float, z: float = Z) -> tuple[float, float]:
    """The error band of one score: value plus and minus z standard errors of measurement."""
    half = z * measurement_error(sd, reliability)
    return value - half, value + half
