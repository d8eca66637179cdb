"""What went badly: side effects and other harms, getting worse, and not completing; by arm, with intervals.

Nothing is hidden: where a plan names no harms, the results say that none were asked about, and getting worse and leaving
are counted in any case. A blank is never taken as "no harm": a person of whom nothing is known is counted as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from allay.science.evaluation.asked import Asked
from allay.science.evaluation.change_counts import count_people
from allay.science.evaluation.compared import needed, share_difference
from allay.science.evaluation.estimates import NotEstimable, PerSlice, Share
from allay.science.evaluation.plan import Plan
from allay.science.evaluation.plan.people import Completion, Harm
from allay.science.evaluation.proportions import exact
from allay.science.evaluation.reading.people import EVERYBODY, column, slices
from allay.science.evaluation.results.change import ChangeCounts
from allay.science.evaluation.results.harms import (
    Completed,
    CompletionCounts,
    HarmCounts,
    Harms,
    RiskCompared,
    Struck,
    Worse,
)
from allay.science.evaluation.results.proportions import ShareDifference
from allay.science.evaluation.sql import literal

MOST_REASONS = 30  # listed for stopping
OTHER_REASONS = "other reasons"


def compute(asked: Asked) -> Harms:
    plan = asked.plan
    return Harms(
        asked=bool(plan.harms),
        harms=[_harm(asked, harm) for harm in plan.harms],
        worse={
            outcome.score: {key: _worse(asked, outcome.score, key) for _, key in slices(plan)}
            for outcome in plan.outcomes
        },
        completion=_completion(asked, plan.completion or Completion()),
    )


def _share(count: int, n: int, plan: Plan) -> Share | NotEstimable:
    return exact(count, n, plan.study.confidence) if n else NotEstimable("nothing is known of anybody")


def _differences(
    plan: Plan, counted: Mapping[str, tuple[int, int]]
) -> PerSlice[ShareDifference | NotEstimable]:
    """counted: arm → people with it, of how many."""
    arms = plan.study.arms
    return {
        arm: share_difference(*counted[arm], *counted[arms[0]], plan.study.confidence) for arm in arms[1:]
    }


def _risks(plan: Plan, counted: Mapping[str, tuple[int, int]]) -> PerSlice[RiskCompared]:
    return {
        arm: RiskCompared(one, needed(plan, one, benefit=False))
        for arm, one in _differences(plan, counted).items()
    }


# Harms


def _harm(asked: Asked, harm: Harm) -> HarmCounts:
    plan = asked.plan
    places, columns = _where(asked, harm)
    sign, limit = harm.condition
    events = [f"coalesce({name} {sign} {literal(limit)}, false)" for name in columns]
    known = [f"{name} IS NOT NULL" for name in columns]
    struck, seen = f"({' OR '.join(events)})", f"({' OR '.join(known)})"
    partly = f"({seen} AND NOT {struck} AND NOT ({' AND '.join(known)}))"
    counted = count_people(asked.connection, [seen, struck, partly])
    totals = _totals(asked, columns) if harm.counts else {}
    arms = {}
    for place, key in slices(plan):
        n, with_event, partly_known = counted.get(place, [0, 0, 0])
        people = asked.people.by_arm[key]
        total = totals.get(place, 0.0) if harm.counts else None
        share = _share(with_event, n, plan)
        arms[key] = Struck(people, n, people - n, partly_known, with_event, share, total)
    counts = {key: (one.with_event, one.known) for key, one in arms.items()}
    source = harm.score or harm.column or ""
    return HarmCounts(harm.label, source, harm.event, places, arms, _risks(plan, counts))


def _where(asked: Asked, harm: Harm) -> tuple[list[str], list[str]]:
    """The timepoints a harm is looked for at, and the columns of `people` that hold it."""
    plan = asked.plan
    if harm.column is not None:
        return [], [asked.person(harm.column)]
    names = harm.timepoints or plan.study.timepoints[1:]
    number = plan.scores.index(harm.score or "")
    return list(names), [column(number, plan.study.timepoints.index(name)) for name in names]


def _totals(asked: Asked, columns: Sequence[str]) -> dict[int, float]:
    total = " + ".join(f"coalesce({name}, 0)" for name in columns)
    rows = asked.connection.execute(
        f"SELECT coalesce(arm, {EVERYBODY}), sum({total}) FROM people GROUP BY GROUPING SETS ((arm), ())"
    ).fetchall()
    return {arm: float(value) for arm, value in rows}


# Getting worse


def _worse(asked: Asked, score: str, key: str) -> Worse:
    counts: ChangeCounts | NotEstimable = asked.done["change"][score][key]
    if isinstance(counts, NotEstimable):
        return Worse(0, None, counts, None, counts)
    method = asked.done["change_method"][score]
    own = method.relative_to == "own start"
    nobody = NotEstimable("nobody was measured at both timepoints")
    relative = NotEstimable("the plan's method compares people with the average change")
    no_amount = NotEstimable("the plan gives no important amount")
    shares, important = counts.shares, counts.important
    return Worse(
        n=counts.n,
        reliably=counts.worsened if own else None,
        reliably_share=shares.get("worsened", nobody) if own else relative,
        importantly=important.worsened if important else None,
        importantly_share=important.shares.get("worsened", nobody) if important else no_amount,
    )


# Completing


def _completion(asked: Asked, rule: Completion) -> CompletionCounts:
    plan = asked.plan
    done, known = _completed_by(asked, rule)
    counted = count_people(asked.connection, [known, f"({known} AND {done})"])
    reasons = _reasons(asked, rule, f"({known} AND NOT {done})")
    arms: PerSlice[Completed] = {}
    for place, key in slices(plan):
        n, completed = counted.get(place, [0, 0])
        people = asked.people.by_arm[key]
        told = dict(reasons.get(place, {}))
        silent = told.pop(None, 0)
        given = {reason: count for reason, count in told.items() if reason is not None}
        arms[key] = Completed(people, completed, people - n, _share(completed, n, plan), given, silent)
    counts = {key: (one.completed, one.people - one.unknown) for key, one in arms.items()}
    return CompletionCounts(
        label=rule.label,
        by=rule.column,
        at_least=rule.at_least,
        reasons_asked=rule.reason is not None,
        arms=arms,
        compared=_differences(plan, counts),
    )


def _completed_by(asked: Asked, rule: Completion) -> tuple[str, str]:
    """SQL for having completed, and for knowing whether."""
    if rule.column is None or rule.at_least is None:
        primary = column(asked.plan.primary, asked.plan.last_place)
        return f"({primary} IS NOT NULL)", "true"
    name = asked.person(rule.column)
    return f"({name} >= {literal(rule.at_least)})", f"({name} IS NOT NULL)"


def _reasons(asked: Asked, rule: Completion, stopped: str) -> dict[int, dict[str | None, int]]:
    """Arm number → reason as written (None: not given) → people who did not complete; the most frequent ones."""
    if rule.reason is None:
        return {place: {None: count} for place, (count,) in count_people(asked.connection, [stopped]).items()}
    name = asked.person(rule.reason)
    rows = asked.connection.execute(
        f"SELECT coalesce(arm, {EVERYBODY}) AS arm, reason, count(*) AS n "
        f"FROM (SELECT arm, {name}::VARCHAR AS reason FROM people WHERE {stopped}) "
        f"GROUP BY GROUPING SETS ((arm, reason), (reason)) ORDER BY arm, n DESC, reason"
    ).fetchall()
    found: dict[int, dict[str | None, int]] = {}
    for arm, reason, n in rows:
        found.setdefault(arm, {})[reason] = n
    return {arm: _most_frequent(one) for arm, one in found.items()}


def _most_frequent(reasons: Mapping[str | None, int]) -> dict[str | None, int]:
    """At most `MOST_REASONS`; the rest together as "other reasons"."""
    given = [reason for reason in reasons if reason is not None]
    kept = set(given[:MOST_REASONS])
    found = {reason: n for reason, n in reasons.items() if reason is None or reason in kept}
    rest = sum(reasons[reason] for reason in given[MOST_REASONS:])
    return found | ({OTHER_REASONS: found.get(OTHER_REASONS, 0) + rest} if rest else {})
