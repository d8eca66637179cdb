"""Shares of people and their differences: exact and score intervals, and numbers needed to treat."""

from __future__ import annotations

from math import sqrt

from allay.science.evaluation.estimates import Share
from allay.science.evaluation.intervals import wilson
from allay.science.evaluation.results.proportions import Direction, NeededEnd, NumberNeeded, ShareDifference

NOUGHT = 1e-12  # a difference of shares so small is rounding


def exact(count: int, n: int, confidence: float) -> Share:
    """A proportion with its exact interval (Clopper & Pearson 1934), for few and rare events; n at least 1."""
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else float(betaincinv(count, n - count + 1, tail))
    high = 1.0 if count == n else float(betaincinv(count + 1, n - count, 1 - tail))
    return Share(count / n, low, high)


def newcombe(count: int, n: int, other: int, m: int, confidence: float) -> ShareDifference:
    """count/n less other/m with the interval made of both score intervals; n and m at least 1.

    Newcombe, Stat Med 1998; 17: 873-890 (doi 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I),
    method 10: it stays within -1 and 1 and is not empty where nobody, or everybody, changed.
    """
    mine, reference = wilson(count, n, confidence), wilson(other, m, confidence)
    difference = mine.estimate - reference.estimate
    below = sqrt((mine.estimate - mine.low) ** 2 + (reference.high - reference.estimate) ** 2)
    above = sqrt((mine.high - mine.estimate) ** 2 + (reference.estimate - reference.low) ** 2)
    return ShareDifference(difference, difference - below, difference + above)


def number_needed(difference: ShareDifference, more_is: Direction) -> NumberNeeded:
    """The inverse of a difference of shares and of its interval's ends.

    `more_is` says whether the event counted is a benefit or a harm. Altman, BMJ 1998; 317: 1309-1312
    (doi 10.1136/bmj.317.7168.1309): where the difference's interval includes 0, that of the number needed is not the
    stretch between both inverses but what lies outside it, through infinity.
    """
    turn = 1.0 if more_is == "benefit" else -1.0
    ends = sorted((turn * difference.low, turn * difference.high))
    return NumberNeeded(
        estimate=_needed(turn * difference.estimate),
        best=_needed(ends[1], "benefit"),
        worst=_needed(ends[0], "harm"),
        through_infinity=ends[0] <= NOUGHT and ends[1] >= -NOUGHT,
    )


def _needed(gain: float, at_nought: Direction = "benefit") -> NeededEnd:
    if abs(gain) < NOUGHT:
        return NeededEnd(at_nought, None)
    return NeededEnd("benefit" if gain > 0 else "harm", 1 / abs(gain))
