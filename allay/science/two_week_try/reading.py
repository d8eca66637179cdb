"""What two weeks of one person can say: the difference between the two of them, with a Bayesian interval.

    y_t = level + slope * (t - 7.5) + d [first on day t] + pair + e_t,   e_t first-order autoregressive over days

The two pairs alone would leave one degree of freedom, so the days themselves are modelled, and what they cannot tell
is stated here beforehand (docs/two-week-try.md says why, and what it is worth in simulations):

    d               N(0, 4): nearly flat, so that an interval is worth the same whatever the truth
    SD of a day     log-normal, median 1.5, standard deviation of its logarithm 1; a tap stands for what lies within
                    half a point, so 1/12 is added to its square
    likeness        of a day to the next, nine values from -0.3 to 0.9, equally likely
    pair, slope     SD 0.25 and, a day, 0.05 times that of a day
    level           flat

Likeness and SD are summed over a grid; given them d is normal, so the posterior is a mixture of normals. The level of
the interval is 97: then fewer than 5 in 100 people without any difference read that there is one, also where days
resemble each other strongly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import erf, sqrt
from typing import Any, Literal

from allay.science.two_week_try.plan import Block, place_on

EFFECT_SD = 4.0
DAY_MEDIAN, DAY_SPREAD = 1.5, 1.0
WITHIN_A_TAP = 1 / 12  # variance of what a whole number stands for
LIKENESS = (-0.3, -0.15, 0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9)
PAIR_SHARE, SLOPE_SHARE = 0.25, 0.05
MIDDLE = 7.5  # of the days 1 to 14
LEVEL = 0.97
FEWEST = 2  # answered days of each of the two in at least one pair
CLEAR = 1.0  # points: the whole interval lies beyond, before it is called better without "a little"

Verdict = Literal["better", "little-better", "too-close", "too-few"]


@dataclass(frozen=True)
class Reading:
    """What can be said. `with_first` tells which went better, None where that cannot be told.

    days: answered days of first and second; means: of these, None where there are none. estimate, low, high: first
    less second in points of the row, the posterior's mean and the ends of its interval at `level`; None with "too-few".
    """

    verdict: Verdict
    days: tuple[int, int]
    means: tuple[float | None, float | None]
    with_first: bool | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = LEVEL


def read(blocks: Sequence[Block], began_on: date, answers: Mapping[date, float]) -> Reading:
    """answers: the chosen row (0 to 10) by day; days outside the blocks are left out. More is taken as better."""
    noted = [
        (place, (day - began_on).days + 1, value)
        for day, value in sorted(answers.items())
        if (place := place_on(blocks, began_on, day)) is not None
    ]
    first = [value for place, _, value in noted if blocks[place].arm == "first"]
    second = [value for place, _, value in noted if blocks[place].arm == "second"]
    days, means = (len(first), len(second)), (_mean(first), _mean(second))
    if not _enough([place for place, _, _ in noted]):
        return Reading("too-few", days, means)
    estimate, low, high = _posterior(blocks, noted)
    if low <= 0 <= high:
        return Reading("too-close", days, means, None, estimate, low, high)
    nearest = min(abs(low), abs(high))
    verdict: Verdict = "better" if nearest >= CLEAR else "little-better"
    return Reading(verdict, days, means, low > 0, estimate, low, high)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _enough(places: Sequence[int]) -> bool:
    """Whether both blocks of a pair have enough answered days."""
    return any(min(places.count(2 * pair), places.count(2 * pair + 1)) >= FEWEST for pair in (0, 1))


def _posterior(
    blocks: Sequence[Block], noted: Sequence[tuple[int, int, float]]
) -> tuple[float, float, float]:
    """Mean of d and the ends of its central interval, from (block, day, value)."""
    import numpy as np

    place, day, y = (np.array(column, dtype=float) for column in zip(*noted, strict=True))
    first = np.array([blocks[int(one)].arm == "first" for one in place], dtype=float)
    weights, means, sds = _mixture(day, y - y.mean(), first, place // 2)
    tail = (1 - LEVEL) / 2
    low, high = (_quantile(weights, means, sds, share) for share in (tail, 1 - tail))
    return float(weights @ means), low, high


def _mixture(day: Any, y: Any, first: Any, pair: Any) -> tuple[Any, Any, Any]:
    """Weights, means and standard deviations of d over the grid, each (likenesses * SDs,), from columns (n,)."""
    import numpy as np

    like, sd, prior = _grid()
    shape = _shape(day, pair, like)
    inverse = np.linalg.inv(shape)
    sums = inverse.sum(axis=2)
    total = sums.sum(axis=1)
    left = inverse - sums[:, :, None] * sums[:, None, :] / total[:, None, None]  # the level is taken out
    info, toward, rest = (
        one[:, None] / sd**2 for one in (first @ left @ first, first @ left @ y, y @ left @ y)
    )
    precision = info + 1 / EFFECT_SD**2
    mean = toward / precision
    height = (
        np.log(prior)
        - 0.5 * (np.linalg.slogdet(shape)[1] + np.log(total))[:, None]
        - (len(y) - 1) * np.log(sd)
        - 0.5 * (np.log(precision) + rest - mean**2 * precision)
    )
    weights = np.exp(height - height.max())
    return (weights / weights.sum()).ravel(), mean.ravel(), (1 / np.sqrt(precision)).ravel()


def _shape(day: Any, pair: Any, like: Any) -> Any:
    """Covariance of the days over the square of their SD, (likenesses, n, n); without the level and d."""
    import numpy as np

    apart = np.abs(day[:, None] - day[None, :]).astype(int)
    slope = SLOPE_SHARE**2 * np.outer(day - MIDDLE, day - MIDDLE)
    return like[:, None, None] ** apart + slope + PAIR_SHARE**2 * (pair[:, None] == pair[None, :])


@lru_cache(maxsize=1)
def _grid() -> tuple[Any, Any, Any]:
    """Likenesses, standard deviations of a day over six prior deviations, and the prior weights of these."""
    import numpy as np

    steps = np.linspace(-3, 3, 31)
    sd = np.sqrt(WITHIN_A_TAP + (DAY_MEDIAN * np.exp(DAY_SPREAD * steps)) ** 2)
    weights = np.exp(-0.5 * steps**2)
    return np.array(LIKENESS), sd, weights / weights.sum()


def _quantile(weights: Any, means: Any, sds: Any, share: float) -> float:
    """By halving: the mixture's distribution function rises from one end to the other."""
    parts = [
        one for one in zip(weights.tolist(), means.tolist(), sds.tolist(), strict=True) if one[0] > 1e-12
    ]
    low = min(mean - 6 * sd for _, mean, sd in parts)
    high = max(mean + 6 * sd for _, mean, sd in parts)
    for _ in range(40):
        middle = (low + high) / 2
        below = sum(weight * 0.5 * (1 + erf((middle - mean) / (sd * sqrt(2)))) for weight, mean, sd in parts)
        low, high = (middle, high) if below < share else (low, middle)
    return float(low + high) / 2
