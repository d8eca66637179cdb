"""The pre-declared ladder: which simpler covariance is tried when a certificate does not hold.

It is walked in this order and every rung is recorded; the first that holds is the fit. Where none holds there is no
estimate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from allay.science.evaluation.models.compressed import Compressed
from allay.science.evaluation.models.covariance import Structure, structure
from allay.science.evaluation.models.errors import Unestimable
from allay.science.evaluation.models.fit import Attempt
from allay.science.evaluation.models.solution import Solution

SIMPLER = {
    "us": ("toeph", "csh", "cs"),
    "toeph": ("csh", "cs"),
    "toep": ("cs",),
    "adh": ("ar1h", "ar1"),
    "ad": ("ar1",),
    "ar1h": ("ar1",),
    "ar1": (),
    "csh": ("cs",),
    "cs": (),
}


def climb_down(
    people: Compressed,
    visits: int,
    covariance: str,
    fit: Callable[[Compressed, Structure], Solution],
    *,
    ladder: bool,
) -> tuple[Solution, str, tuple[Attempt, ...]]:
    """The first fit that holds, its structure, and all attempts. Raises Unestimable when none does.

    fit: how one structure is fitted.
    """
    _check_enough(people)
    rungs = [(people, covariance, "")]
    if ladder and people.covariances > 1:
        people = replace(people, covariance=people.covariance * 0)
        rungs.append((people, covariance, ", one for all"))
    if ladder:
        rungs += [(people, name, "") for name in SIMPLER[covariance]]
    attempts: list[Attempt] = []
    for folded, name, remark in rungs:
        solution, attempt = _tried(folded, visits, name, remark, fit)
        attempts.append(attempt)
        if solution is not None:
            return solution, name, tuple(attempts)
    reasons = "; ".join(f"{one.covariance}: {_why(one)}" for one in attempts)
    raise Unestimable(f"no covariance could be estimated ({reasons})")


def _tried(
    people: Compressed, visits: int, name: str, remark: str, fit: Callable[[Compressed, Structure], Solution]
) -> tuple[Solution | None, Attempt]:
    shape = structure(name, visits)
    reason = _too_few(people, name, visits)
    if reason is not None:
        return None, Attempt(name + remark, None, reason)
    try:
        solution = fit(people, shape)
    except Unestimable as fault:
        return None, Attempt(name + remark, None, str(fault))
    attempt = Attempt(name + remark, solution.certificate, None)
    return (solution if solution.certificate.holds else None), attempt


def _too_few(people: Compressed, name: str, visits: int) -> str | None:
    """Where the likelihood has no maximum because a covariance could be singular."""
    for group in range(people.covariances):
        mine = people.covariance == group
        if name == "us" and people.n[mine].sum() <= visits:
            return "not more people than visits"
        if not people.observed[mine].any(axis=0).all() and (name == "us" or name.endswith("h")):
            return "a visit without any outcome"
    return None


def _check_enough(people: Compressed) -> None:
    if people.observations <= people.rank:
        raise Unestimable(f"{int(people.observations)} outcomes do not exceed {people.rank} coefficients")
    if people.n.sum() < 2:
        raise Unestimable("there is one person only")


def _why(attempt: Attempt) -> str:
    if attempt.certificate is None:
        return attempt.reason or ""
    return ", ".join(attempt.certificate.faults)
