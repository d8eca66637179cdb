"""Who is missing when, and why as far as anybody said: counts by arm, before any model."""

from __future__ import annotations

import numpy as np

from allay.science.evaluation.missing.cohort import Cohort, Marks, last_seen
from allay.science.evaluation.results.missing import ArmMissingness, Kind, Missingness, PatternCount

NOT_GIVEN = "not given"


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
