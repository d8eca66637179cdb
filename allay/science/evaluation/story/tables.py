"""The tables of an evaluation report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from allay.science.evaluation.plan import ALL
from allay.science.evaluation.results import (
    BetweenChange,
    Completeness,
    Description,
    Estimate,
    NotEstimable,
    OutcomeSummary,
    Results,
    Standardised,
    WithinChange,
)
from allay.science.evaluation.story.sentences import spread_of
from allay.science.report.blocks import Table
from allay.science.report.words import Say, decimals_for, number, p_value, percent, whole

NONE = "–"


def _arm(key: str, say: Say) -> str:
    return say("Everybody") if key == ALL else key


def _interval(low: float, high: float, decimals: int, say: Say) -> str:
    return say("{low} to {high}", low=number(low, decimals), high=number(high, decimals))


def _estimate(one: Estimate | Standardised | NotEstimable, decimals: int, say: Say) -> tuple[str, str]:
    if isinstance(one, NotEstimable):
        return NONE, NONE
    return number(one.estimate, decimals), _interval(one.low, one.high, decimals, say)


def _p(one: Estimate | NotEstimable) -> str:
    return NONE if isinstance(one, NotEstimable) else p_value(one.p)


def _reasons(found: Sequence[tuple[str, object]]) -> str:
    """Why numbers are missing, each reason once."""
    said = [f"{name}: {one.not_estimable}." for name, one in found if isinstance(one, NotEstimable)]
    return " ".join(dict.fromkeys(said))


def _level(results: Results, say: Say) -> str:
    return say("{percent} interval", percent=percent(results.study.confidence))


# Means


def within_table(results: Results, say: Say) -> Iterator[Table]:
    """Mean change of everybody measured at both timepoints."""
    study, rows, found = results.study, [], list[tuple[str, object]]()
    for outcome in study.outcomes:
        for arm, one in results.within[outcome.score].items():
            name = f"{outcome.label}, {_arm(arm, say)}"
            rows.append((outcome.label, _arm(arm, say), *_within_cells(results, outcome, one, say)))
            parts = [one] if isinstance(one, NotEstimable) else [one.change, one.standardised]
            found += [(name, part) for part in parts]
    yield Table(
        caption=say("Change from {first} to {last}", first=study.first, last=study.last),
        header=(
            *(say("Score"), say("Arm"), say("n"), say("Mean at {timepoint}", timepoint=study.first)),
            *(say("Mean at {timepoint}", timepoint=study.last), say("Change"), _level(results, say)),
            *(say("In baseline SDs"), _level(results, say)),
        ),
        rows=tuple(rows),
        heads=2,
        note=_reasons(found),
    )


def _within_cells(
    results: Results, outcome: OutcomeSummary, one: WithinChange | NotEstimable, say: Say
) -> Sequence[str]:
    if isinstance(one, NotEstimable):
        return [NONE] * 7
    decimals = decimals_for(spread_of(results, outcome.score))
    means = number(one.first_mean, decimals), number(one.last_mean, decimals)
    return [
        whole(one.n),
        *means,
        *_estimate(one.change, decimals, say),
        *_estimate(one.standardised, 2, say),
    ]


def between_table(results: Results, say: Say) -> Iterator[Table]:
    """Differences of change between arms, adjusted and not."""
    rows, found = [], list[tuple[str, object]]()
    for outcome in results.study.outcomes:
        for arm, one in results.between[outcome.score].items():
            against = say("{arm} against {reference}", arm=arm, reference=one.reference)
            for cells, parts in _between_cells(results, outcome, one, say):
                rows.append((outcome.label, against, *cells))
                found += [(f"{outcome.label}, {against}", part) for part in parts]
    if not rows:
        return
    yield Table(
        caption=say("Difference of change between arms"),
        header=(
            *(
                say("Score"),
                say("Arms"),
                say("Comparison"),
                say("n"),
                say("Difference"),
                _level(results, say),
            ),
            *(say("p"), say("In baseline SDs"), _level(results, say)),
        ),
        rows=tuple(rows),
        heads=3,
        note=" ".join(
            [
                say("Below 0: lower scores than the reference."),
                _reasons(found),
            ]
        ).strip(),
    )


def _between_cells(
    results: Results, outcome: OutcomeSummary, one: BetweenChange, say: Say
) -> Iterator[tuple[Sequence[str], Sequence[object]]]:
    decimals = decimals_for(spread_of(results, outcome.score))
    people = say("{n} and {n_reference}", n=whole(one.n), n_reference=whole(one.n_reference))
    for name, difference, standardised in (
        (say("adjusted for the first score"), one.adjusted, one.adjusted_standardised),
        (say("unadjusted"), one.unadjusted, one.unadjusted_standardised),
    ):
        cells = (
            *(name, people, *_estimate(difference, decimals, say), _p(difference)),
            *_estimate(standardised, 2, say),
        )
        yield cells, (difference, standardised)


# Who was measured, and the scores


def completeness_table(results: Results, say: Say) -> Iterator[Table]:
    """How many were measured at each timepoint."""
    rows = [
        (outcome.label, _arm(arm, say), whole(one.expected), *_measured(one))
        for outcome in results.study.outcomes
        for arm, one in results.completeness[outcome.score].items()
    ]
    yield Table(
        caption=say("People measured at each timepoint"),
        header=(say("Score"), say("Arm"), say("In the table"), *results.study.timepoints),
        rows=tuple(rows),
        heads=2,
        note=_left_out(results, say),
    )


def _measured(one: Completeness) -> Iterator[str]:
    for timepoint, n in one.measured.items():
        share = one.share.get(timepoint)
        yield whole(n) if share is None else f"{whole(n)} ({percent(share)})"


def _left_out(results: Results, say: Say) -> str:
    people = results.people.in_other_arms
    if not people:
        return ""
    return say.count(
        "{n} person in an arm that the plan does not list is left out.",
        "{n} people in arms that the plan does not list are left out.",
        people,
    )


def pattern_table(results: Results, say: Say) -> Iterator[Table]:
    """Which timepoints people were measured at, for everybody together."""
    rows = []
    for outcome in results.study.outcomes:
        one = results.completeness[outcome.score][ALL]
        for pattern in one.patterns:
            rows.append((outcome.label, ", ".join(pattern.measured_at) or say("never"), whole(pattern.n)))
        if one.people_with_other_patterns:
            rows.append((outcome.label, say("other patterns"), whole(one.people_with_other_patterns)))
    yield Table(
        caption=say("Patterns: measured at exactly these timepoints"),
        header=(say("Score"), say("Measured at"), say("People")),
        rows=tuple(rows),
        heads=2,
    )


def description_table(results: Results, say: Say) -> Iterator[Table]:
    """Every score at every timepoint."""
    rows = []
    for outcome in results.study.outcomes:
        decimals = decimals_for(spread_of(results, outcome.score))
        for arm, by_timepoint in results.description[outcome.score].items():
            for timepoint, one in by_timepoint.items():
                cells = _description_cells(one, decimals, say)
                rows.append((outcome.label, _arm(arm, say), timepoint, *cells))
    yield Table(
        caption=say("Scores of everybody measured"),
        header=(
            *(say("Score"), say("Arm"), say("Timepoint"), say("n"), say("Missing"), say("Mean")),
            *(_level(results, say), say("SD"), say("Median"), say("Quartiles"), say("Range")),
        ),
        rows=tuple(rows),
        heads=3,
    )


def _description_cells(one: Description, decimals: int, say: Say) -> Sequence[str]:
    return [
        whole(one.n),
        whole(one.missing),
        _or_none(one.mean, decimals),
        _range(one.mean_low, one.mean_high, decimals, say),
        _or_none(one.sd, decimals),
        _or_none(one.median, decimals),
        _range(one.q1, one.q3, decimals, say),
        _range(one.min, one.max, decimals, say),
    ]


def _or_none(value: float | None, decimals: int) -> str:
    return NONE if value is None else number(value, decimals)


def _range(low: float | None, high: float | None, decimals: int, say: Say) -> str:
    return NONE if low is None or high is None else _interval(low, high, decimals, say)
