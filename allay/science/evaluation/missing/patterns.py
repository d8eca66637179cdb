"""Who is missing when, and why as far as anybody said: counts by arm, before any model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from allay.science.evaluation.missing.cohort import Cohort, Marks, last_seen

Kind = Literal["complete", "monotone", "intermittent", "never"]
NOT_GIVEN = "not given"


@dataclass(frozen=True)
class PatternCount:
    """People measured at exactly these visits.

    complete: at all; monotone: at all up to one and none after it; intermittent: with a gap before the last one;
    never: at none.
    """

    measured_at: list[str]
    kind: Kind
    n: int


@dataclass(frozen=True)
class ArmMissingness:
    """One arm. Patterns come with the most frequent first; last_measured counts people by their last outcome.

    reasons: of those without an outcome at the last visit; empty where nobody asked.
    """

    people: int
    complete: int
    monotone: int
    intermittent: int
    never: int
    measured: dict[str, int]
    last_measured: dict[str, int]
    patterns: list[PatternCount]
    reasons: dict[str, int]


@dataclass(frozen=True)
class Missingness:
    """By arm, the reference first. left_out: people without an arm or a covariate."""

    visits: list[str]
    arms: dict[str, ArmMissingness]
    left_out: dict[str, int]


def missingness(cohort: Cohort) -> Missingness:
    """Counts what is missing in a cohort."""
    arms = {name: _of_arm(cohort.chosen(cohort.arm == place)) for place, name in enumerate(cohort.arms)}
    return Missingness(list(cohort.visits), arms, dict(cohort.left_out))


def kind_of(observed: Marks) -> Kind:
    """The kind of one pattern (T,)."""
    if observed.all():
        return "complete"
    if not observed.any():
        return "never"
    return "monotone" if observed[: int(last_seen(observed)) + 1].all() else "intermittent"


def _of_arm(cohort: Cohort) -> ArmMissingness:
    observed, visits = cohort.observed, cohort.visits
    rows, counts = np.unique(observed, axis=0, return_counts=True)
    patterns = [
        PatternCount([visits[place] for place in np.flatnonzero(row)], kind_of(row), int(n))
        for row, n in zip(rows, counts, strict=True)
    ]
    patterns.sort(key=lambda one: (-one.n, [visits.index(visit) for visit in one.measured_at]))
    last = cohort.last_observed
    return ArmMissingness(
        people=cohort.size,
        complete=_of_kind(patterns, "complete"),
        monotone=_of_kind(patterns, "monotone"),
        intermittent=_of_kind(patterns, "intermittent"),
        never=_of_kind(patterns, "never"),
        measured={visit: int(observed[:, place].sum()) for place, visit in enumerate(visits)},
        last_measured={visit: int((last == place).sum()) for place, visit in enumerate(visits)},
        patterns=patterns,
        reasons=_reasons(cohort),
    )


def _of_kind(patterns: list[PatternCount], kind: Kind) -> int:
    return sum(one.n for one in patterns if one.kind == kind)


def _reasons(cohort: Cohort) -> dict[str, int]:
    """Why people have no outcome at the last visit, the most frequent first."""
    if not cohort.reasons:
        return {}
    ended = np.flatnonzero(~cohort.observed[:, -1])
    given = [cohort.reasons[place] or NOT_GIVEN for place in ended]
    return {
        reason: given.count(reason) for reason in sorted(set(given), key=lambda one: (-given.count(one), one))
    }
