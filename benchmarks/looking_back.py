"""Looking back: how often its intervals hold the truth, and how many people are told something that is not so.

    ./run bench looking_back [--people=2000] [--types=20] [--seed=2026] [--rivals]

Prints the tables of docs/looking-back.md. --rivals also measures other intervals on the same people, which is slow.
"""

import os
import platform
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from allay.science.looking_back import (
    FEWEST_PAIRED,
    LEVEL,
    DayNoted,
    Link,
    LookingBack,
    candidates,
    look_back,
)
from benchmarks._looking_back_rivals import RIVALS, Interval
from tests.reference.looking_back.worlds import THINGS, WORLDS, World, person, truth, types

RELATED = 0.1  # a true rank correlation beyond this counts as going together
TRIED_IN = ("none", "moods last long", "many ties", "half missing", "strong", "moods last long, strong")
HEAD = (
    "| world | intervals | mean error | 95 % hold | shared hold | told something | pairs found | the wrong way | width |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
)


@dataclass
class Counted:
    """held: intervals at 95 % with the truth in them; shared: at the level that the person's pairs share."""

    people: int = 0
    intervals: int = 0
    held: int = 0
    shared: int = 0
    told: int = 0
    related: int = 0
    found: int = 0
    wrong_way: int = 0
    error: float = 0.0
    width: float = 0.0
    by_span: Counter = field(default_factory=Counter)

    def pair(self, true: float, estimate: float, single: Sequence[float], shared: Sequence[float]) -> bool:
        """Counts one pair; whether it would be said."""
        said = bool(shared[0] > 0 or shared[1] < 0)
        self.intervals += 1
        self.error += estimate - true
        self.held += bool(single[0] <= true <= single[1])
        self.shared += bool(shared[0] <= true <= shared[1])
        self.related += abs(true) > RELATED
        self.found += abs(true) > RELATED and said and true * estimate > 0
        self.wrong_way += abs(true) > RELATED and said and true * estimate < 0
        self.width += single[1] - single[0]
        return said

    def row(self, name: str) -> str:
        each = 100 / max(self.intervals, 1)
        found = f"{100 * self.found / self.related:.1f} %" if self.related else ""
        return (
            f"| {name} | {self.intervals} | {self.error * each / 100:+.3f} | {self.held * each:.1f} % "
            f"| {self.shared * each:.1f} % | {100 * self.told / self.people:.1f} % | {found} | {self.wrong_way} "
            f"| {self.width * each / 100:.2f} |"
        )


def measure(world: World, people: int, kinds: int, seed: int, interval: Interval | None = None) -> Counted:
    random = np.random.default_rng(seed)
    made = types(world, kinds, random)
    truths = [truth(kind, random) for kind in made]
    counted = Counted(people=people)
    for number in range(people):
        days = person(made[number % kinds], random)
        ours = look_back(days, things=THINGS, today=days[-1].day + timedelta(days=1))
        if interval is None:
            _count(counted, days, ours, truths[number % kinds])
        else:
            _count_rival(counted, days, ours, truths[number % kinds], interval)
    return counted


def _count(
    counted: Counted, days: Sequence[DayNoted], ours: LookingBack, truths: Mapping[str, float]
) -> None:
    from allay.science.looking_back.rank import association

    span = (days[-1].day - days[0].day).days + 1
    counted.told += bool(ours.shown)
    counted.by_span[span, "people"] += 1
    counted.by_span[span, "told"] += bool(ours.shown)
    for link in ours.links:
        found = association(*link.pair.values(days))
        counted.pair(truths[link.pair.key], link.estimate, found.interval(LEVEL), (link.low, link.high))


def _count_rival(
    counted: Counted,
    days: Sequence[DayNoted],
    ours: LookingBack,
    truths: Mapping[str, float],
    interval: Interval,
) -> None:
    said = [
        counted.pair(truths[link.pair.key], link.estimate, *_rival(link, days, interval))
        for link in ours.links
    ]
    counted.told += any(said)


def _rival(
    link: Link, days: Sequence[DayNoted], interval: Interval
) -> tuple[Sequence[float], Sequence[float]]:
    single, shared = interval(*link.pair.values(days), (LEVEL, link.level))
    return single, shared


def main() -> None:
    parser = ArgumentParser(prog="./run bench looking_back")
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--types", type=int, default=20)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--rivals", action="store_true")
    args, _ = parser.parse_known_args()
    began = time.process_time()
    (_rivals if args.rivals else _worlds)(args.people, args.types, args.seed)
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
    print(
        f"\n{args.people} people a world, {args.types} kinds of person, seed {args.seed}. {versions}, {platform.machine()},"
    )
    print(f"{time.process_time() - began:.0f} CPU s")


def _worlds(people: int, kinds: int, seed: int) -> None:
    print(HEAD)
    by_span: dict[str, Counter] = {}
    for number, world in enumerate(WORLDS):
        found = measure(world, people, kinds, seed=seed + number)
        by_span[world.name] = found.by_span
        print(found.row(world.name), flush=True)
    print("\nTold something, by days since the first check-in\n")
    spans = sorted({span for span, what in by_span["strong"] if what == "people"})
    print("| world | " + " | ".join(map(str, spans)) + " |\n|---" + "|--:" * len(spans) + "|")
    for name, counts in by_span.items():
        shares = [f"{100 * counts[one, 'told'] / max(counts[one, 'people'], 1):.0f} %" for one in spans]
        print(f"| {name} | " + " | ".join(shares) + " |")
    print(f"\nA look at 84 days: {_milliseconds():.1f} ms")


def _rivals(people: int, kinds: int, seed: int) -> None:
    print(HEAD)
    for number, world in enumerate(WORLDS):
        for name, interval in RIVALS.items() if world.name in TRIED_IN else ():
            found = measure(world, people, kinds, seed + number, interval)
            print(found.row(f"{world.name}: {name}"), flush=True)


def _milliseconds(times: int = 50) -> float:
    """Of one look at a diary of 84 days without gaps, the way a page does it."""
    world = World("timed", {}, missing=0.0)
    random = np.random.default_rng(1)
    kind = types(world, 1, random)[0]
    days: list[DayNoted] = []
    while len(days) < 84 or len(candidates(days, THINGS, FEWEST_PAIRED)) < 4:
        days = person(kind, random)
    began = time.perf_counter()
    for _ in range(times):
        look_back(days, things=THINGS, today=days[-1].day)
    return 1000 * (time.perf_counter() - began) / times
