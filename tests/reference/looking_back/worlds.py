"""Made-up people of whom it is known what goes together, for the intervals of "Looking back".

A world is a kind of life: how long moods last, how many ties a row has, how many days are missing, whether week-ends
differ, whether everything drifts. Its people are drawn from some types; of each type a very long diary without drift
gives the true rank correlations.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt

from allay.content import library
from allay.science.looking_back import DayNoted

Array = npt.NDArray[np.float64]
NAMES = ("mood", "comfort", "practice", "somebody", "kind-words")  # of the latent processes
ROWS = ("mood", "comfort")
THINGS = library.load().things
START = date(2025, 1, 6)
SPANS = (22, 28, 42, 56, 84)
LONG = 200_000
WARM_UP = 120
SLOW = np.full(5, 0.95)
SLOW_SHARE = 0.4  # of the variance
SPELL = 6  # days
Ties = dict[tuple[str, str], float]
STRONG: Ties = {
    ("mood", "comfort"): 0.6,
    ("mood", "practice"): 0.5,
    ("comfort", "practice"): 0.3,
    ("mood", "somebody"): 0.45,
}
WEAK: Ties = {("mood", "comfort"): 0.25, ("mood", "practice"): 0.2, ("mood", "somebody"): 0.15}


@dataclass(frozen=True)
class World:
    """likeness: lowest and highest day-to-day autocorrelation; spread and middle of the rows; missing: share of days.

    weekend: how much higher the mood is on Saturdays and Sundays, in standard deviations; practised: how much more
    likely a practice is then; drift: how much everything rises from first to last day, the same way. shape: one pace is
    a first-order autoregression; two paces a quick one on top of a slow one; spells are ups and downs of some days that
    change of a sudden; calm and storm that everything swings more for a while.
    """

    name: str
    ties: Ties
    likeness: tuple[float, float] = (0.0, 0.5)
    spread: tuple[float, float] = (1.2, 2.4)
    middles: tuple[float, ...] = (3.0, 4.2, 5.5, 7.0)
    missing: float = 0.2
    weekend: float = 0.0
    practised: float = 0.0
    drift: float = 0.0
    shape: Literal["one pace", "two paces", "spells", "calm and storm"] = "one pace"

    @property
    def unrelated(self) -> bool:
        """Whether nothing goes with anything, exactly. (Where calm and storm come to all at once, nearly.)"""
        return not self.ties and not (self.weekend and self.practised) and self.shape != "calm and storm"


def _both(world: World) -> list[World]:
    return [replace(world, ties={}), replace(world, name=f"{world.name}, strong", ties=STRONG)]


WORLDS = [
    World("none", {}),
    World("weak", WEAK),
    World("strong", STRONG),
    *_both(World("moods last", {}, likeness=(0.6, 0.8))),
    *_both(World("many ties", {}, spread=(0.6, 0.9), middles=(2.2, 5.1, 8.7))),
    *_both(World("half missing", {}, missing=0.5)),
    *_both(World("week-ends", {}, weekend=1.5)),
    World("week-ends in both", {}, weekend=1.2, practised=0.8),
    World("everything drifts", {}, drift=2.0),
    *_both(World("moods last long", {}, likeness=(0.7, 0.9))),
    *_both(World("slow and quick", {}, likeness=(0.0, 0.4), shape="two paces")),
    World("spells", {}, likeness=(0.0, 0.4), shape="spells"),
    *_both(World("calm and storm", {}, likeness=(0.2, 0.6), shape="calm and storm")),
    World("moods last long, half missing", {}, likeness=(0.7, 0.9), missing=0.5),
    World("nearly a walk", {}, likeness=(0.9, 0.97)),
]


@dataclass(frozen=True, eq=False)
class Type:
    """One kind of person in a world. threshold (5,): latent values above it are a yes."""

    world: World
    likeness: Array
    mix: Array
    middle: float
    spread: float
    threshold: Array

    def latent(self, days: int, random: np.random.Generator) -> Array:
        """(days, 5), each with mean 0 and variance 1."""
        match self.world.shape:
            case "two paces":
                slow, quick = self._paced(days, SLOW, random), self._paced(days, self.likeness, random)
                return np.sqrt(SLOW_SHARE) * slow + np.sqrt(1 - SLOW_SHARE) * quick
            case "spells":
                return 0.8 * np.sign(self._spells(days, random)) + 0.6 * self._paced(
                    days, self.likeness, random
                )
            case "calm and storm":
                storm = self._paced(days, np.full(1, 0.9), random)
                return self._paced(days, self.likeness, random) * np.exp(0.7 * storm - 0.49)
        return self._paced(days, self.likeness, random)

    def _paced(self, days: int, likeness: Array, random: np.random.Generator) -> Array:
        """Autoregressive processes whose same-day shocks are tied."""
        shocks = random.standard_normal((days + WARM_UP, len(likeness)))
        if len(likeness) > 1:
            shocks = shocks @ self.mix.T
        shocks *= np.sqrt(1 - likeness**2)
        found = np.zeros_like(shocks)
        for place in range(1, len(shocks)):
            found[place] = likeness * found[place - 1] + shocks[place]
        return found[WARM_UP:]

    def _spells(self, days: int, random: np.random.Generator) -> Array:
        """Ups and downs of SPELL days on average, 1 or -1."""
        turns = random.random((days, len(NAMES))) < 1 / SPELL
        turns[0] = random.random(len(NAMES)) < 0.5
        return np.where(np.cumsum(turns, axis=0) % 2, 1.0, -1.0)

    def diary(self, days: int, random: np.random.Generator, drift: bool = True) -> tuple[Array, Array]:
        """Rows (days, 2) from 0 to 10, and (days, 3) whether there was a practice, somebody, kind words."""
        latent = self.latent(days, random)
        number = np.arange(days)
        off = np.isin(number % 7, (5, 6)) - 2 / 7
        latent[:, 0] += self.world.weekend * off
        latent[:, 2] += self.world.practised * off
        if drift and self.world.drift:
            latent[:, :3] += self.world.drift * (number / (days - 1) - 0.5)[:, None]
        rows = np.clip(np.rint(self.middle + self.spread * latent[:, :2]), 0, 10)
        return rows, latent[:, 2:] > self.threshold[2:]


def types(world: World, count: int, random: np.random.Generator) -> list[Type]:
    found = []
    for _ in range(count):
        ties = np.eye(len(NAMES))
        for (a, b), size in world.ties.items():
            i, j = NAMES.index(a), NAMES.index(b)
            ties[i, j] = ties[j, i] = size
        found.append(
            Type(
                world,
                likeness=random.uniform(*world.likeness, len(NAMES)),
                mix=np.linalg.cholesky(ties),
                middle=float(random.choice(world.middles)),
                spread=float(random.uniform(*world.spread)),
                threshold=np.array([0, 0, random.uniform(-0.7, 0.9), *random.uniform(0.2, 0.8, 2)]),
            )
        )
    return found


def person(kind: Type, random: np.random.Generator) -> list[DayNoted]:
    """One person's days that have a check-in, gaps of some days included. "Somebody" hides "kind words"."""
    days = int(random.choice(SPANS))
    rows, yes = kind.diary(days, random)
    return [
        noted(number, rows[number], yes[number])
        for number in np.flatnonzero(_answered(days, kind.world.missing, random))
    ]


