"""People's change between arms: differences of shares, numbers needed, what those not measured could change, and what
the other methods say.

Shares are of those who could be judged, as in `change_counts`. A number needed to benefit or to harm is given only where
chance allocated people: elsewhere a difference of shares cannot be put down to the arm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from allay.science.change import METHODS, Method
from allay.science.change.anchors import AnchorCategory, against_amount
from allay.science.evaluation.asked import Asked
from allay.science.evaluation.change_counts import all_pairs, count_people
from allay.science.evaluation.effect import between_changes, within_changes
from allay.science.evaluation.estimates import Estimate, NotEstimable, PerSlice
from allay.science.evaluation.judging import NO_RULE, change_method, judgements
from allay.science.evaluation.moments import Pairs, pair_sums, shift_of
from allay.science.evaluation.plan import ALL, Plan
from allay.science.evaluation.proportions import newcombe, number_needed
from allay.science.evaluation.reading.people import slices
from allay.science.evaluation.results.change import ChangeCounts, ChangeMethod
from allay.science.evaluation.results.compared import (
    Compared,
    Extremes,
    MethodCounts,
    OutcomeCompared,
    SharesCompared,
    Span,
    Unmeasured,
)
from allay.science.evaluation.results.proportions import NumberNeeded, ShareDifference

NOT_RANDOMISED = NotEstimable(
    "people were not allocated to the arms by chance, so the difference cannot be put down to the arm"
)
RELATIVE = NotEstimable("the method compares people with the average change, and does not say who got better")
MOST_SLOPES = 100_000  # people whose slopes are fitted for comparison alone
TOO_MANY = NotEstimable("for so many people slopes are fitted only where the plan takes this method")
WIDTH = 5  # conditions of each method
BENEFITS = ("improved", "recovered", "importantly improved")


def compute(asked: Asked) -> Compared:
    found: Compared = {}
    for number, outcome in enumerate(asked.plan.outcomes):
        method, counts = asked.done["change_method"][outcome.score], asked.done["change"][outcome.score]
        found[outcome.score] = NO_RULE if outcome.change is None else _outcome(asked, number, method, counts)
    return found


def _outcome(
    asked: Asked,
    number: int,
    method: ChangeMethod | NotEstimable,
    counts: Mapping[str, ChangeCounts | NotEstimable],
) -> OutcomeCompared:
    plan = asked.plan
    arms = plan.study.arms
    others = arms[1:]
    return OutcomeCompared(
        reference=arms[0] if others else None,
        kinds={arm: _kinds(plan, method, counts[arm], counts[arms[0]]) for arm in others},
        unmeasured={key: _unmeasured(counts[key], asked.people.by_arm[key]) for _, key in slices(plan)},
        unmeasured_difference={
            arm: _extremes(asked, counts[arm], counts[arms[0]], arm, arms[0]) for arm in others
        },
        against_important=against_important(asked, number),
        methods=_methods(asked, number),
    )


# Differences


def _kinds(
    plan: Plan,
    method: ChangeMethod | NotEstimable,
    mine: ChangeCounts | NotEstimable,
    reference: ChangeCounts | NotEstimable,
) -> dict[str, SharesCompared]:
    if isinstance(mine, NotEstimable) or isinstance(reference, NotEstimable):
        return {}
    counted, other = _counted(mine), dict(_counted(reference))
    return {
        kind: _compared(plan, method, kind, count, n, *other[kind]) for kind, (count, n) in counted.items()
    }


def _counted(one: ChangeCounts) -> dict[str, tuple[int, int]]:
    """Kind → people, of how many."""
    found = {"improved": (one.improved, one.n), "worsened": (one.worsened, one.n)}
    if one.recovered is not None and one.harmed is not None:
        found |= {"recovered": (one.recovered, one.n), "harmed": (one.harmed, one.n)}
    if one.important:
        found["importantly improved"] = one.important.improved, one.important.n
        found["importantly worsened"] = one.important.worsened, one.important.n
    return found


def _compared(
    plan: Plan,
    method: ChangeMethod | NotEstimable,
    kind: str,
    count: int,
    n: int,
    other: int,
    m: int,
) -> SharesCompared:
    difference = share_difference(count, n, other, m, plan.study.confidence)
    relative = not isinstance(method, NotEstimable) and method.relative_to != "own start"
    if relative and not kind.startswith("importantly"):
        return SharesCompared(difference, RELATIVE)
    return SharesCompared(difference, needed(plan, difference, kind in BENEFITS))


def share_difference(
    count: int, n: int, other: int, m: int, confidence: float
) -> ShareDifference | NotEstimable:
    """Newcombe's, or why there is none."""
    if n == 0 or m == 0:
        return NotEstimable("in one of the arms nobody could be judged")
    return newcombe(count, n, other, m, confidence)


def needed(
    plan: Plan, difference: ShareDifference | NotEstimable, benefit: bool
) -> NumberNeeded | NotEstimable:
    """A number needed, where the design permits."""
    if isinstance(difference, NotEstimable):
        return difference
    if plan.study.declared_design != "randomised":
        return NOT_RANDOMISED
    return number_needed(difference, "benefit" if benefit else "harm")


# Those who could not be judged


