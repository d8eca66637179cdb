"""Missing scores in the report: in plain words for who decides, then every number for who checks."""

from __future__ import annotations

from collections.abc import Iterator

from allay.science import charts
from allay.science.evaluation.estimates import Estimate, NotEstimable
from allay.science.evaluation.results import OutcomeSummary, Results
from allay.science.evaluation.results.missing import (
    Assumption,
    Effect,
    Missing,
    MissingScore,
    Sensitivity,
    Tipping,
)
from allay.science.evaluation.story.missing_tables import (
    NONE,
    assumptions_table,
    counts_table,
    reasons_tables,
    shifts_tables,
)
from allay.science.evaluation.story.sentences import amount, level, spread_of
from allay.science.report.blocks import Block, Figure, Heading, Items, Paragraph, Table
from allay.science.report.words import Say, decimals_for, number, whole


def tell(results: Results, say: Say) -> Iterator[Block]:
    """The primary outcome in words, then tables of all."""
    if results.missing is None:
        return
    yield Heading(say("What if those who left fared worse?"), "missing")
    outcome = next(one for one in results.study.outcomes if one.primary)
    found = results.missing.scores[outcome.score]
    yield from _words(results, outcome, found, say)
    if len(results.study.arms) > 1:
        yield assumptions_table(results, results.missing, say)
        yield from shifts_tables(results, outcome, found, say)
    yield counts_table(results, outcome, found, say)
    yield from reasons_tables(outcome, found, say)
    yield from _notes(results, results.missing, say)


def method(results: Results) -> str:
    """How missing scores were treated."""
    if results.missing is None or len(results.study.arms) < 2:
        return ""
    how = {
        "conditional-mean": (
            "Conditional mean imputation with a jackknife over people that refits everything (Wolbers et al. 2022); "
            "intervals by t quantiles."
        ),
        "multiple-imputation": (
            "Multiple imputation: independent posterior draws of the mixed model by data augmentation, pooled by "
            "Rubin's rules with the degrees of freedom of Barnard and Rubin (1999)."
        ),
    }
    return (
        f"{how[results.missing.method]} Imputation model: a mixed model for repeated measures of the scores after the "
        "first, with the first score at every timepoint, covariates, and arm by timepoint, one covariance for all arms. "
        "Analysis: covariance with arm, first score and covariates. Reference-based assumptions as Carpenter, Roger and "
        "Kenward (2013). The tipping point adds a shift to every missing score about missing at random, by conditional "
        "means. Standard errors of the jackknife under reference-based assumptions say how much the estimate would vary "
        "in repetitions, and are smaller than Rubin's (Cro, Carpenter and Kenward 2019)."
    )


# In words


def _words(results: Results, outcome: OutcomeSummary, found: MissingScore, say: Say) -> Iterator[Block]:
    parts = {"label": outcome.label, "last": results.study.last}
    if found.missing == 0:
        yield Paragraph(
            say("Everybody has a score of {label} at {last}: nothing has to be assumed about them.", **parts)
        )
        return
    yield Paragraph(
        say.count(
            "{n} of {people} people has no score of {label} at {last}.",
            "{n} of {people} people have no score of {label} at {last}.",
            found.missing,
            people=whole(found.people),
            **parts,
        )
    )
    if isinstance(found.sensitivity, NotEstimable):
        yield Paragraph(
            say(
                "What they may have scored was not looked at: {reason}.",
                reason=found.sensitivity.not_estimable,
            )
        )
        return
    yield Paragraph(
        say(
            "The answer above takes it that they went on like people of their own arm with the same course so far. "
            "Nobody saw whether they did. Here is what the difference at {last} would be under other assumptions.",
            last=results.study.last,
        )
    )
    yield from (Paragraph(one) for one in _verdicts(outcome, found.sensitivity, say))
    yield Items(tuple(_sentences(results, outcome, found.sensitivity, say)))
    yield from _figures(results, outcome, found.sensitivity, say)
    yield from (
        Paragraph(_tipping(results, outcome, one, say))
        for one in found.sensitivity.tipping
        if one.raised == "active"
    )


def _verdicts(outcome: OutcomeSummary, found: Sensitivity, say: Say) -> Iterator[str]:
    """For each comparison, whether all assumptions lead to the same answer."""
    for arm in dict.fromkeys(effect.arm for effect in found.assumptions[0].effects):
        effects = [one.at(found.target, arm) for one in found.assumptions]
        known = [one.effect for one in effects if isinstance(one.effect, Estimate)]
        if len(known) < len(effects) or not known:
            continue
        parts = {"arm": arm, "reference": effects[0].reference}
        sides = {_side(outcome, one) for one in known}
        if sides == {"gain"}:
            yield say(
                "Under all of them people in {arm} were better off than people in {reference}.", **parts
            )
        elif sides == {"loss"}:
            yield say("Under all of them people in {arm} were worse off than people in {reference}.", **parts)
        elif sides == {"unclear"}:
            yield say("Under none of them can {arm} and {reference} be told apart by these data.", **parts)
        else:
            yield say(
                "They do not lead to one answer: whether {arm} and {reference} differ depends on what is assumed about "
                "those who left.",
                **parts,
            )


def _side(outcome: OutcomeSummary, effect: Estimate) -> str:
    """What the interval says of the arm: gain, loss, or unclear where it holds nought."""
    if effect.low <= 0 <= effect.high:
        return "unclear"
    return "gain" if _gains(outcome, effect) else "loss"


