"""Where the clinical side of a scale ends and the functional side begins.

Some published code takes the clinical SD for cut-off b; Jacobson and Truax define it by the functional one, as here.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

from allay.content.schema.shape import Direction
from allay.science.change.reliable import ROUNDING, Z_ONE_SIDED, sign

CutoffKind = Literal["a", "b", "c"]
MeanAndSd = tuple[float, float]


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


def crossed(before: float, after: float, cutoff: float, better: Direction) -> bool:
    """True for a person strictly on the clinical side before and strictly on the functional side after."""
    towards_better = sign(better)
    return towards_better * (cutoff - before) > ROUNDING and towards_better * (after - cutoff) > ROUNDING


def reliability_of(sd: float, error: float) -> float:
    """The reliability in a group with this SD, given the measurement error: 1 - error^2 / SD^2.

    Raises ValueError where the group varies no more than measurement error.
    """
    if sd <= error:
        raise ValueError("a group varies no more than measurement error, so its reliability is not above 0")
    return 1 - (error / sd) ** 2


def true_population(numbers: MeanAndSd | None, error: float) -> MeanAndSd | None:
    """Mean and SD of true scores, SD sqrt(reliability): what the cut-offs of Hageman and Arrindell are made of."""
    if numbers is None:
        return None
    mean, sd = numbers
    return mean, sd * sqrt(reliability_of(sd, error))


@dataclass(frozen=True)
class TrueStanding:
    """Functional status after Hageman and Arrindell (1999, doi 10.1016/S0005-7967(99)00032-7).

    A person's true score after is estimated as mean + (after - mean) reliability; it is functional where it lies
    beyond `cutoff` by more than z of its standard errors, sqrt(reliability) times the measurement error.
    """

    cutoff: float
    mean_after: float
    reliability_after: float
    error: float
    z: float = Z_ONE_SIDED

    def index(self, after: float) -> float:
        """(estimated true score - cut-off) / its standard error; its sign is that of the raw distance."""
        estimated = self.mean_after + (after - self.mean_after) * self.reliability_after
        return (estimated - self.cutoff) / (sqrt(self.reliability_after) * self.error)

    def functional(self, after: float, better: Direction) -> bool:
        return sign(better) * self.index(after) > self.z
