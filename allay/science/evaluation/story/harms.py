"""What went badly, in the report: side effects and other harms, getting worse, not completing."""

from __future__ import annotations

from collections.abc import Iterator

from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.results import Results
from allay.science.evaluation.results.harms import Completed, HarmCounts, Struck
from allay.science.evaluation.story.shares import (
    NONE,
    arm_name,
    count_text,
    level,
    needed_text,
    points,
    points_interval,
    shown_arms,
)
from allay.science.report.blocks import Block, Heading, Items, Paragraph, Table
from allay.science.report.words import Say, number, percent, whole


def tell(results: Results, say: Say) -> Iterator[Block]:
    yield Heading(say("What went badly"), "harms")
    yield from _side_effects(results, say)
    yield from _worse(results, say)
    yield from _completion(results, say)


def method(results: Results) -> str:
    """How harms were counted."""
    return (
        "Harms and completion: people, and shares of those of whom it is known, with exact intervals (Clopper and Pearson "
        "1934); differences between arms with Newcombe's (1998) interval. A blank is not taken as no harm."
    )


# Side effects and other harms


def _side_effects(results: Results, say: Say) -> Iterator[Block]:
    if not results.harms.asked:
        yield Paragraph(
            say(
                "The plan names no side effects or other harms, so none were asked about here. That does not mean that "
                "there were none."
            )
        )
        return
    yield Items(tuple(text for harm in results.harms.harms for text in _sentences(results, harm, say)))
    yield _table(results, say)
    if results.harms.harms and any(harm.compared for harm in results.harms.harms):
        yield _differences(results, say)


def _sentences(results: Results, harm: HarmCounts, say: Say) -> Iterator[str]:
    for arm in shown_arms(results):
        one = harm.arms[arm]
        parts = {
            "harm": harm.label,
            "arm": arm_name(arm, say),
            "n": whole(one.known),
            "level": level(results, say),
        }
        if isinstance(one.share, NotEstimable):
            yield say("{harm}, {arm}: nothing is known of anybody.", **parts)
        elif one.with_event == 0:
            yield say(
                "{harm}, {arm}: nobody of {n}. So many people do not rule out that it strikes up to {high} ({level}).",
                **parts,
                high=percent(one.share.high),
            )
        else:
            yield say(
                "{harm}, {arm}: {count} of {n} people, {share} ({level} {low} to {high}).",
                **parts,
                count=whole(one.with_event),
                share=percent(one.share.estimate),
                low=number(100 * one.share.low, 0),
                high=percent(one.share.high),
            )


def _table(results: Results, say: Say) -> Table:
    rows = [
        (harm.label, arm_name(arm, say), *_struck(harm.arms[arm], say))
        for harm in results.harms.harms
        for arm in shown_arms(results)
    ]
    return Table(
        caption=say("Side effects and other harms"),
        header=(
            *(say("Harm"), say("Arm"), say("At least once"), say("Of"), say("Events")),
            *(say("Nothing known"), say("Not asked every time")),
        ),
        rows=tuple(rows),
        heads=2,
        note=" ".join([_counted_as(results, say), _not_every_time(say)]),
    )


def _struck(one: Struck, say: Say) -> tuple[str, ...]:
    events = NONE if one.events is None else f"{one.events:g}"
    return (
        count_text(one.with_event, one.share, say),
        whole(one.known),
        events,
        whole(one.unknown),
        whole(one.partly_known),
    )


def _counted_as(results: Results, say: Say) -> str:
    said = []
    for harm in results.harms.harms:
        at = (
            say("at {timepoints}", timepoints=", ".join(harm.timepoints))
            if harm.timepoints
            else say("over all")
        )
        said.append(f"{harm.label}: {harm.source} {harm.event}, {at}.")
    return " ".join(said)


def _not_every_time(say: Say) -> str:
    return say("Not asked every time: had no event where asked, but was not asked at every timepoint.")


