"""How many people improved, did not change reliably, worsened, recovered; and the list of people.

The rules are those of `allay.science.change`, said once more as SQL so that a million people are judged
where their rows lie; a test holds both against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from allay.science.change import ROUNDING, Z, cutoff, reliable_change, sign
from allay.science.evaluation.intervals import wilson
from allay.science.evaluation.moments import Pairs
from allay.science.evaluation.people import EVERYBODY, column, slices
from allay.science.evaluation.plan import ChangeRule, Outcome, Plan
from allay.science.evaluation.results import (
    ChangeCounts,
    ChangeMethod,
    ImportantCounts,
    NotEstimable,
    PerSlice,
    Share,
)
from allay.science.evaluation.sql import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def change_method(outcome: Outcome, pairs: Pairs | None) -> ChangeMethod | NotEstimable:
    """By what one outcome is judged. The SD and the clinical population default to the baseline of all
    those measured at both timepoints."""
    rule = outcome.change
    if rule is None:
        return NotEstimable("the plan gives no reliability for this score ([outcomes.change])")
    sd = rule.sd if rule.sd is not None else _baseline_sd(pairs)
    if isinstance(sd, NotEstimable):
        return sd
    judged = reliable_change(0, 0, sd, rule.reliability)
    cutoffs = _cutoffs(outcome, rule, pairs)
    if rule.cutoff and rule.cutoff not in cutoffs:
        return NotEstimable("the cut-off needs a baseline SD, and nobody's or only one first score is known")
    return ChangeMethod(
        method=rule.method,
        z=Z,
        reliability=rule.reliability,
        sd=sd,
        sd_source="baseline" if rule.sd is None else "plan",
        measurement_error=judged.measurement_error,
        sdiff=judged.difference_error,
        threshold=judged.threshold,
        cutoff=cutoffs[rule.cutoff] if rule.cutoff else None,
        cutoff_kind=rule.cutoff,
        cutoffs=cutoffs,
        clinical_source=None if not rule.cutoff else "plan" if rule.clinical else "baseline",
    )


def _baseline_sd(pairs: Pairs | None) -> float | NotEstimable:
    if pairs is None or pairs.n < 2:
        return NotEstimable("the baseline SD needs 2 people measured at both timepoints")
    if pairs.first.spread == 0:
        return NotEstimable("everybody started with the same score, so the baseline SD is 0")
    return pairs.first.sd


def _cutoffs(outcome: Outcome, rule: ChangeRule, pairs: Pairs | None) -> dict[str, float]:
    """Every cut-off that the populations permit, where the plan asks for one."""
    if rule.cutoff is None:
        return {}
    clinical = rule.clinical.mean_and_sd if rule.clinical else None
    if clinical is None and pairs is not None and pairs.n > 1:
        clinical = pairs.first.mean, pairs.first.sd
    functional = rule.functional.mean_and_sd if rule.functional else None
    found: dict[str, float] = {}
    if clinical:
        found["a"] = cutoff("a", clinical, functional, outcome.better)
    if functional:
        found["b"] = cutoff("b", clinical, functional, outcome.better)
    if clinical and functional:
        found["c"] = cutoff("c", clinical, functional, outcome.better)
    return found


# The rules as SQL


class Judgements(NamedTuple):
    """SQL conditions on one person's first and last score."""

    improved: str
    worsened: str
    recovered: str
    importantly_better: str
    importantly_worse: str
    rci: str


def judgements(outcome: Outcome, method: ChangeMethod, first: str, last: str) -> Judgements:
    towards = sign(outcome.better)
    gain = f"({towards} * ({last} - {first}))"
    index = f"(({last} - {first}) / {literal(method.sdiff)})"
    improved = f"({towards} * {index} > {literal(method.z)})"
    amount = outcome.change.important if outcome.change else None
    least = "NULL" if amount is None else literal(amount - ROUNDING)
    return Judgements(
        improved=improved,
        worsened=f"({towards} * {index} < {literal(-method.z)})",
        recovered=f"({improved} AND {_crossed(towards, method.cutoff, first, last)})",
        importantly_better=f"({gain} >= {least})",
        importantly_worse=f"(-{gain} >= {least})",
        rci=index,
    )


def _crossed(towards: int, cutoff: float | None, first: str, last: str) -> str:
    if cutoff is None:
        return "NULL::BOOLEAN"
    line, more = literal(cutoff), literal(ROUNDING)
    return f"({towards} * ({line} - {first}) > {more} AND {towards} * ({last} - {line}) > {more})"


# Counting


def count_changes(
    connection: DuckDBPyConnection,
    number: int,
    plan: Plan,
    people: Mapping[str, int],
    method: ChangeMethod | NotEstimable,
) -> PerSlice[ChangeCounts | NotEstimable]:
    """People of one outcome by change, for each arm and all."""
    if isinstance(method, NotEstimable):
        return {key: method for _, key in slices(plan)}
    outcome = plan.outcomes[number]
    first, last = column(number, 0), column(number, plan.last_place)
    rules = judgements(outcome, method, first, last)
    conditions = ", ".join(f"count(*) FILTER ({condition})" for condition in rules[:5])
    rows = connection.execute(
        f"SELECT coalesce(arm, {EVERYBODY}), count(*), {conditions} FROM people "
        f"WHERE {first} IS NOT NULL AND {last} IS NOT NULL GROUP BY GROUPING SETS ((arm), ())"
    ).fetchall()
    counted = {row[0]: row[1:] for row in rows}
    return {
        arm: _counts(counted.get(place, (0,) * 6), people[arm], outcome, method, plan.study.confidence)
        for place, arm in slices(plan)
    }


def _counts(
    counted: tuple[int, ...], people: int, outcome: Outcome, method: ChangeMethod, confidence: float
) -> ChangeCounts:
    n, improved, worsened, recovered, better, worse = counted
    parts = {"improved": improved, "unchanged": n - improved - worsened, "worsened": worsened}
    shared = parts if method.cutoff is None else parts | {"recovered": recovered}
    return ChangeCounts(
        n=n,
        **parts,
        not_measured=people - n,
        recovered=None if method.cutoff is None else recovered,
        shares=_shares(shared, n, confidence),
        important=_important(n, better, worse, outcome, confidence),
    )


def _important(
    n: int, better: int, worse: int, outcome: Outcome, confidence: float
) -> ImportantCounts | None:
    if outcome.change is None or outcome.change.important is None:
        return None
    parts = {"improved": better, "unchanged": n - better - worse, "worsened": worse}
    return ImportantCounts(outcome.change.important, **parts, shares=_shares(parts, n, confidence))


def _shares(parts: Mapping[str, int], n: int, confidence: float) -> dict[str, Share]:
    return {name: wilson(count, n, confidence) for name, count in parts.items()} if n else {}
