"""The tables of the diary in the report."""

from __future__ import annotations

from collections.abc import Sequence

from allay.science.diary.shapes import Diary, DiaryModel, PersonalNetworks, Redrawn, Tie
from allay.science.evaluation.estimates import NotEstimable
from allay.science.report.blocks import Table
from allay.science.report.words import Say, number, p_value, percent, whole

ALL = "all"
UNSAID = "–"


def interval_head(confidence: float, say: Say) -> str:
    return say("{percent} interval", percent=percent(confidence))


def between_numbers(low: float, high: float, say: Say) -> str:
    return f"{number(low, 2)} {say('to')} {number(high, 2)}"


def weeks_table(found: Diary, say: Say) -> Table:
    arms = [one.arm for one in found.arms]
    shown = arms[1:] if len(arms) > 2 else arms[:1]
    rows = [
        (
            say("Everybody") if one.arm == ALL else one.arm,
            whole(one.week),
            whole(one.people),
            whole(one.asked),
            f"{whole(one.answered)} ({percent(one.share_answered)})",
            whole(one.not_today),
            whole(one.usable_pairs),
        )
        for one in found.weeks
        if one.arm in shown
    ]
    header = (
        say("Arm"),
        say("Week"),
        say("People"),
        say("Days asked"),
        say("Answered"),
        say("Not today"),
        say("Usable pairs"),
    )
    return Table(say("How the diary was kept"), header, tuple(rows), heads=2)


def lagged_table(found: Diary, confidence: float, say: Say) -> Table:
    drawn = _by_edge([] if isinstance(found.stability, NotEstimable) else found.stability.temporal)
    rows = [
        (
            f"{found.labels[edge.source]} → {found.labels[edge.target]}",
            number(edge.estimate, 3),
            f"{number(edge.low, 3)} {say('to')} {number(edge.high, 3)}",
            p_value(edge.p),
            number(edge.standardised, 2),
            number(edge.spread, 2),
            _same_sign(drawn.get((edge.source, edge.target))),
        )
        for edge in found.temporal
    ]
    header = (
        say("Yesterday → today"),
        say("Effect"),
        interval_head(confidence, say),
        "p",
        say("Standardised"),
        say("SD between people"),
        say("Same sign in draws"),
    )
    note = say(
        "Effect: units today for one unit above the own mean yesterday. Draws: people drawn anew with replacement."
    )
    return Table(say("Effects of the day before"), header, tuple(rows), note=note)


def models_table(found: Diary, say: Say) -> Table:
    rows = [
        (
            found.labels[name],
            _effects(one, say),
            whole(one.people),
            whole(one.pairs),
            number(one.log_likelihood, 3),
            number(one.residual_sd, 2),
            "; ".join(say.verbatim(edge) for edge in one.boundary) or UNSAID,
        )
        for name, one in found.models.items()
        if isinstance(one, DiaryModel)
    ]
    header = (
        say("Today"),
        say("Effects of people"),
        say("People"),
        say("Pairs"),
        say("Log-likelihood"),
        say("Residual SD"),
        say("Estimated at zero"),
    )
    note = say(
        "Every model's certificate holds: gradient zero, a maximum, no rise from the boundary inwards."
    )
    return Table(say("The models"), header, tuple(rows), note=note)


def _effects(one: DiaryModel, say: Say) -> str:
    if one.attempts:
        return say("independent (correlated ones could not be certified)")
    return say("correlated") if one.effects == "full" else say("independent")


def tie_table(
    found: Diary, ties: Sequence[Tie], redrawn: Sequence[Redrawn], confidence: float, say: Say, title: str
) -> Table:
    drawn = _by_edge(redrawn)
    rows = [
        (
            f"{found.labels[tie.a]} – {found.labels[tie.b]}",
            number(tie.estimate, 2),
            between_numbers(tie.low, tie.high, say),
            p_value(tie.p),
            _same_sign(drawn.get((tie.a, tie.b))),
        )
        for tie in ties
    ]
    header = (
        say("Between"),
        say("Partial correlation"),
        interval_head(confidence, say),
        "p",
        say("Same sign in draws"),
    )
    return Table(title, header, tuple(rows))


def _by_edge(drawn: Sequence[Redrawn]) -> dict[tuple[str, str], Redrawn]:
    return {(one.source, one.target): one for one in drawn}


def _same_sign(one: Redrawn | None) -> str:
    return UNSAID if one is None else percent(one.same_sign)


def personal_table(found: Diary, own: PersonalNetworks, say: Say) -> Table:
    rows = [
        (
            f"{found.labels[one.source]} → {found.labels[one.target]}",
            whole(one.more),
            whole(one.less),
        )
        for one in own.effects
    ]
    header = (say("Yesterday → today"), say("People in whom it is positive"), say("Negative"))
    return Table(say("Effects that are certain enough in single people"), header, tuple(rows))
