"""By what the change of people is judged, and the rules as SQL.

The rules are those of `allay.science.change`, said once more as SQL so that a million people are judged
where their rows lie; tests hold both against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Literal

from allay.science.change import (
    ROUNDING,
    Z_ONE_SIDED,
    LinearMethod,
    Method,
    Sample,
    Z,
    cutoff,
    measurement_error,
    relative_to,
    reliability_of,
    sign,
    true_population,
    yardstick,
)
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.moments import Pairs
from allay.science.evaluation.plan import Outcome, Plan
from allay.science.evaluation.plan.people import ChangeRule
from allay.science.evaluation.reading.people import column
from allay.science.evaluation.results.change import ChangeMethod, SlopeSummary, TrueScores
from allay.science.evaluation.slopes import fit_slopes
from allay.science.evaluation.sql import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NO_RULE = NotEstimable("the plan gives no reliability for this score ([outcomes.change])")
NO_TIMES = NotEstimable("the timepoints are no numbers, and the plan gives no times for them")


def change_method(
    connection: DuckDBPyConnection, plan: Plan, number: int, pairs: Pairs | None, method: Method | None = None
) -> ChangeMethod | NotEstimable:
    """By what one outcome is judged: the plan's method, or another one.

    The SD and the clinical population default to the baseline of all those measured at both timepoints. For HLM the
    column `slope_column(number)` of `people` is made.
    """
    rule = plan.outcomes[number].change
    if rule is None:
        return NO_RULE
    wanted = method or rule.method
    try:
        if wanted == "HLM":
            return _by_slopes(connection, plan, number, rule, pairs)
        return _by_yardstick(plan.outcomes[number], wanted, rule, pairs)
    except ValueError as fault:
        return NotEstimable(str(fault))


def _by_yardstick(
    outcome: Outcome, method: LinearMethod, rule: ChangeRule, pairs: Pairs | None
) -> ChangeMethod | NotEstimable:
    if rule.reliability is None:
        return NotEstimable("the plan gives no reliability for this score")
    sd = rule.sd if rule.sd is not None else _baseline_sd(pairs)
    if isinstance(sd, NotEstimable):
        return sd
    if method != "JT" and (pairs is None or pairs.n < 2):
        return NotEstimable("this method needs 2 people measured at both timepoints")
    error = measurement_error(sd, rule.reliability)
    by = yardstick(method, sample_of(pairs), rule.reliability, sd=sd, reliability_after=rule.reliability_post)
    after = _true_scores(pairs, error) if method == "HA" and rule.cutoff and pairs else None
    cutoffs = _cutoffs(outcome, rule, pairs, error if method == "HA" else None)
    if rule.cutoff and rule.cutoff not in cutoffs:
        return NotEstimable("the cut-off needs a baseline SD, and nobody's or only one first score is known")
    return ChangeMethod(
        method=method,
        relative_to=relative_to(method),
        z=by.z,
        reliability=rule.reliability,
        reliability_post=rule.reliability_post if method == "NK" else None,
        sd=sd,
        sd_source="baseline" if rule.sd is None else "plan",
        measurement_error=error,
        sdiff=sqrt(2) * error,
        expected_intercept=by.intercept,
        expected_slope=by.slope,
        error=by.error,
        threshold=by.threshold,
        cutoff=cutoffs[rule.cutoff] if rule.cutoff else None,
        cutoff_kind=rule.cutoff,
        cutoffs=cutoffs,
        clinical_source=_clinical_source(rule),
        true_scores=after,
        slopes=None,
    )


def sample_of(pairs: Pairs | None) -> Sample:
    """The moments of those measured at both; without any, moments that only JT, which does not look, can do with."""
    if pairs is None or pairs.n < 2:
        return Sample(0.0, 1.0, 0.0, 1.0, 0.0)
    first, last = pairs.first, pairs.last
    size = sqrt(first.spread) * sqrt(last.spread)
    correlation = max(-1.0, min(1.0, pairs.joint_spread / size)) if size > 0 else 0.0
    return Sample(first.mean, first.sd, last.mean, last.sd, correlation)


def _baseline_sd(pairs: Pairs | None) -> float | NotEstimable:
    if pairs is None or pairs.n < 2:
        return NotEstimable("the baseline SD needs 2 people measured at both timepoints")
    if pairs.first.spread == 0:
        return NotEstimable("everybody started with the same score, so the baseline SD is 0")
    return pairs.first.sd


def _clinical_source(rule: ChangeRule) -> Literal["plan", "baseline"] | None:
    if not rule.cutoff:
        return None
    return "plan" if rule.clinical else "baseline"


def _true_scores(pairs: Pairs, error: float) -> TrueScores:
    return TrueScores(pairs.last.mean, reliability_of(pairs.last.sd, error), Z_ONE_SIDED)


def _cutoffs(
    outcome: Outcome, rule: ChangeRule, pairs: Pairs | None, error: float | None
) -> dict[str, float]:
    """Every cut-off that the populations permit, where the plan asks for one; of true scores where `error` is given."""
    if rule.cutoff is None:
        return {}
    clinical = rule.clinical.mean_and_sd if rule.clinical else None
    if clinical is None and pairs is not None and pairs.n > 1:
        clinical = pairs.first.mean, pairs.first.sd
    functional = rule.functional.mean_and_sd if rule.functional else None
    if error is not None:
        clinical, functional = true_population(clinical, error), true_population(functional, error)
    found: dict[str, float] = {}
    if clinical:
        found["a"] = cutoff("a", clinical, functional, outcome.better)
    if functional:
        found["b"] = cutoff("b", clinical, functional, outcome.better)
    if clinical and functional:
        found["c"] = cutoff("c", clinical, functional, outcome.better)
    return found


# Slopes


def slope_column(number: int) -> str:
    """The column of `people` with the index of method HLM."""
    return f"slope{number}"


def _places(plan: Plan, number: int) -> list[str]:
    """The columns of one outcome up to the timepoint the change is judged at."""
    return [column(number, place) for place in range(plan.last_place + 1)]


def _by_slopes(
    connection: DuckDBPyConnection, plan: Plan, number: int, rule: ChangeRule, pairs: Pairs | None
) -> ChangeMethod | NotEstimable:
    times = rule.times_of(plan.study.timepoints)
    if times is None:
        return NO_TIMES
    scores = _places(plan, number)
    model = fit_slopes(connection, scores, times[: len(scores)])
    if isinstance(model, NotEstimable):
        return model
    cutoffs = _cutoffs(plan.outcomes[number], rule, pairs, None)
    if rule.cutoff and rule.cutoff not in cutoffs:
        return NotEstimable("the cut-off needs a baseline SD, and nobody's or only one first score is known")
    name = slope_column(number)
    connection.execute(f"ALTER TABLE people ADD COLUMN IF NOT EXISTS {name} DOUBLE")
    connection.execute(f"UPDATE people SET {name} = {model.index_sql(scores)}")
    return ChangeMethod(
        method="HLM",
        relative_to=relative_to("HLM"),
        z=Z,
        reliability=None,
        reliability_post=None,
        sd=None,
        sd_source=None,
        measurement_error=None,
        sdiff=None,
        expected_intercept=None,
        expected_slope=None,
        error=None,
        threshold=None,
        cutoff=cutoffs[rule.cutoff] if rule.cutoff else None,
        cutoff_kind=rule.cutoff,
        cutoffs=cutoffs,
        clinical_source=_clinical_source(rule),
        true_scores=None,
        slopes=SlopeSummary(
            times=list(model.times),
            people=model.people,
            average_slope=model.slope,
            slope_sd=sqrt(model.covariance[1][1]),
            residual_sd=sqrt(model.residual),
            log_likelihood=model.log_likelihood,
            warnings=list(model.warnings),
        ),
    )


# The rules as SQL


@dataclass(frozen=True)
class Judgements:
    """SQL about one row of `people`: conditions, the first and last score, and the index. NULL where unknown."""

    judged: str
    improved: str
    worsened: str
    recovered: str
    harmed: str
    importantly_better: str
    importantly_worse: str
    both: str  # measured at the first and at the last timepoint
    first: str
    last: str
    index: str


def judgements(plan: Plan, number: int, method: ChangeMethod) -> Judgements:
    outcome = plan.outcomes[number]
    first, last = column(number, 0), column(number, plan.last_place)
    towards, rule = sign(outcome.better), outcome.change
    gain = f"({towards} * ({last} - {first}))"
    both = f"({first} IS NOT NULL AND {last} IS NOT NULL)"
    index = _index(method, number, first, last)
    improved, worsened = (
        f"({towards} * {index} > {literal(method.z)})",
        f"({towards} * {index} < {literal(-method.z)})",
    )
    before, after = (first, last) if method.slopes is None else _ends(plan, number)
    better = None if rule is None else rule.important
    worse = better if rule is None or rule.important_worse is None else rule.important_worse
    return Judgements(
        judged=both if method.slopes is None else f"({index} IS NOT NULL)",
        improved=improved,
        worsened=worsened,
        recovered=f"({improved} AND {_over(towards, method, before, after)})",
        harmed=f"({worsened} AND {_back(towards, method, before, after)})",
        importantly_better=f"({gain} >= {_least(better)})",
        importantly_worse=f"(-{gain} >= {_least(worse)})",
        both=both,
        first=first,
        last=last,
        index=index,
    )


def _index(method: ChangeMethod, number: int, first: str, last: str) -> str:
    if method.error is None or method.expected_slope is None or method.expected_intercept is None:
        return slope_column(number)
    slope, intercept = literal(method.expected_slope), literal(method.expected_intercept)
    return f"(({last} - {slope} * {first} - {intercept}) / {literal(method.error)})"


def _ends(plan: Plan, number: int) -> tuple[str, str]:
    """A person's first and last known score."""
    places = _places(plan, number)
    return f"coalesce({', '.join(places)})", f"coalesce({', '.join(reversed(places))})"


