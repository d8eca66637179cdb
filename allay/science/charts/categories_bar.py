"""How many people are of each kind, as one bar for each arm, all of the same length."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, pairwise
from typing import Literal

from allay.science.charts.drawing import Chart, Drawing, Point, Shape, Table
from allay.science.charts.lettering import LEADING, LegendEntry, legend, paragraph, width_of

EDGE = 10.0
THICK = 24.0
SEAM = 2.0  # between two parts of a bar
GLYPH = 16.0  # width of the shape before a number
SHAPES: dict[str, Shape] = {
    "improved": "circle",
    "unchanged": "square",
    "worsened": "triangle",
    "missing": "diamond",
}


@dataclass(frozen=True)
class Category:
    kind: Literal["improved", "unchanged", "worsened", "missing"]
    name: str


@dataclass(frozen=True)
class CategoryRow:
    """One arm; as many counts as there are categories."""

    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True)
class BarWords:
    title: str
    description: str
    row: str  # headings of the table
    total: str


def categories_bar(
    rows: Sequence[CategoryRow], categories: Sequence[Category], *, words: BarWords, width: float = 640
) -> Chart:
    """Raises ValueError for a row with another number of counts than there are categories, or below 0."""
    if any(len(row.counts) != len(categories) or min(row.counts, default=0) < 0 for row in rows):
        raise ValueError("each row needs one count of at least 0 for each category")
    drawing = Drawing()
    entries = [LegendEntry(one.name, partial(_glyph, drawing, one)) for one in categories]
    top = legend(drawing, entries, EDGE, 2, width - 2 * EDGE) + 6
    for row in rows:
        top = _draw_row(drawing, row, categories, top, width) + 10
    return Chart(drawing.svg(width, top, words.title, words.description), _table(rows, categories, words))


def _glyph(drawing: Drawing, category: Category, at: Point) -> None:
    css = "chart-axis" if category.kind == "missing" else f"chart-{category.kind}"  # small dashes fall apart
    drawing.mark(SHAPES[category.kind], css, at, 5)


def _draw_row(
    drawing: Drawing, row: CategoryRow, categories: Sequence[Category], top: float, width: float
) -> float:
    """Name, bar, and the counts under it; gives where the next row may begin."""
    bar = top + 4 + paragraph(drawing, "chart-text", (EDGE, top + 13), row.name, width - 2 * EDGE, most=2)
    length = width - 2 * EDGE
    total = sum(row.counts)
    ends = [EDGE + length * so_far / total if total else EDGE for so_far in accumulate(row.counts, initial=0)]
    for category, count, start, end in zip(categories, row.counts, ends, ends[1:], strict=False):
        if count:
            part = max(end - start - (SEAM if end < EDGE + length - 0.01 else 0), 1.5)
            drawing.box(f"chart-{category.kind}", start, bar, part, THICK)
    if not total:
        drawing.box("chart-missing", EDGE, bar, length, THICK)
    middles = [(start + end) / 2 for start, end in pairwise(ends)]
    _draw_counts(drawing, row.counts, categories, middles, bar + THICK, width)
    return bar + THICK + LEADING + 6


def _draw_counts(
    drawing: Drawing,
    counts: Sequence[int],
    categories: Sequence[Category],
    middles: Sequence[float],
    top: float,
    width: float,
) -> None:
    """Each count with its shape, under its part of the bar, or beside it where there is no room."""
    wide = [GLYPH + width_of(str(count)) + 10 for count in counts]
    starts = _placed(middles, wide, EDGE, width - EDGE)
    for category, count, start in zip(categories, counts, starts, strict=True):
        _glyph(drawing, category, (start + 6, top + 12.5))
        drawing.text("chart-text", (start + GLYPH, top + 17), str(count))


def _placed(middles: Sequence[float], wide: Sequence[float], left: float, right: float) -> list[float]:
    """Where labels start: as near to their middles as their order and widths allow."""
    starts: list[float] = []
    for middle, width in zip(middles, wide, strict=True):
        free = starts[-1] + wide[len(starts) - 1] if starts else left
        starts.append(max(free, middle - width / 2))
    limit = right
    for number in reversed(range(len(starts))):
        starts[number] = min(starts[number], limit - wide[number])
        limit = starts[number]
    return starts


def _table(rows: Sequence[CategoryRow], categories: Sequence[Category], words: BarWords) -> Table:
    headers = (words.row, *(category.name for category in categories), words.total)
    told = ((row.name, *(str(count) for count in row.counts), str(sum(row.counts))) for row in rows)
    return Table(headers, tuple(told))