def _differences(results: Results, say: Say) -> Table:
    rows, reasons = [], []
    for harm in results.harms.harms:
        for arm, one in harm.compared.items():
            needed = one.number_needed
            if isinstance(needed, NotEstimable):
                reasons.append(needed.not_estimable)
            rows.append(
                (
                    harm.label,
                    say("{arm} against {reference}", arm=arm, reference=results.study.arms[0]),
                    points(one.difference),
                    points_interval(one.difference, say),
                    NONE if isinstance(needed, NotEstimable) else needed_text(needed, say),
                )
            )
    why = "; ".join(dict.fromkeys(reasons))
    return Table(
        caption=say("Differences in harms between the arms"),
        header=(
            *(say("Harm"), say("Arms"), say("Percentage points"), level(results, say)),
            say("Number needed to harm or to benefit"),
        ),
        rows=tuple(rows),
        heads=2,
        note=say("Without a number needed: {reasons}.", reasons=why) if why else "",
    )


# Getting worse


def _worse(results: Results, say: Say) -> Iterator[Block]:
    rows, reasons = [], []
    for outcome in results.study.outcomes:
        for arm in shown_arms(results):
            one = results.harms.worse[outcome.score][arm]
            rows.append(
                (
                    outcome.label,
                    arm_name(arm, say),
                    whole(one.n),
                    count_text(one.reliably, one.reliably_share, say),
                    count_text(one.importantly, one.importantly_share, say),
                )
            )
            reasons += [
                f"{outcome.label}: {share.not_estimable}."
                for share in (one.reliably_share, one.importantly_share)
                if isinstance(share, NotEstimable)
            ]
    yield Table(
        caption=say("Worse at {last} than at {first}", last=results.study.last, first=results.study.first),
        header=(
            *(say("Score"), say("Arm"), say("Judged"), say("Reliably worse")),
            say("Worse by an important amount"),
        ),
        rows=tuple(rows),
        heads=2,
        note=" ".join(dict.fromkeys(reasons)),
    )


# Completing


def _completion(results: Results, say: Say) -> Iterator[Block]:
    found = results.harms.completion
    yield Paragraph(_meaning(results, say))
    rows = [
        (arm_name(arm, say), *_completed(one, say))
        for arm in shown_arms(results)
        if (one := found.arms[arm]) is not None
    ]
    yield Table(
        caption=say("Completing"),
        header=(say("Arm"), say("Completed"), say("Did not"), say("Not known"), *_reason_head(results, say)),
        rows=tuple(
            (*row, *_reasons(results, arm)) for row, arm in zip(rows, shown_arms(results), strict=True)
        ),
        note=_completion_note(results, say),
    )


def _meaning(results: Results, say: Say) -> str:
    found = results.harms.completion
    if found.by is None:
        return say(
            "Completed means here: measured at {last}. The plan says nothing else of it.",
            last=results.study.last,
        )
    return say(
        "Completed means: {column} of at least {least}. {label}",
        column=found.by,
        least=f"{found.at_least:g}",
        label=found.label,
    ).strip()


def _completed(one: Completed, say: Say) -> tuple[str, ...]:
    known = one.people - one.unknown
    return count_text(one.completed, one.share, say), whole(known - one.completed), whole(one.unknown)


def _all_reasons(results: Results) -> list[str]:
    found = results.harms.completion
    return list(dict.fromkeys(reason for one in found.arms.values() for reason in one.reasons))


def _reason_head(results: Results, say: Say) -> tuple[str, ...]:
    if not results.harms.completion.reasons_asked:
        return ()
    return (*_all_reasons(results), say("no reason given"))


def _reasons(results: Results, arm: str) -> tuple[str, ...]:
    found = results.harms.completion
    if not found.reasons_asked:
        return ()
    one = found.arms[arm]
    return (*(whole(one.reasons.get(reason, 0)) for reason in _all_reasons(results)), whole(one.no_reason))


def _completion_note(results: Results, say: Say) -> str:
    found = results.harms.completion
    said = [
        say(
            "{arm} against {reference}: {points} percentage points ({level} {interval}).",
            arm=arm,
            reference=results.study.arms[0],
            points=points(one),
            level=level(results, say),
            interval=points_interval(one, say),
        )
        for arm, one in found.compared.items()
        if not isinstance(one, NotEstimable)
    ]
    if not found.reasons_asked:
        said.append(say("The plan names no column with reasons for stopping."))
    return " ".join(said)
