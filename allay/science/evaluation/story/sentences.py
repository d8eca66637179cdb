"""The sentences of an evaluation report: what was found, in plain words and no louder than the data.

Every number in them is one of results.json, rounded.
"""

from __future__ import annotations

from allay.science.evaluation.estimates import Estimate, NotEstimable
from allay.science.evaluation.main_effect import main_effects, model_of
from allay.science.evaluation.plan import ALL
from allay.science.evaluation.results import OutcomeSummary, Results
from allay.science.report.words import Say, decimals_for, number, percent, whole


def amount(value: float, decimals: int) -> str:
    return number(abs(value), decimals)


def spread_of(results: Results, score: str) -> float | None:
    """The SD at the first timepoint of everybody, which decides how many decimals are shown."""
    return results.description[score][ALL][results.study.first].sd


def level(results: Results, say: Say) -> str:
    return say("{percent} interval", percent=percent(results.study.confidence))


# The answer


def answers(results: Results, outcome: OutcomeSummary, say: Say) -> list[str]:
    """One sentence per comparison, or one on the change of the single group."""
    return [
        _own_change(results, outcome, effect, say)
        if arm == ALL
        else _comparison(results, outcome, arm, effect, say)
        for arm, effect in main_effects(results, outcome.score).items()
    ]


def _comparison(
    results: Results, outcome: OutcomeSummary, arm: str, effect: Estimate | NotEstimable, say: Say
) -> str:
    reference = results.study.arms[0]
    if isinstance(effect, NotEstimable):
        return say(
            "The difference between {arm} and {reference} in {score} cannot be estimated: {reason}.",
            arm=arm,
            reference=reference,
            score=outcome.label,
            reason=effect.not_estimable,
        )
    parts = _difference_parts(results, outcome, effect, say)
    parts |= {"arm": arm, "reference": reference, "last": results.study.last}
    if _unclear(effect):
        return say(
            "At {last}, {score} in {arm} and {reference} cannot be told apart by these data: between people who began "
            "alike the difference is {size} points in favour of {favoured}, and its {level} runs from {best} points in "
            "favour of {arm} to {worst} points in favour of {reference}.",
            **parts,
            favoured=arm if _gain(outcome, effect.estimate) > 0 else reference,
        )
    if _gain(outcome, effect.estimate) > 0:
        return say(
            "At {last}, people in {arm} were better off in {score} than people in {reference} who began alike: by "
            "{size} points ({level} {low} to {high}).",
            **parts,
        )
    return say(
        "At {last}, people in {arm} were worse off in {score} than people in {reference} who began alike: by {size} "
        "points ({level} {low} to {high}).",
        **parts,
    )


def _own_change(results: Results, outcome: OutcomeSummary, effect: Estimate | NotEstimable, say: Say) -> str:
    if isinstance(effect, NotEstimable):
        return _no_change_known(outcome, effect, say)
    parts = _difference_parts(results, outcome, effect, say)
    parts |= {"first": results.study.first, "last": results.study.last}
    if _unclear(effect):
        return say(
            "From {first} to {last} the mean change in {score} cannot be told from none: {size} points towards "
            "{direction} ({level} from {best} points better to {worst} points worse).",
            **parts,
            direction=say("better") if _gain(outcome, effect.estimate) > 0 else say("worse"),
        )
    if _gain(outcome, effect.estimate) > 0:
        return say(
            "From {first} to {last}, {score} improved by {size} points on average ({level} {low} to {high}).",
            **parts,
        )
    return say(
        "From {first} to {last}, {score} worsened by {size} points on average ({level} {low} to {high}).",
        **parts,
    )


def _no_change_known(outcome: OutcomeSummary, found: NotEstimable, say: Say) -> str:
    return say(
        "The mean change in {score} cannot be given with its uncertainty: {reason}.",
        score=outcome.label,
        reason=found.not_estimable,
    )


def _gain(outcome: OutcomeSummary, value: float) -> float:
    return value if outcome.better == "higher" else -value


def _unclear(estimate: Estimate) -> bool:
    return estimate.low <= 0 <= estimate.high


def _difference_parts(
    results: Results, outcome: OutcomeSummary, estimate: Estimate, say: Say
) -> dict[str, str]:
    """Sizes without signs: `low` to `high` on one side of nothing, `best` and `worst` on both."""
    decimals = decimals_for(spread_of(results, outcome.score))
    ends = sorted((estimate.low, estimate.high), key=abs)
    best, worst = sorted((estimate.low, estimate.high), key=lambda end: _gain(outcome, end), reverse=True)
    return {
        "score": outcome.label,
        "level": level(results, say),
        "size": amount(estimate.estimate, decimals),
        "low": amount(ends[0], decimals),
        "high": amount(ends[1], decimals),
        "best": amount(best, decimals),
        "worst": amount(worst, decimals),
    }


# What it may be put down to


def standing(results: Results, say: Say) -> str:
    """What the design permits to say, and for whom."""
    match results.study.design:
        case "randomised":
            cause = say(
                "People were allocated to the arms by chance, so the arms were alike at the start but for the play of "
                "chance; those who were not measured again may still have differed."
            )
        case "comparison":
            cause = say(
                "People were not allocated to the arms by chance, as far as the plan says, so the arms may have "
                "differed in other ways that explain the difference."
            )
        case _:
            cause = say(
                "There is no comparison group: time, other care, or being measured when at one's worst may explain "
                "the change as well as the programme."
            )
    return cause


def counted(results: Results, outcome: OutcomeSummary, say: Say) -> str:
    """Whose scores the answer rests on."""
    model, everybody = model_of(results, outcome.score), results.people.by_arm[ALL]
    if model is not None:
        return say(
            "Everybody measured at least once counts: {n} of {all} people, {observations} scores.",
            n=whole(model.people),
            all=whole(everybody),
            observations=whole(model.observations),
        )
    one = results.within[outcome.score][ALL]
    n = 0 if isinstance(one, NotEstimable) else one.n
    return say(
        "Only people measured at both {first} and {last} are counted: {n} of {all}.",
        first=results.study.first,
        last=results.study.last,
        n=whole(n),
        all=whole(everybody),
    )
