"""Scales, ticks and the labels of timepoints."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from allay.science.charts.drawing import Drawing, coordinate
from allay.science.charts.lettering import LEADING, width_of, wrap

GAP = 6.0  # between labels


@dataclass(frozen=True)
class Scale:
    """Maps values from `low` to `high` onto positions; values outside are drawn at the edge."""

    low: float
    high: float
    start: float  # where low is drawn
    end: float

    def __call__(self, value: float) -> float:
        if self.high == self.low:
            return (self.start + self.end) / 2
        part = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)


@dataclass(frozen=True)
class Slots:
    """Equal places for timepoints, side by side."""

    left: float
    width: float
    count: int

    @property
    def each(self) -> float:
        return self.width / max(self.count, 1)

    def middle(self, number: int) -> float:
        return self.left + (number + 0.5) * self.each


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers that reach from at or below `low` to at or above `high`."""
    if high - low <= 1e-9 * max(abs(low), abs(high), 1.0):
        margin = max(abs(low) * 0.1, 1.0)
        low, high = low - margin, high + margin
    step = _round_step((high - low) / about)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def slot_labels(drawing: Drawing, labels: Sequence[str], slots: Slots, top: float) -> float:
    """Writes each label under its slot, every second or third where they would not fit; gives the height."""
    longest = max((width_of(word) for label in labels for word in label.split()), default=0.0)
    every = max(1, min(ceil(2 * (longest + GAP) / slots.each - 1), len(labels)))
    room = (every + 1) / 2 * slots.each - GAP  # as much as a label pushed in from the edge leaves the next
    most = 0
    for number in range(0, len(labels), every):
        lines = wrap(labels[number], room)
        half = max((width_of(line) for line in lines), default=0.0) / 2
        x = min(max(slots.middle(number), slots.left + half), slots.left + slots.width - half)
        for row, line in enumerate(lines):
            drawing.text("chart-text-soft", (x, top + 13 + row * LEADING), line, "middle")
        most = max(most, len(lines))
    return most * LEADING


def tick_text(value: float) -> str:
    return coordinate(value)


def _round_step(rough: float) -> float:
    size = 10.0 ** floor(log10(rough))
    return next(size * nice for nice in (1, 2, 2.5, 5, 10) if size * nice >= rough * 0.999)
