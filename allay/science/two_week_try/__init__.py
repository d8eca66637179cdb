"""A person's own randomised comparison: four blocks of days in two pairs, and what can honestly be said of it."""

from allay.science.two_week_try.plan import SEED_BITS, Arm, Block, arm_on, draw, last_day, place_on, spans
from allay.science.two_week_try.reading import Reading, Verdict, read

__all__ = [
    "SEED_BITS",
    "Arm",
    "Block",
    "Reading",
    "Verdict",
    "arm_on",
    "draw",
    "last_day",
    "place_on",
    "read",
    "spans",
]