def _sentences(results: Results, outcome: OutcomeSummary, found: Sensitivity, say: Say) -> Iterator[str]:
    for assumption in found.assumptions:
        for effect in assumption.effects:
            if effect.visit == found.target:
                yield _sentence(results, outcome, assumption, effect, say)


def _sentence(
    results: Results, outcome: OutcomeSummary, assumption: Assumption, effect: Effect, say: Say
) -> str:
    how = _how(assumption.strategy, effect, say)
    if isinstance(effect.effect, NotEstimable):
        return say("{how}: cannot be had, because {reason}.", how=how, reason=effect.effect.not_estimable)
    decimals = decimals_for(spread_of(results, outcome.score))
    one = effect.effect
    return say(
        "{how}: {size} points in favour of {favoured} ({level} of {arm} less {reference}: {low} to {high}).",
        how=how,
        size=amount(one.estimate, decimals),
        favoured=effect.arm if _gains(outcome, one) else effect.reference,
        level=level(results, say),
        arm=effect.arm,
        reference=effect.reference,
        low=number(one.low, decimals),
        high=number(one.high, decimals),
    )


def _gains(outcome: OutcomeSummary, effect: Estimate) -> bool:
    return (effect.estimate < 0) == (outcome.better == "lower")


def _how(strategy: str, effect: Effect, say: Say) -> str:
    """How those who left are taken to have fared."""
    other = effect.reference
    words = {
        "MAR": say("As people of their own arm with the same course so far"),
        "JR": say("As people of {reference} from the time they left", reference=other),
        "CIR": say("Keeping what they had reached, and from there in step with {reference}", reference=other),
        "CR": say("As if they had been in {reference} from the beginning", reference=other),
        "LMCF": say("Staying at the level that their arm had when they left"),
    }
    return words[strategy]


def _tipping(results: Results, outcome: OutcomeSummary, found: Tipping, say: Say) -> str:
    decimals = decimals_for(spread_of(results, outcome.score))
    parts = {"arm": found.arm, "reference": found.reference, "level": level(results, say)}
    if found.verdict == "tips":
        return say(
            "{arm} against {reference}: the finding stands until the missing scores of {arm} are {delta} points worse "
            "than expected of them; from there on the {level} holds nought.",
            delta=amount(found.tips_at or 0.0, decimals),
            **parts,
        )
    if found.verdict == "not reached":
        return say(
            "{arm} against {reference}: the finding stands even if the missing scores of {arm} were {delta} points worse "
            "than expected of them, the largest shift that was looked at.",
            delta=amount(found.grid[-1].delta, decimals),
            **parts,
        )
    if found.verdict == "nothing to tip":
        return say(
            "{arm} against {reference}: the {level} holds nought without any shift, so that there is no finding that "
            "could tip.",
            **parts,
        )
    return say(
        "{arm} against {reference}: there is no tipping point, because {reason}.", reason=found.says, **parts
    )


def _figures(results: Results, outcome: OutcomeSummary, found: Sensitivity, say: Say) -> Iterator[Block]:
    """The difference under every assumption, one picture for each comparison."""
    decimals = decimals_for(spread_of(results, outcome.score))
    for arm in dict.fromkeys(effect.arm for effect in found.assumptions[0].effects):
        effects = {one.strategy: one.at(found.target, arm) for one in found.assumptions}
        rows = [_interval_row(_how(strategy, effect, say), effect) for strategy, effect in effects.items()]
        parts = {"label": outcome.label, "last": found.target, "arm": arm, "reference": results.study.arms[0]}
        words = charts.IntervalWords(
            title=say("{label} at {last}: {arm} less {reference}, had those who left fared", **parts),
            description=" ".join(
                _sentence(results, outcome, one, one.at(found.target, arm), say) for one in found.assumptions
            ),
            axis=say("{label}, lower is better", **parts)
            if outcome.better == "lower"
            else say("{label}, higher is better", **parts),
            nothing=say("No difference"),
            row=say("Those who left fared"),
            estimate=say("Difference"),
            interval=level(results, say),
            none=NONE,
            to=say("to"),
        )
        chart = charts.intervals(
            rows, words=words, number_text=lambda value: NONE if value is None else number(value, decimals)
        )
        caption = say(
            "The difference at {last} in {label}, {arm} less {reference}, by what is assumed about those who left.",
            **parts,
        )
        yield Figure(chart.svg, caption, Table(words.title, chart.table.headers, chart.table.rows))


def _interval_row(name: str, effect: Effect) -> charts.IntervalRow:
    if isinstance(effect.effect, NotEstimable):
        return charts.IntervalRow(name, None)
    return charts.IntervalRow(name, effect.effect.estimate, effect.effect.low, effect.effect.high)


def _notes(results: Results, missing: Missing, say: Say) -> Iterator[Block]:
    notes = []
    if missing.groups_ignored:
        notes.append(
            say(
                "People met in groups; these analyses take each person by themselves, so their intervals may be too narrow."
            )
        )
    for outcome in results.study.outcomes:
        found = missing.scores[outcome.score].sensitivity
        if not isinstance(found, NotEstimable):
            notes += [f"{outcome.label}: {say.verbatim(note)}." for note in found.notes]
    if notes:
        yield Items(tuple(notes))
