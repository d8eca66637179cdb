"""Other intervals for a rank correlation of one person's days, which docs/adr/0010 sets beside Allay's own."""

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np

from allay.science.looking_back import rank

Array = np.ndarray
Bounds = list[tuple[float, float]]
Interval = Callable[[Sequence[date], Sequence[float], Sequence[float], Sequence[float]], Bounds]
DRAWS = 999


class Seen:
    """One pair on one person's days: ranks without drift, z, and a pseudo-value of z for each day."""

    def __init__(self, days: Sequence[date], first: Sequence[float], second: Sequence[float]) -> None:
        self.diary = rank.Diary.of(days)
        self.first, self.second = np.asarray(first, float), np.asarray(second, float)
        self.a, self.b = (self.diary.ranks(side)[0] for side in (self.first, self.second))
        self.z = float(_z(self.a, self.b))
        self.influence = _influence(self.a, self.b)


def _z(a: Array, b: Array) -> Array:
    sizes = np.sqrt((a * a).sum(-1) * (b * b).sum(-1))
    return np.arctanh(np.clip((a * b).sum(-1) / np.maximum(sizes, 1e-12), -rank.LIMIT, rank.LIMIT))


def _influence(a: Array, b: Array) -> Array:
    """Of each day on z, where ranks count as given: mean 0 by rows."""
    a, b = (one / np.sqrt(np.maximum((one * one).mean(-1, keepdims=True), 1e-12)) for one in (a, b))
    r = np.clip((a * b).mean(-1, keepdims=True), -rank.LIMIT, rank.LIMIT)
    return (a * b - r * (a * a + b * b) / 2) / (1 - r * r)


def independent(days: Sequence, first: Sequence, second: Sequence, levels: Sequence[float]) -> Bounds:
    """The textbook's, as if each day were drawn by itself."""
    from scipy.stats import norm

    seen = Seen(days, first, second)
    halves = [norm.ppf(0.5 + level / 2) * 1.03 / np.sqrt(len(first) - 3) for level in levels]
    return [(float(np.tanh(seen.z - half)), float(np.tanh(seen.z + half))) for half in halves]


def percentile(block: float) -> Interval:
    """Percentiles of a stationary bootstrap (Politis and Romano 1994) of days; block: mean length, 1 for none."""

    def interval(days: Sequence, first: Sequence, second: Sequence, levels: Sequence[float]) -> Bounds:
        seen = Seen(days, first, second)
        drawn = np.tanh(_drawn(seen, _random(seen), block)[0])
        return [tuple(map(float, np.quantile(drawn, [0.5 - one / 2, 0.5 + one / 2]))) for one in levels]

    return interval


def studentised(block: float) -> Interval:
    """A stationary bootstrap of z over its standard error, which is taken from blocks in each draw as in the diary."""

    def interval(days: Sequence, first: Sequence, second: Sequence, levels: Sequence[float]) -> Bounds:
        seen = Seen(days, first, second)
        se = float(_block_error(seen.influence[None, :], round(block))[0])
        drawn, errors = _drawn(seen, _random(seen), block)
        ratios = np.abs(drawn - seen.z) / np.maximum(errors, 1e-6)
        halves = [float(np.quantile(ratios, level)) * se for level in levels]
        return [(float(np.tanh(seen.z - half)), float(np.tanh(seen.z + half))) for half in halves]

    return interval


def _random(seen: Seen) -> np.random.Generator:
    return np.random.default_rng(int(seen.first.sum() * 1000 + seen.second.sum()))


def _drawn(seen: Seen, random: np.random.Generator, block: float) -> tuple[Array, Array]:
    """(DRAWS,) of z, and of its standard error from blocks. Ranks are those of the diary."""
    n = len(seen.a)
    new = random.random((DRAWS, n)) < 1 / block
    start = random.integers(0, n, (DRAWS, n))
    taken = np.empty((DRAWS, n), dtype=int)
    taken[:, 0] = start[:, 0]
    for place in range(1, n):
        taken[:, place] = np.where(new[:, place], start[:, place], (taken[:, place - 1] + 1) % n)
    a, b = (side[taken] for side in (seen.a, seen.b))
    a, b = (side - side.mean(1, keepdims=True) for side in (a, b))
    return _z(a, b), _block_error(_influence(a, b), round(block))


def _block_error(influence: Array, block: int) -> Array:
    """Standard errors (rows,) of mean influences, from overlapping blocks of neighbouring days."""
    n = influence.shape[1]
    total = np.cumsum(np.pad(influence, ((0, 0), (1, 0))), axis=1)
    sums = total[:, block:] - total[:, :-block]
    return np.sqrt((sums * sums).mean(1) / block / n)


def _half(which: str) -> Interval:
    """Allay's own with one of its two estimates of variance alone."""

    def interval(days: Sequence, first: Sequence, second: Sequence, levels: Sequence[float]) -> Bounds:
        found = rank.association(days, first, second)
        both, n = found.se**2, len(first)
        likeness = 1 / max(n / found.alike - 3, 1.0)
        variance = likeness if which == "likeness" else max(2 * both - likeness, 0.0)
        df = max(n / found.alike - 3, 4.0) if which == "likeness" else found.df / 2
        alone = rank.Association(found.z, float(np.sqrt(variance)), df, found.alike)
        return [alone.interval(level) for level in levels]

    return interval


RIVALS: dict[str, Interval] = {
    "as if days were independent": independent,
    "bootstrap of days": percentile(1),
    "stationary bootstrap, blocks of 7": percentile(7),
    "studentised, blocks of 3": studentised(3),
    "studentised, blocks of 7": studentised(7),
    "cosines alone": _half("cosines"),
    "likeness alone": _half("likeness"),
}
