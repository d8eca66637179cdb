"""From days to at most two statements about what tends to go together. Nothing here says why, or what comes next.

All of a person's pairs share one error rate (Bonferroni): each gets an interval at 1 - WRONGLY / pairs, and only one
that leaves nought out may become a statement. So of a hundred people in whose days nothing goes together, at most five
are told something, whatever number of pairs was looked at.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Literal

from allay.science.looking_back.variables import DayNoted, Pair, Things, candidates

FEWEST_DAYS = 21  # that have gone by since the first check-in
FEWEST_PAIRED = 14
WINDOW = 84  # days that are looked at: twelve weeks, as long as was measured
MOST_SHOWN = 2
WRONGLY = 0.05  # share of people told something though nothing goes together
LEVEL = 0.95  # of the interval behind a single pair, where only one is looked at
# Conventional words for sizes of a correlation: Cohen, Statistical Power Analysis, 2nd edition 1988, chapter 3.
SLIGHT, MIDDLING, STRONG = 0.1, 0.3, 0.5

Strength = Literal["none", "slight", "middling", "strong"]


def strength(correlation: float) -> Strength:
    """A word for how closely two things go together, whichever way."""
    size = abs(correlation)
    if size < SLIGHT:
        return "none"
    return "slight" if size < MIDDLING else "middling" if size < STRONG else "strong"


@dataclass(frozen=True)
class Link:
    """How two things go together.

    estimate, low, high: rank correlation with its interval at `level`, which all the person's pairs share; days: on
    which both are known. with_it, without_it: medians of `pair.about` on days with and without `pair.beside`, or on
    days on which that row was higher or not higher than its own median.
    """

    pair: Pair
    estimate: float
    low: float
    high: float
    level: float
    days: int
    with_it: float
    without_it: float

    @property
    def beyond_chance(self) -> bool:
        return self.low > 0 or self.high < 0

    @property
    def direction(self) -> Literal["more", "less"]:
        return "more" if self.estimate > 0 else "less"

    @property
    def medians_agree(self) -> bool:
        """Whether the two medians tell the same as the correlation; with many ties they may be equal."""
        return (self.with_it > self.without_it) if self.estimate > 0 else (self.with_it < self.without_it)


@dataclass(frozen=True)
class LookingBack:
    """soon: the days are still too few. links: every pair that was looked at; shown: what may be said."""

    soon: bool
    links: tuple[Link, ...]
    shown: tuple[Link, ...]


def look_back(
    days: Sequence[DayNoted], *, things: Things, today: date, hidden: Collection[str] = ()
) -> LookingBack:
    """days: one for each day with a check-in, in any order; hidden: keys of pairs that never come back.

    The same days give the same statements. Pairs that are hidden still count among those looked at: hiding one must
    not make another likelier to be said.
    """
    days = [noted for noted in days if noted.day > today - timedelta(days=WINDOW)]
    if len(days) < FEWEST_PAIRED or (today - min(noted.day for noted in days)).days < FEWEST_DAYS:
        return LookingBack(soon=True, links=(), shown=())
    pairs = candidates(days, things, FEWEST_PAIRED)
    found = (_link(pair, days, 1 - WRONGLY / len(pairs)) for pair in pairs)
    links = tuple(link for link in found if link is not None)
    shown = [link for link in links if link.beyond_chance and link.pair.key not in hidden]
    return LookingBack(soon=False, links=links, shown=tuple(shown[:MOST_SHOWN]))


def _link(pair: Pair, days: Sequence[DayNoted], level: float) -> Link | None:
    from allay.science.looking_back.rank import association

    on, about, beside = pair.values(days)
    found = association(on, about, beside)
    if found is None:
        return None
    low, high = found.interval(level)
    middle = median(beside) if ":" not in pair.beside else 0.5
    with_it = median([a for a, b in zip(about, beside, strict=True) if b > middle] or about)
    without_it = median([a for a, b in zip(about, beside, strict=True) if b <= middle] or about)
    return Link(pair, found.estimate, low, high, level, len(on), with_it, without_it)