def _least(amount: float | None) -> str:
    return "NULL" if amount is None else literal(amount - ROUNDING)


def _over(towards: int, method: ChangeMethod, before: str, after: str) -> str:
    """From the clinical to the functional side."""
    if method.cutoff is None:
        return "NULL::BOOLEAN"
    left = f"{towards} * ({literal(method.cutoff)} - {before}) > {literal(ROUNDING)}"
    return f"({left} AND {_functional(towards, method, after)})"


def _back(towards: int, method: ChangeMethod, before: str, after: str) -> str:
    """From the functional to the clinical side."""
    if method.cutoff is None:
        return "NULL::BOOLEAN"
    left = f"{towards} * ({before} - {literal(method.cutoff)}) > {literal(ROUNDING)}"
    if method.true_scores is not None:
        return f"({left} AND NOT {_functional(towards, method, after)})"
    return f"({left} AND {towards} * ({literal(method.cutoff)} - {after}) > {literal(ROUNDING)})"


def _functional(towards: int, method: ChangeMethod, after: str) -> str:
    assert method.cutoff is not None
    true, error = method.true_scores, method.measurement_error
    if true is None or error is None:
        return f"({towards} * ({after} - {literal(method.cutoff)}) > {literal(ROUNDING)})"
    mean, spread = literal(true.mean_after), literal(sqrt(true.reliability_after) * error)
    estimated = f"({mean} + ({after} - {mean}) * {literal(true.reliability_after)})"
    return f"({towards} * (({estimated} - {literal(method.cutoff)}) / {spread}) > {literal(true.z)})"
