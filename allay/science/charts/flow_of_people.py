"""The flow of participants: one box for those assessed, then a column of boxes for each arm."""

from collections.abc import Sequence
from dataclasses import dataclass

from allay.science.charts.drawing import Chart, Drawing, Table
from allay.science.charts.lettering import LEADING, wrap

EDGE = 8.0
GAP = 22.0  # between boxes, where the line runs
INSIDE = 8.0
WIDEST = 260.0


@dataclass(frozen=True)
class FlowBox:
    """One step: a line of words each, the first of them what the step is."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class FlowColumn:
    """One arm: its name, and its boxes from the top."""

    name: str
    boxes: tuple[FlowBox, ...]


@dataclass(frozen=True)
class FlowWords:
    title: str
    description: str
    step: str  # headings of the table
    people: str
    everybody: str
    more: str


def flow_of_people(
    before: Sequence[FlowBox], arms: Sequence[FlowColumn], *, words: FlowWords, width: float = 640
) -> Chart:
    """Boxes from top to bottom, joined by lines; arms stand side by side. Every arm has as many boxes as the others."""
    drawing = Drawing()
    wide = min(WIDEST * 1.4, width - 2 * EDGE)
    top = _stack(drawing, before, (width - wide) / 2, wide, EDGE)
    room = (width - 2 * EDGE - (len(arms) - 1) * GAP) / max(1, len(arms))
    column = min(WIDEST, room)
    start = (width - len(arms) * column - (len(arms) - 1) * GAP) / 2
    middles = [start + place * (column + GAP) + column / 2 for place in range(len(arms))]
    if before and arms:
        top = _branch(drawing, width / 2, middles, top)
    bottom = _rows(drawing, arms, start, column, top)
    return Chart(
        drawing.svg(width, bottom + EDGE, words.title, words.description), _table(before, arms, words)
    )


def _stack(drawing: Drawing, boxes: Sequence[FlowBox], left: float, wide: float, top: float) -> float:
    """Boxes below each other; gives the base of the last one."""
    for number, box in enumerate(boxes):
        if number:
            drawing.line("chart-axis", (left + wide / 2, top), (left + wide / 2, top + GAP))
            top += GAP
        top = _box(drawing, box, left, wide, top, _height(box, wide))
    return top


def _branch(drawing: Drawing, middle: float, middles: Sequence[float], top: float) -> float:
    level = top + GAP / 2
    drawing.line("chart-axis", (middle, top), (middle, level))
    if len(middles) > 1:
        drawing.line("chart-axis", (middles[0], level), (middles[-1], level))
    for x in middles:
        drawing.line("chart-axis", (x, level), (x, top + GAP))
    return top + GAP


def _rows(drawing: Drawing, arms: Sequence[FlowColumn], start: float, wide: float, top: float) -> float:
    """The arms' boxes, those of one step as high as each other."""
    for place, boxes in enumerate(zip(*(arm.boxes for arm in arms), strict=True)):
        named = [
            FlowBox((arm.name, *box.lines)) if place == 0 else box
            for arm, box in zip(arms, boxes, strict=True)
        ]
        high = max(_height(box, wide) for box in named)
        for number, box in enumerate(named):
            left = start + number * (wide + GAP)
            if place:
                drawing.line("chart-axis", (left + wide / 2, top - GAP), (left + wide / 2, top))
            _box(drawing, box, left, wide, top, high)
        top += high + GAP
    return top - GAP if arms and arms[0].boxes else top


def _lines(box: FlowBox, wide: float) -> list[tuple[str, str]]:
    """Class and words of every line of a box."""
    found = []
    for number, words in enumerate(box.lines):
        css = "chart-text" if number == 0 else "chart-text-soft"
        found += [(css, line) for line in wrap(words, wide - 2 * INSIDE, 3)]
    return found


def _height(box: FlowBox, wide: float) -> float:
    return len(_lines(box, wide)) * LEADING + 2 * INSIDE


def _box(drawing: Drawing, box: FlowBox, left: float, wide: float, top: float, high: float) -> float:
    corners = [(left, top), (left + wide, top), (left + wide, top + high), (left, top + high), (left, top)]
    drawing.line("chart-axis", *corners)
    for number, (css, line) in enumerate(_lines(box, wide)):
        drawing.text(css, (left + INSIDE, top + INSIDE + 12 + number * LEADING), line)
    return top + high


def _table(before: Sequence[FlowBox], arms: Sequence[FlowColumn], words: FlowWords) -> Table:
    rows = [(words.everybody, box.lines[0], "; ".join(box.lines[1:])) for box in before]
    rows += [(arm.name, box.lines[0], "; ".join(box.lines[1:])) for arm in arms for box in arm.boxes]
    return Table((words.people, words.step, words.more), tuple(rows))