def _unmeasured(one: ChangeCounts | NotEstimable, people: int) -> Unmeasured:
    if isinstance(one, NotEstimable):
        return Unmeasured(people, people, one, one)
    if people == 0:
        nobody = NotEstimable("there is nobody in this arm")
        return Unmeasured(0, 0, nobody, nobody)
    away = people - one.n
    spans = (Span(count / people, (count + away) / people) for count in (one.improved, one.worsened))
    return Unmeasured(people, away, *spans)


def _extremes(
    asked: Asked,
    mine: ChangeCounts | NotEstimable,
    reference: ChangeCounts | NotEstimable,
    arm: str,
    reference_arm: str,
) -> dict[str, Extremes]:
    if isinstance(mine, NotEstimable) or isinstance(reference, NotEstimable):
        return {}
    n, m = asked.people.by_arm[arm], asked.people.by_arm[reference_arm]
    return {
        "improved": _extreme(asked.plan, mine.improved, mine.n, n, reference.improved, reference.n, m, 1),
        "worsened": _extreme(asked.plan, mine.worsened, mine.n, n, reference.worsened, reference.n, m, -1),
    }


def _extreme(
    plan: Plan, count: int, judged: int, n: int, other: int, other_judged: int, m: int, good: int
) -> Extremes:
    confidence = plan.study.confidence
    more, less = (count + n - judged, other), (count, other + m - other_judged)
    best, worst = (more, less) if good > 0 else (less, more)
    return Extremes(
        none=share_difference(count, n, other, m, confidence),
        worst=share_difference(worst[0], n, worst[1], m, confidence),
        best=share_difference(best[0], n, best[1], m, confidence),
    )


# The main effect against the important amount


def against_important(asked: Asked, number: int) -> PerSlice[AnchorCategory | NotEstimable]:
    """By arm other than the reference, or for the single group ("all")."""
    outcome = asked.plan.outcomes[number]
    amount = outcome.change.important if outcome.change else None
    if amount is None:
        return {}
    return {
        arm: one
        if isinstance(one, NotEstimable)
        else against_amount(one.estimate, one.low, one.high, amount, outcome.better)
        for arm, one in _effects(asked, number).items()
    }


def _effects(asked: Asked, number: int) -> PerSlice[Estimate | NotEstimable]:
    plan, mixed = asked.plan, asked.done.get("mixed")
    arms = plan.study.arms[1:]
    if mixed is None:
        return _effects_by_hand(asked, number)
    model = mixed.models[plan.outcomes[number].score]
    if isinstance(model, NotEstimable):
        return dict.fromkeys(arms or (ALL,), model)
    missing = NotEstimable(f"nobody was measured at {plan.last}")
    if not arms:
        return {ALL: model.changes[ALL].get(plan.last, missing)}
    found = {arm: model.differences[arm].get(plan.last) for arm in arms}
    return {arm: one.difference if one else missing for arm, one in found.items()}


def _effects_by_hand(asked: Asked, number: int) -> PerSlice[Estimate | NotEstimable]:
    plan = asked.plan
    shift = shift_of(asked.connection, list(asked.columns(number).values()))
    pairs = pair_sums(asked.connection, number, plan.last_place, shift)
    if len(plan.study.arms) > 1:
        return {arm: one.adjusted for arm, one in between_changes(pairs, plan).items()}
    one = within_changes(pairs, plan)[ALL]
    return {ALL: one if isinstance(one, NotEstimable) else one.change}


# The other methods


def _methods(asked: Asked, number: int) -> dict[Method, PerSlice[MethodCounts] | NotEstimable]:
    """Every method's counts, from one look at the people."""
    pairs = all_pairs(asked.connection, asked.plan, number)
    by = {name: _method(asked, number, name, pairs) for name in METHODS}
    known = {name: method for name, method in by.items() if not isinstance(method, NotEstimable)}
    conditions = [part for method in known.values() for part in _conditions(asked.plan, number, method)]
    counted = count_people(asked.connection, conditions) if conditions else {}
    found: dict[Method, PerSlice[MethodCounts] | NotEstimable] = {}
    for name, method in by.items():
        if isinstance(method, NotEstimable):
            found[name] = method
            continue
        start = WIDTH * list(known).index(name)
        found[name] = {
            key: _method_counts(counted.get(place, [0] * len(conditions))[start : start + WIDTH], method)
            for place, key in slices(asked.plan)
        }
    return found


def _method(asked: Asked, number: int, name: Method, pairs: Pairs | None) -> ChangeMethod | NotEstimable:
    own: ChangeMethod | NotEstimable = asked.done["change_method"][asked.plan.outcomes[number].score]
    if not isinstance(own, NotEstimable) and own.method == name:
        return own
    if name == "HLM" and asked.people.by_arm[ALL] > MOST_SLOPES:
        return TOO_MANY
    return change_method(asked.connection, asked.plan, number, pairs, name)


def _conditions(plan: Plan, number: int, method: ChangeMethod) -> tuple[str, ...]:
    rules = judgements(plan, number, method)
    return rules.judged, rules.improved, rules.worsened, rules.recovered, rules.harmed


def _method_counts(counted: Sequence[int], method: ChangeMethod) -> MethodCounts:
    n, improved, worsened, recovered, harmed = counted
    crossed = (None, None) if method.cutoff is None else (recovered, harmed)
    return MethodCounts(n, improved, n - improved - worsened, worsened, *crossed)
