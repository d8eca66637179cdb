"""Everybody who entered a study, with or without outcomes: what analyses of missing data begin with.

Unlike the mixed models, which sum people up, these analyses need each person once: the jackknife leaves them out in
turn. People stand in the order of their names, so that the order of rows changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cohort:
    """N people in arms, with outcomes at T visits.

    arm (N,): the place in `arms`, whose first is the reference; y (N, T), NaN where missing; covariates: a column
    (N,) of numbers or of texts each, complete; reasons: why a person's outcomes ended, "" where nobody said, () where
    nobody asked; groups: the therapy group of each, "" for none, () where nobody met. left_out: people who lack an arm or a covariate, counted by why.
    """

    people: tuple[str, ...]
    arms: tuple[str, ...]
    visits: tuple[str, ...]
    arm: Whole
    y: Array
    covariates: Mapping[str, npt.NDArray[Any]]
    reasons: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.arm)

    @property
    def observed(self) -> Marks:
        return np.isfinite(self.y)

    @property
    def last_observed(self) -> Whole:
        """(N,) the last visit with an outcome, -1 for nobody's."""
        return last_seen(self.observed)

    def chosen(self, rows: Whole | Marks) -> Cohort:
        """Some of the people, in the same order."""
        places = np.arange(self.size)[rows]
        return replace(
            self,
            people=tuple(self.people[place] for place in places) if self.people else (),
            arm=self.arm[places],
            y=self.y[places],
            covariates={name: column[places] for name, column in self.covariates.items()},
            reasons=tuple(self.reasons[place] for place in places) if self.reasons else (),
            groups=tuple(self.groups[place] for place in places) if self.groups else (),
        )


def last_seen(observed: Marks) -> Whole:
    """The last true place of each row (..., T), -1 where there is none."""
    visits = observed.shape[-1]
    backwards = np.argmax(observed[..., ::-1], axis=-1)
    return np.where(observed.any(axis=-1), visits - 1 - backwards, -1)