def noted(number: int, rows: Array, yes: npt.NDArray[np.bool_]) -> DayNoted:
    helped = "somebody" if yes[1] else "kind-words" if yes[2] else "nothing-today"
    tapped = {name: int(value) for name, value in zip(ROWS, rows, strict=True)}
    return DayNoted(START + timedelta(days=int(number)), tapped, helped, practised=bool(yes[0]))


def _answered(days: int, missing: float, random: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Gaps of two days on average. The first and last day are there."""
    away, found = False, np.ones(days, dtype=bool)
    begin = 0.5 * missing / (1 - missing)
    for place in range(days):
        found[place] = not away
        away = random.random() < (0.5 if away else begin)
    found[[0, -1]] = True
    return found


def truth(kind: Type, random: np.random.Generator) -> dict[str, float]:
    """The rank correlation of each pair in an endless diary without drift, by the pair's key."""
    rows, yes = kind.diary(LONG, random, drift=False)
    columns = {"mood": rows[:, 0], "comfort": rows[:, 1]}
    columns |= {"practice:any": yes[:, 0], "helped:somebody": yes[:, 1]}
    columns["helped:kind-words"] = yes[:, 2] & ~yes[:, 1]
    ranks = {name: _mid_ranks(values.astype(float)) for name, values in columns.items()}
    return {
        f"{about}~{beside}": 0.0 if kind.world.unrelated else _correlation(ranks[about], ranks[beside])
        for about in ROWS
        for beside in columns
        if about != beside
    }


def _mid_ranks(values: Array) -> Array:
    counts = Counter(values.tolist())
    below, ranks = 0.0, {}
    for value in sorted(counts):
        ranks[value] = below + counts[value] / 2
        below += counts[value]
    levels = np.array(sorted(counts))
    return np.array([ranks[value] for value in levels])[np.searchsorted(levels, values)]


def _correlation(a: Array, b: Array) -> float:
    return float(np.corrcoef(a, b)[0, 1])
