"""What tends to go together on one person's own days: at most two careful statements, or none."""

from allay.science.looking_back.statements import (
    FEWEST_DAYS,
    FEWEST_PAIRED,
    LEVEL,
    MOST_SHOWN,
    WINDOW,
    Link,
    LookingBack,
    Strength,
    look_back,
    strength,
)
from allay.science.looking_back.variables import MOST_PAIRS, DayNoted, Pair, candidates

__all__ = [
    "FEWEST_DAYS",
    "FEWEST_PAIRED",
    "LEVEL",
    "MOST_PAIRS",
    "MOST_SHOWN",
    "WINDOW",
    "DayNoted",
    "Link",
    "LookingBack",
    "Pair",
    "Strength",
    "candidates",
    "look_back",
    "strength",
]
