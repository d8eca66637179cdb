"""Shares of people, their differences and numbers needed, as text."""

from __future__ import annotations

from allay.science.evaluation.estimates import NotEstimable, Share
from allay.science.evaluation.plan import ALL
from allay.science.evaluation.results import Results
from allay.science.evaluation.results.proportions import NeededEnd, NumberNeeded, ShareDifference
from allay.science.report.words import Say, number, percent, whole

NONE = "–"


def arm_name(arm: str, say: Say) -> str:
    return say("Everybody") if arm == ALL else arm


def shown_arms(results: Results) -> list[str]:
    """The arms that are shown: all of several, else everybody together."""
    arms = results.study.arms
    return arms if len(arms) > 1 else [ALL]


def level(results: Results, say: Say) -> str:
    return say("{percent} interval", percent=percent(results.study.confidence))


def count_text(count: int | None, share: Share | NotEstimable | None, say: Say) -> str:
    """12 (35 %; 21 to 52)."""
    if count is None:
        return NONE
    if share is None or isinstance(share, NotEstimable):
        return whole(count)
    low, high = (number(100 * end, 0) for end in (share.low, share.high))
    return say(
        "{count} ({share}; {low} to {high})",
        count=whole(count),
        share=percent(share.estimate),
        low=low,
        high=high,
    )


def points(difference: ShareDifference | NotEstimable) -> str:
    """A difference in percentage points, signed as it is."""
    return NONE if isinstance(difference, NotEstimable) else number(100 * difference.estimate, 0)


def points_interval(difference: ShareDifference | NotEstimable, say: Say) -> str:
    if isinstance(difference, NotEstimable):
        return NONE
    low, high = (number(100 * end, 0) for end in (difference.low, difference.high))
    return say("{low} to {high}", low=low, high=high)


def needed_number(end: NeededEnd) -> str:
    if end.people is None:
        return "∞"
    return number(end.people, 1 if end.people < 10 else 0)


def needed_text(needed: NumberNeeded, say: Say) -> str:
    """As Altman (1998) writes it: "10 to benefit (4 to benefit, through infinity, to 20 to harm)"."""
    return f"{needed_end(needed.estimate, say)} ({needed_interval(needed, say)})"


def needed_interval(needed: NumberNeeded, say: Say) -> str:
    """ "4 to 20 to benefit", or "4 to benefit, through infinity, to 20 to harm"."""
    if needed.through_infinity:
        best, worst = needed_end(needed.best, say), needed_end(needed.worst, say)
        return say("{best}, through infinity, to {worst}", best=best, worst=worst)
    ends = sorted((needed.best, needed.worst), key=lambda end: end.people or 0.0)
    return say("{low} to {high}", low=needed_number(ends[0]), high=needed_end(ends[1], say))


def needed_end(end: NeededEnd, say: Say) -> str:
    """So many people, and to what; infinitely many are to nothing."""
    words = {"benefit": say("to benefit"), "harm": say("to harm")}
    return needed_number(end) if end.people is None else f"{needed_number(end)} {words[end.direction]}"
