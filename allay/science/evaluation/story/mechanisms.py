"""Mechanisms in the report: through what, past what, what would have to be hidden, and what moved first.

The words claim no more than the numbers bear: a part that goes with the mechanism, never a cause that was shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from allay.science.evaluation.estimates import NotEstimable
from allay.science.evaluation.results import OutcomeSummary, Results
from allay.science.evaluation.results.mechanisms import (
    ArmMechanism,
    Lag,
    LaggedOrder,
    Mechanism,
    Mediation,
    Through,
)
from allay.science.evaluation.story.mechanism_tables import (
    decimals_of,
    label_of,
    mechanism_figure,
    order_table,
    outcome_of,
    path_tables,
    sentence,
)
from allay.science.evaluation.story.sentences import amount, level
from allay.science.report.blocks import Block, Heading, Items, Paragraph
from allay.science.report.words import Say, percent


def tell(results: Results, say: Say) -> Iterator[Block]:
    """A heading, each mechanism, and what has to be assumed."""
    if results.mechanisms is None:
        return
    yield Heading(say("Through what?"), "mechanisms")
    yield Paragraph(
        say(
            "Does the difference between arms go with what the programme is meant to change? What follows holds only as "
            "far as the assumptions do that are listed below. It cannot show that a mechanism is the cause."
        )
    )
    for place, one in enumerate(results.mechanisms.asked, start=1):
        yield from _mechanism(results, one, place, say)
    yield Heading(say("What has to be assumed about mechanisms"), "mechanisms-assumed", 3)
    yield Items(tuple(_assumptions(results, say)))


def method(results: Results) -> str:
    """How the mechanisms were computed."""
    if results.mechanisms is None:
        return ""
    return (
        "Mediator and outcome are regressed on the arm, their own first scores and the plan's covariates, the outcome on "
        "the mediators as well; what goes through is the product of both paths. Full information: maximum likelihood of the "
        "joint normal distribution, everybody measured at least once counts, missing values are taken to be missing at "
        "random. Intervals of what goes through: percentiles of 5000 bootstrap samples drawn within arms; beside them the "
        "delta method (Sobel 1982) and bias-corrected, accelerated intervals. Unmeasured causes: Imai, Keele and Yamamoto "
        "(2010); mediational E-value: Smith and VanderWeele (2019). What moves first: the random-intercept cross-lagged "
        "panel model (Hamaker, Kuiper and Grasman 2015) by maximum likelihood, with means free for each timepoint and arm "
        "and lags alike from each timepoint to the next."
    )


def _mechanism(results: Results, one: Mechanism, place: int, say: Say) -> Iterator[Block]:
    names = ", ".join(label_of(results, score) for score in one.mediators)
    heading = say("{mediators} and {outcome}", mediators=names, outcome=label_of(results, one.outcome))
    yield Heading(heading, f"mechanism-{place}", 3)
    if not one.arms:
        yield Paragraph(say("There are no arms to compare, so only what moved first can be asked."))
    for arm, found in one.arms.items():
        yield from _arm(results, one, arm, found, say)
    for score, order in one.order.items():
        yield Paragraph(_order(results, one, score, order, say))
    if one.arms:
        yield from path_tables(results, one, say)
    yield from order_table(results, one, say)
    cautions = dict.fromkeys(_cautions(one))
    if cautions:
        yield Items(tuple(say.verbatim(caution) for caution in cautions))


def _shown(found: ArmMechanism) -> Mediation | NotEstimable:
    """The analysis that is told: everybody, or complete cases where that cannot be had."""
    first, second = found.full_information, found.complete_cases
    return second if isinstance(first, NotEstimable) and isinstance(second, Mediation) else first


def _cautions(one: Mechanism) -> Iterator[str]:
    for found in one.arms.values():
        shown = _shown(found)
        if isinstance(shown, Mediation):
            yield from (sentence(caution) for caution in shown.cautions)
    for order in one.order.values():
        if isinstance(order, LaggedOrder):
            yield from (sentence(caution) for caution in order.cautions)
    yield from one.cautions


# Through and past


def _arm(results: Results, one: Mechanism, arm: str, found: ArmMechanism, say: Say) -> Iterator[Block]:
    shown = _shown(found)
    if isinstance(shown, NotEstimable):
        yield Paragraph(
            say(
                "How much of the difference between {arm} and {reference} goes with {mediators} cannot be estimated: "
                "{reason}.",
                arm=arm,
                reference=results.study.arms[0],
                mediators=", ".join(label_of(results, score) for score in one.mediators),
                reason=shown.not_estimable,
            )
        )
        return
    for score, through in zip(one.mediators, shown.through, strict=True):
        yield Paragraph(_through(results, one, arm, score, through, say))
        if hidden := _hidden(results, one, score, through, say):
            yield Paragraph(hidden)
    yield mechanism_figure(results, one, arm, shown, say)


def _gain(outcome: OutcomeSummary, value: float) -> float:
    return value if outcome.better == "higher" else -value


def _through(results: Results, one: Mechanism, arm: str, score: str, through: Through, say: Say) -> str:
    outcome, effect = outcome_of(results, one.outcome), through.indirect
    decimals, interval = decimals_of(results, one.outcome), effect.interval
    best, worst = sorted((interval.low, interval.high), key=lambda end: _gain(outcome, end), reverse=True)
    near, far = sorted((interval.low, interval.high), key=abs)
    reference = results.study.arms[0]
    parts = {
        "arm": arm,
        "reference": reference,
        "mediator": label_of(results, score),
        "at": one.mediator_at,
        "outcome": outcome.label,
        "outcome_at": one.outcome_at,
        "size": amount(effect.estimate, decimals),
        "level": level(results, say),
        "low": amount(near, decimals),
        "high": amount(far, decimals),
        "best": amount(best, decimals),
        "worst": amount(worst, decimals),
        "favoured": arm if _gain(outcome, effect.estimate) > 0 else reference,
    }
    if not interval.excludes_nought:
        return say(
            "Whether a difference in {outcome} at {outcome_at} goes with {mediator} at {at} cannot be told from these "
            "data: {size} points in favour of {favoured} do, and the {level} runs from {best} points in favour of {arm} to "
            "{worst} points in favour of {reference}.",
            **parts,
        )
    if results.study.design == "randomised":
        return say(
            "In {outcome} at {outcome_at}, {size} points in favour of {favoured} go with the difference between {arm} and "
            "{reference} in {mediator} at {at} ({level} {low} to {high}). If nothing else moves both {mediator} and "
            "{outcome}, that much went through {mediator}.",
            **parts,
        )
    return say(
        "In {outcome} at {outcome_at}, {size} points in favour of {favoured} go with the difference between {arm} and "
        "{reference} in {mediator} at {at} ({level} {low} to {high}). People were not allocated by chance, so this is an "
        "association: what brought it about these data cannot say.",
        **parts,
    )


def _hidden(results: Results, one: Mechanism, score: str, through: Through, say: Say) -> str:
    found = through.sensitivity
    if isinstance(found, NotEstimable) or not through.indirect.interval.excludes_nought:
        return ""
    parts = {
        "share": percent(abs(found.rho)),
        "mediator": label_of(results, score),
        "outcome": label_of(results, one.outcome),
    }
    whole_effect = say(
        "A hidden cause that explained {share} of what is left open in {mediator}, and as much of what is left open in "
        "{outcome}, would do away with all of it.",
        **parts,
    )
    if found.rho_interval is None:
        return whole_effect
    return (
        whole_effect
        + " "
        + say(
            "With {share} of each, the data could no longer tell it from none.",
            share=percent(abs(found.rho_interval)),
        )
    )


# What moved first


def _order(results: Results, one: Mechanism, score: str, order: LaggedOrder | NotEstimable, say: Say) -> str:
    names = {"mediator": label_of(results, score), "outcome": label_of(results, one.outcome)}
    if isinstance(order, NotEstimable):
        return say(
            "Whether {mediator} moved before {outcome} within people cannot be estimated: {reason}.",
            **names,
            reason=order.not_estimable,
        )
    there, back = _clear(order.mediator_first), _clear(order.outcome_first)
    told = _first(results, one, score, order, say) if there else ""
    if there and back:
        return told + " " + say("It was so the other way round as well: each went before the other.")
    if there:
        return (
            told
            + " "
            + say(
                "The other way round it could not be told from none. That something comes first does not make it the cause."
            )
        )
    if back:
        return say(
            "Within people, {outcome} was seen to move before {mediator}; that {mediator} moved before {outcome} could not "
            "be told from these data. They do not show {mediator} leading the way.",
            **names,
        )
    return say(
        "Within people, neither {mediator} nor {outcome} could be seen to move before the other. That is not to say "
        "that neither does: few timepoints, far apart, show little.",
        **names,
    )


def _clear(lag: Lag) -> bool:
    return lag.low > 0 or lag.high < 0


def _first(results: Results, one: Mechanism, score: str, order: LaggedOrder, say: Say) -> str:
    lag = order.mediator_first
    near, far = sorted((lag.low, lag.high), key=abs)
    parts = {
        "mediator": label_of(results, score),
        "outcome": label_of(results, one.outcome),
        "size": amount(lag.estimate, 2),
        "level": level(results, say),
        "low": amount(near, 2),
        "high": amount(far, 2),
    }
    if lag.estimate > 0:
        return say(
            "Within people, {mediator} was seen to move before {outcome}: after a time at which a person's {mediator} was a "
            "point higher than usual for this person, {outcome} was {size} points higher at the next ({level} {low} to "
            "{high}).",
            **parts,
        )
    return say(
        "Within people, {mediator} was seen to move before {outcome}: after a time at which a person's {mediator} was a "
        "point higher than usual for this person, {outcome} was {size} points lower at the next ({level} {low} to "
        "{high}).",
        **parts,
    )


# Assumptions


def _assumptions(results: Results, say: Say) -> list[str]:
    chance = (
        say(
            "Chance made the arms, so nothing but chance goes with both the arm and the mechanism or the outcome."
        )
        if results.study.design == "randomised"
        else say(
            "Nothing unmeasured goes with both the arm and the mechanism, or with both the arm and the outcome. Chance "
            "did not make the arms, so nothing in the design sees to that."
        )
    )
    return [
        say("The mechanism was measured before the outcome, and what is adjusted for before the arms began."),
        chance,
        say(
            "Among people of the same arm with the same first scores, nothing unmeasured moves both the mechanism and the "
            "outcome, and nothing else that the programme changed does. No design sees to that, a trial no more than "
            "another; how far it may fail is told with each mechanism."
        ),
        say(
            "The paths are straight lines, and alike in both arms; results.json holds the same with paths that may differ."
        ),
        say(
            "Scores that are missing can be guessed from those that were measured, as well for those who left as for "
            "those who stayed."
        ),
        say(
            "What comes first within people is an order in time. Something unmeasured that moves one score sooner than the "
            "other looks the same."
        ),
    ]
