"""Which of the two is on, on which day: three tosses of a coin, kept as a seed, so that the draw can be done again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Arm = Literal["first", "second"]
LENGTHS = (3, 4)  # days of a block; both blocks of a pair are equally long
PAIRS = 2
SEED_BITS = 31


@dataclass(frozen=True)
class Block:
    arm: Arm
    days: int


def draw(seed: int) -> tuple[Block, ...]:
    """Four blocks in two pairs, 14 days: a pair of 3 and one of 4 days, AB or BA in each.

    The three lowest bits of the seed decide, so every plan is as likely as any other where seeds are, and no version
    of a random number generator can change a plan: 1 the longer pair first, 2 and 4 the second first in its pair.

    >>> [(block.arm, block.days) for block in draw(4)]
    [('first', 3), ('second', 3), ('second', 4), ('first', 4)]
    """
    lengths = LENGTHS[::-1] if seed & 1 else LENGTHS
    orders: list[tuple[Arm, Arm]] = [
        ("second", "first") if seed & toss else ("first", "second") for toss in (2, 4)
    ]
    return tuple(Block(arm, days) for order, days in zip(orders, lengths, strict=True) for arm in order)


def last_day(blocks: Sequence[Block], began_on: date) -> date:
    return began_on + timedelta(days=sum(block.days for block in blocks) - 1)


def place_on(blocks: Sequence[Block], began_on: date, day: date) -> int | None:
    """Which block a day belongs to, 0 to 3; None before the first and after the last day."""
    left = (day - began_on).days
    if left < 0:
        return None
    for place, block in enumerate(blocks):
        if left < block.days:
            return place
        left -= block.days
    return None


def arm_on(blocks: Sequence[Block], began_on: date, day: date) -> Arm | None:
    """None before the first and after the last day."""
    place = place_on(blocks, began_on, day)
    return None if place is None else blocks[place].arm


def spans(blocks: Sequence[Block], began_on: date) -> list[tuple[Block, date, date]]:
    """Each block with its first and last day."""
    found, starts = [], began_on
    for block in blocks:
        ends = starts + timedelta(days=block.days - 1)
        found.append((block, starts, ends))
        starts = ends + timedelta(days=1)
    return found
