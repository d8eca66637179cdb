"""Made-up fortnights of one person, to see what the reading of a two-week try is worth. Synthetic throughout."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from allay.science.two_week_try import Reading, arm_on, draw, read

DAYS = 14
BEGAN = date(2026, 1, 5)


@dataclass(frozen=True)
class World:
    """How somebody's days run. Points are those of the row, 0 to 10."""

    effect: float = 0.0  # first less second
    like: float = 0.0  # of one day to the next
    sd: float = 1.5  # of the days, without the effect
    trend: float = 0.0  # from the first to the last day
    missing: float = 0.0  # share of days without a check-in, at random
    level: float = 5.0  # people differ around it with SD 1
    weekend: float = 0.0  # added on two days of seven
    whole: bool = True  # rounded to whole numbers and kept within 0 to 10


@dataclass(frozen=True)
class Tally:
    """Of so many people: shares whose interval holds the effect, who read a direction, who read the wrong one."""

    people: int
    read: int  # enough days to say
    holds: float
    direction: float
    wrong: float
    width: float  # median of the intervals' widths


def days(world: World, firsts: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Answers (14,), NaN where there was no check-in; `firsts` is 1 on days of the first, else 0."""
    fresh, noise = random.normal(size=DAYS), np.empty(DAYS)
    noise[0] = fresh[0]
    for day in range(1, DAYS):
        noise[day] = world.like * noise[day - 1] + np.sqrt(1 - world.like**2) * fresh[day]
    t = np.arange(DAYS)
    y = world.level + random.normal() + world.effect * (firsts - 0.5) + world.sd * noise
    y += world.trend * (t - t.mean()) / (DAYS - 1) + world.weekend * ((t + random.integers(7)) % 7 >= 5)
    if world.whole:
        y = np.clip(np.round(y), 0, 10)
    return np.where(random.random(DAYS) < world.missing, np.nan, y)


def readings(world: World, people: int, seed: int) -> Iterator[tuple[int, Reading]]:
    """Seed of the plan, and what is read, of each."""
    random = np.random.default_rng(seed)
    calendar = [BEGAN + timedelta(days=day) for day in range(DAYS)]
    for _ in range(people):
        plan = int(random.integers(2**31))
        blocks = draw(plan)
        firsts = np.array([arm_on(blocks, BEGAN, day) == "first" for day in calendar], dtype=float)
        answers = dict(zip(calendar, days(world, firsts, random).tolist(), strict=True))
        yield plan, read(blocks, BEGAN, {day: value for day, value in answers.items() if value == value})


def tally(world: World, people: int, seed: int) -> Tally:
    """Every interval that was computed counts, shown or not."""
    found = [one for _, one in readings(world, people, seed) if one.verdict != "too-few"]
    holds = [one.low <= world.effect <= one.high for one in found]
    direction = [one.with_first is not None for one in found]
    wrong = [one.with_first is not None and one.with_first != (world.effect > 0) for one in found]
    return Tally(
        people,
        len(found),
        float(np.mean(holds)),
        float(np.mean(direction)),
        float(np.mean(wrong)),
        float(np.median([one.high - one.low for one in found])),
    )
