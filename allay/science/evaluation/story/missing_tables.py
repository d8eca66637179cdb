"""Tables about missing scores in the report: every assumption, every shift, who is missing and why."""

from __future__ import annotations

from collections.abc import Iterator

from allay.science.evaluation.estimates import Estimate, NotEstimable
from allay.science.evaluation.results import OutcomeSummary, Results
from allay.science.evaluation.results.missing import Assumption, Effect, Missing, MissingScore
from allay.science.evaluation.story.sentences import level, spread_of
from allay.science.report.blocks import Block, Table
from allay.science.report.words import Say, decimals_for, number, p_value, percent, whole

NONE = "–"


def assumptions_table(results: Results, missing: Missing, say: Say) -> Table:
    rows, reasons = [], []
    for outcome in results.study.outcomes:
        found = missing.scores[outcome.score].sensitivity
        if isinstance(found, NotEstimable):
            reasons.append(f"{outcome.label}: {found.not_estimable}.")
            continue
        for assumption in found.assumptions:
            for effect in assumption.effects:
                if effect.visit == found.target:
                    rows.append((outcome.label, *_row(results, outcome, assumption, effect, say)))
    imputed = missing.method == "multiple-imputation"
    return Table(
        caption=say(
            "The difference at {last} under each assumption about missing scores", last=results.study.last
        ),
        header=(
            *(say("Outcome"), say("Comparison"), say("Missing scores are taken to be")),
            *(
                say("Difference"),
                level(results, say),
                say("Standard error"),
                say("Degrees of freedom"),
                say("p"),
            ),
            *((say("Information missing"),) if imputed else ()),
        ),
        rows=tuple(rows),
        heads=3,
        note=" ".join(reasons),
    )


def _row(
    results: Results, outcome: OutcomeSummary, assumption: Assumption, effect: Effect, say: Say
) -> tuple[str, ...]:
    names = {
        "MAR": say("missing at random"),
        "JR": say("jump to reference"),
        "CIR": say("copy increments in reference"),
        "CR": say("copy reference"),
        "LMCF": say("last mean carried forward"),
    }
    who = say("{arm} against {reference}", arm=effect.arm, reference=effect.reference)
    imputed = () if effect.imputing is None else (percent(effect.imputing.missing_information),)
    return (who, names[assumption.strategy], *_numbers(results, outcome, effect.effect, say), *imputed)


def _numbers(
    results: Results, outcome: OutcomeSummary, effect: Estimate | NotEstimable, say: Say
) -> tuple[str, ...]:
    if isinstance(effect, NotEstimable):
        return (NONE,) * 5
    decimals = decimals_for(spread_of(results, outcome.score))
    between = say("{low} to {high}", low=number(effect.low, decimals), high=number(effect.high, decimals))
    return (
        number(effect.estimate, decimals),
        between,
        number(effect.se, decimals + 1),
        number(effect.df, 1),
        p_value(effect.p),
    )


def shifts_tables(
    results: Results, outcome: OutcomeSummary, found: MissingScore, say: Say
) -> Iterator[Block]:
    if isinstance(found.sensitivity, NotEstimable):
        return
    decimals = decimals_for(spread_of(results, outcome.score))
    for one in found.sensitivity.tipping:
        if one.raised == "active" and one.grid:
            yield Table(
                caption=say(
                    "{label} at {last}, {arm} less {reference}, had missing scores of all arms but {reference} been shifted",
                    label=outcome.label,
                    last=results.study.last,
                    arm=one.arm,
                    reference=one.reference,
                ),
                header=(
                    *(say("Shifted by"), say("Difference"), level(results, say)),
                    *(say("Standard error"), say("Degrees of freedom"), say("p")),
                ),
                rows=tuple(
                    (number(each.delta, decimals), *_numbers(results, outcome, each.effect, say))
                    for each in one.grid
                ),
            )


def counts_table(results: Results, outcome: OutcomeSummary, found: MissingScore, say: Say) -> Table:
    rows = [
        (arm, *(whole(n) for n in (one.people, one.complete, one.monotone, one.intermittent, one.never)))
        for arm, one in found.counts.arms.items()
    ]
    return Table(
        caption=say("People by what is missing of {label}", label=outcome.label),
        header=(
            *(say("Arm"), say("People"), say("Nothing missing"), say("Left and did not come back")),
            *(say("With a gap"), say("Never measured")),
        ),
        rows=tuple(rows),
    )


def reasons_tables(outcome: OutcomeSummary, found: MissingScore, say: Say) -> Iterator[Block]:
    rows = [
        (arm, reason, whole(n)) for arm, one in found.counts.arms.items() for reason, n in one.reasons.items()
    ]
    if rows:
        yield Table(
            caption=say("Why people have no last score of {label}", label=outcome.label),
            header=(say("Arm"), say("Reason"), say("People")),
            rows=tuple(rows),
            heads=2,
        )
