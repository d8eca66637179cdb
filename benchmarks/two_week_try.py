"""Two-week tries: how often the interval holds the truth, and how often a difference is read where there is none.

    ./run bench two_week_try [--people=2000] [--seed=2026]

Prints the tables of docs/two-week-try.md: made-up people in worlds that differ in how their days run. Every world has
a seed of its own.
"""

import os
import platform
import sys
import time
from argparse import ArgumentParser
from datetime import UTC, date, datetime, timedelta
from itertools import product

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from allay.science.two_week_try import draw, read
from allay.science.two_week_try.reading import LEVEL
from tests.reference.two_week_try.worlds import Tally, World, readings, tally

LIKE, MISSING, EFFECTS = (0.0, 0.3, 0.5, 0.8), (0.0, 0.25, 0.5), (0.0, 0.5, 1.0, 2.0)
OTHERS = {
    "trend of 2 points": World(trend=2),
    "trend of 2 points, likeness .5": World(trend=2, like=0.5),
    "trend of 2 points, effect 1": World(trend=2, effect=1),
    "trend of 4 points": World(trend=4),
    "SD .5, effect .5": World(sd=0.5, effect=0.5),
    "SD .8": World(sd=0.8),
    "SD .8, likeness .8": World(sd=0.8, like=0.8),
    "SD 2.5": World(sd=2.5),
    "SD 2.5, likeness .8": World(sd=2.5, like=0.8),
    "other at weekends, by 1.5": World(weekend=-1.5),
    "near the end of the row (level 1.5)": World(level=1.5),
    "likeness .9": World(like=0.9),
    "not rounded": World(whole=False),
}
HEAD = ("could be read", "holds the truth", "read a direction", "the wrong one", "median width")


def main() -> None:
    parser = ArgumentParser(prog="./run bench two_week_try")
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2026)
    args = parser.parse_args([word for word in sys.argv[1:] if word.startswith("-")])
    began = time.process_time()
    print(f"{datetime.now(UTC):%d %B %Y}, Python {platform.python_version()}, numpy {np.__version__}")
    print(f"{platform.platform()}; {args.people} people in each world; level {100 * LEVEL:.0f} in 100\n")
    found = grid(args.people, args.seed)
    found += others(args.people, args.seed)
    print("\n" + "\n".join(worst(found)))
    print(f"\none reading: {one_reading():.1f} ms; all {time.process_time() - began:.0f} CPU s")


def grid(people: int, seed: int) -> list[tuple[World, Tally]]:
    print(_row(("likeness", "missing", "effect", *HEAD)) + "\n" + _row(("---",) * 8))
    found = []
    for place, (like, missing, effect) in enumerate(product(LIKE, MISSING, EFFECTS)):
        world = World(effect=effect, like=like, missing=missing)
        found.append((world, counted := tally(world, people, seed + place)))
        print(_row((f"{like:g}", f"{missing:g}", f"{effect:g}", *_cells(counted))), flush=True)
    return found


def others(people: int, seed: int) -> list[tuple[World, Tally]]:
    print("\n" + _row(("otherwise as white noise, nothing missing", *HEAD)) + "\n" + _row(("---",) * 6))
    found = []
    for place, (words, world) in enumerate(OTHERS.items()):
        found.append((world, counted := tally(world, people, own_seed := seed + 1000 + place)))
        print(_row((words, *_cells(counted))), flush=True)
        if world.trend:
            print("    " + by_order(world, people, own_seed))
    return found


def by_order(world: World, people: int, seed: int) -> str:
    """Apart for plans whose two pairs run alike (AB AB), and the other way round (AB BA)."""
    holds: dict[bool, list[bool]] = {True: [], False: []}
    for plan, one in readings(world, people, seed):
        if one.low is not None and one.high is not None:
            alike = bool(plan & 2) == bool(plan & 4)
            holds[alike].append(one.low <= world.effect <= one.high)
    shares = {alike: 100 * float(np.mean(kept)) for alike, kept in holds.items()}
    return f"holds the truth: AB AB {shares[True]:.1f}, AB BA {shares[False]:.1f}"


def worst(found: list[tuple[World, Tally]]) -> list[str]:
    low = min(found, key=lambda one: one[1].holds)
    high = max(found, key=lambda one: one[1].holds)
    alarm = max((one for one in found if one[0].effect == 0), key=lambda one: one[1].direction)
    return [
        f"holds the truth least often: {100 * low[1].holds:.1f} {low[0]}",
        f"most often: {100 * high[1].holds:.1f} {high[0]}",
        f"direction without a difference, most often: {100 * alarm[1].direction:.1f} {alarm[0]}",
    ]


def one_reading() -> float:
    """Milliseconds of CPU for a fortnight without gaps."""
    answers = {date(2026, 1, 5) + timedelta(days=day): float(3 + day * 7 % 5) for day in range(14)}
    blocks = draw(5)
    began = time.process_time()
    for _ in range(100):
        read(blocks, date(2026, 1, 5), answers)
    return (time.process_time() - began) * 10


def _cells(counted: Tally) -> tuple[str, ...]:
    shares = (counted.read / counted.people, counted.holds, counted.direction, counted.wrong)
    return (*(f"{100 * share:.1f}" for share in shares), f"{counted.width:.1f}")


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"
