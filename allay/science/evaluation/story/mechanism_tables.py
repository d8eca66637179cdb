"""Mechanisms in the report: the picture and the tables."""

from __future__ import annotations

from collections.abc import Iterator

from allay.science import charts
from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.results import OutcomeSummary, Results
from allay.science.evaluation.results.mechanisms import (
    Coefficient,
    Interval,
    Lag,
    Mechanism,
    Mediation,
    Through,
)
from allay.science.evaluation.story.sentences import level, spread_of
from allay.science.report.blocks import Figure, Table
from allay.science.report.words import Say, decimals_for, number, percent, whole

NONE = "–"


def outcome_of(results: Results, score: str) -> OutcomeSummary:
    return next(outcome for outcome in results.study.outcomes if outcome.score == score)


def label_of(results: Results, score: str) -> str:
    return outcome_of(results, score).label


def decimals_of(results: Results, score: str) -> int:
    return decimals_for(spread_of(results, score))


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."


def mechanism_figure(results: Results, one: Mechanism, arm: str, shown: Mediation, say: Say) -> Figure:
    outcome = outcome_of(results, one.outcome)
    parts = {
        "outcome": outcome.label,
        "at": one.outcome_at,
        "arm": arm,
        "reference": results.study.arms[0],
    }
    rows = [charts.IntervalRow(say("In all"), shown.total.estimate, shown.total.low, shown.total.high)]
    for score, through in zip(one.mediators, shown.through, strict=True):
        effect = through.indirect
        name = say("With {mediator} at {at}", mediator=label_of(results, score), at=one.mediator_at)
        rows.append(charts.IntervalRow(name, effect.estimate, effect.interval.low, effect.interval.high))
    direct = shown.direct
    rows.append(charts.IntervalRow(say("Past it"), direct.estimate, direct.low, direct.high, "lesser"))
    axis = (
        say("Points of {outcome} at {at}, {arm} less {reference} (higher is better)", **parts)
        if outcome.better == "higher"
        else say("Points of {outcome} at {at}, {arm} less {reference} (lower is better)", **parts)
    )
    decimals = decimals_of(results, one.outcome)
    words = charts.IntervalWords(
        title=say("{outcome} at {at}: in all, with the mechanism, and past it", **parts),
        description=_described(rows, decimals, say),
        axis=axis,
        nothing=say("No difference"),
        row=say("Difference"),
        estimate=say("Points"),
        interval=level(results, say),
        none=say("cannot be estimated"),
        to=say("to"),
    )
    chart = charts.intervals(
        rows, words=words, number_text=lambda value: NONE if value is None else number(value, decimals)
    )
    caption = say(
        "{arm} against {reference} in {outcome} at {at}: the whole difference, the part that goes with the mechanism, "
        "and the part that goes past it.",
        **parts,
    )
    return Figure(chart.svg, caption, Table(words.title, chart.table.headers, chart.table.rows))


def _described(rows: list[charts.IntervalRow], decimals: int, say: Say) -> str:
    told = [
        say(
            "{name}: {estimate}, from {low} to {high}.",
            name=row.name,
            estimate=number(row.estimate, decimals),
            low=number(row.low, decimals),
            high=number(row.high, decimals),
        )
        for row in rows
        if row.estimate is not None and row.low is not None and row.high is not None
    ]
    return " ".join(told)


def path_tables(results: Results, one: Mechanism, say: Say) -> Iterator[Table]:
    """Every path of every arm, with everybody and with complete cases."""
    heads = say("Mechanism"), say("Arm"), say("Who counts")
    paths, checks, reasons = [], [], []
    for arm, name, shown in _analyses(one, say):
        if isinstance(shown, NotEstimable):
            reasons.append(sentence(f"{arm}, {name}: {shown.not_estimable}"))
            continue
        for score, through in zip(one.mediators, shown.through, strict=True):
            row = label_of(results, score), arm, name
            paths.append((*row, *_paths(results, one, score, shown, through, say)))
            checks.append((*row, *_checks(results, one, shown, through, say)))
    yield Table(
        caption=say("The paths in numbers"),
        header=(
            *(*heads, say("Arm + reference"), say("Arm to mechanism")),
            *(say("Mechanism to outcome"), say("With the mechanism")),
        ),
        rows=tuple(paths),
        heads=3,
        note=" ".join(reasons),
    )
    yield Table(
        caption=say("The same in other ways"),
        header=(*heads, say("Past it"), say("Delta method"), say("BCa"), say("Share"), say("E-value")),
        rows=tuple(checks),
        heads=3,
        note=say(
            "Delta method and BCa: other intervals of what goes with the mechanism. Share: its part of the whole, where "
            "that means something. E-value: how strongly, as a risk ratio, a hidden cause would have to go with both."
        ),
    )


def _analyses(one: Mechanism, say: Say) -> Iterator[tuple[str, str, Mediation | NotEstimable]]:
    for arm, found in one.arms.items():
        yield arm, say("everybody"), found.full_information
        yield arm, say("complete cases"), found.complete_cases


def _paths(
    results: Results, one: Mechanism, score: str, shown: Mediation, through: Through, say: Say
) -> tuple[str, ...]:
    effect, decimals = through.indirect, decimals_of(results, one.outcome)
    return (
        f"{whole(shown.n)} + {whole(shown.n_reference)}",
        _estimate(through.a, decimals_of(results, score), say),
        _estimate(through.b, 2, say),
        f"{number(effect.estimate, decimals)} ({_interval(effect.interval, decimals, say)})",
    )


def _checks(
    results: Results, one: Mechanism, shown: Mediation, through: Through, say: Say
) -> tuple[str, ...]:
    decimals, share, hidden = decimals_of(results, one.outcome), shown.proportion, through.sensitivity
    return (
        _estimate(shown.direct, decimals, say),
        _interval(through.indirect.delta, decimals, say),
        _interval(through.indirect.bca, decimals, say),
        NONE if isinstance(share, NotEstimable) or len(shown.through) > 1 else percent(share.estimate),
        NONE if isinstance(hidden, NotEstimable) else number(hidden.e_value, 2),
    )


def _estimate(one: Coefficient | Lag, decimals: int, say: Say) -> str:
    return f"{number(one.estimate, decimals)} ({_interval(Interval(one.low, one.high), decimals, say)})"


def _interval(one: Interval | NotEstimable, decimals: int, say: Say) -> str:
    if isinstance(one, NotEstimable):
        return NONE
    return say("{low} to {high}", low=number(one.low, decimals), high=number(one.high, decimals))


def order_table(results: Results, one: Mechanism, say: Say) -> Iterator[Table]:
    rows = []
    for score, order in one.order.items():
        if isinstance(order, NotEstimable):
            continue
        mediator, outcome = label_of(results, score), label_of(results, one.outcome)
        for before, after, lag in (
            (mediator, outcome, order.mediator_first),
            (outcome, mediator, order.outcome_first),
            (mediator, mediator, order.mediator_carried),
            (outcome, outcome, order.outcome_carried),
        ):
            within = Interval(lag.standardised_low, lag.standardised_high)
            standardised = f"{number(lag.standardised, 2)} ({_interval(within, 2, say)})"
            rows.append(
                (before, after, whole(order.people), whole(order.pairs), _estimate(lag, 2, say), standardised)
            )
    if not rows:
        return
    yield Table(
        caption=say("From one timepoint to the next, within people"),
        header=(
            *(say("Before"), say("After"), say("People"), say("Pairs of timepoints")),
            *(say("Points per point"), say("In SDs within people")),
        ),
        rows=tuple(rows),
        heads=2,
    )
