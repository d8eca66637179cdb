"""Who is left out together, and what the estimates without them say of the variance.

People by themselves are left out one by one, as R's rbmi does:

    variance = (N - 1) / N * sum (estimate without i - their mean)^2

People who met in a therapy group may resemble each other, and are left out with their whole group. Then each arm is a
stratum h of n_h groups and people by themselves (Wolter, Introduction to Variance Estimation, 2nd ed. 2007, section 4.5),

    variance = sum_h v_h,   v_h = (n_h - 1) / n_h * sum (estimate without i - mean of the stratum)^2

with (sum v_h)^2 / sum (v_h^2 / (n_h - 1)) degrees of freedom (Satterthwaite, Biometrics Bull 1946; 2: 110-114).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allay.science.evaluation.missing.cohort import Cohort, Whole

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Units:
    """U sets of people who are left out together, each in a stratum (U,); `grouped` where some are therapy groups."""

    members: tuple[Whole, ...]
    stratum: Whole
    grouped: bool

    @property
    def sizes(self) -> Whole:
        """(H,) units of each stratum."""
        return np.bincount(self.stratum)


def units_of(cohort: Cohort) -> Units:
    """Therapy groups whole, everybody else alone."""
    if not any(cohort.groups):
        every = tuple(np.array([person]) for person in range(cohort.size))
        return Units(every, np.zeros(cohort.size, dtype=np.int64), grouped=False)
    together: dict[tuple[int, str], list[int]] = {}
    for person, (arm, group) in enumerate(zip(cohort.arm.tolist(), cohort.groups, strict=True)):
        together.setdefault((arm, f"group {group}" if group else f"person {person}"), []).append(person)
    return Units(
        tuple(np.array(people) for people in together.values()),
        np.array([arm for arm, _ in together], dtype=np.int64),
        grouped=True,
    )


def covariances(units: Units, one: Array, other: Array) -> Array:
    """(H, ...) what each stratum adds to the covariance of two estimates, each (U, ...) without every unit.

    NaN where a stratum has one unit only, or where an estimate without one could not be had.
    """
    found = []
    for stratum, size in enumerate(units.sizes):
        mine = units.stratum == stratum
        centred = (part[mine] - part[mine].mean(axis=0) for part in (one, other))
        share = (size - 1) / size if size > 1 else np.nan
        found.append(share * np.prod(list(centred), axis=0).sum(axis=0))
    return np.array(found)


def degrees(units: Units, parts: Array) -> float:
    """Satterthwaite's degrees of freedom of a variance with these parts (H,)."""
    return float(parts.sum() ** 2 / (parts**2 / (units.sizes - 1)).sum())
