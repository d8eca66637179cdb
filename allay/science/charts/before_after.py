"""Each person's score before and after, with the band of change that is not reliable and the cut-off."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import Literal

from allay.science.charts.axes import Scale, tick_text, ticks
from allay.science.charts.drawing import Chart, Drawing, Point, Shape, Table, is_known, known, plain_number
from allay.science.charts.lettering import LEADING, LegendEntry, legend, paragraph, width_of, wrap

EDGE = 12.0
DOT = 4.0
LARGEST = 3.0  # times the size of one person, for many in one place
Line = tuple[float, float]  # slope and intercept
Kind = Literal["improved", "unchanged", "worsened"]
SHAPES: dict[Kind, Shape] = {"unchanged": "square", "improved": "circle", "worsened": "triangle"}


@dataclass(frozen=True)
class PersonPoint:
    before: float
    after: float
    kind: Kind


@dataclass(frozen=True)
class BeforeAfterWords:
    title: str
    description: str
    before: str  # the axes, and headings of the table
    after: str
    improved: str
    unchanged: str
    worsened: str
    band: str  # what the band means
    same: str  # the line of no change
    cutoff: str
    kind: str  # heading of the table: kind of change
    people: str  # heading of the table: how many stand at this point


def before_after(
    points: Sequence[PersonPoint],
    *,
    threshold: float | None,
    cutoff: float | None,
    words: BeforeAfterWords,
    expected: Line = (1.0, 0.0),
    reach: Sequence[float] = (),
    width: float = 480,
    number_text: Callable[[float], str] = plain_number,
) -> Chart:
    """`cutoff` stands on the scale of after. Scores within `threshold` of `expected` are no reliable change: the line of
    scores after, as (slope, intercept), by default the same score as before. Without a threshold there is no band.

    The axes also take in the scores of `reach`, so that pictures side by side can share their scale.
    People at the same point are one mark, the larger the more they are (to `LARGEST`).
    """
    places = Counter(point for point in points if is_known(point.before) and is_known(point.after))
    drawing = Drawing()
    top = 2 + legend(
        drawing, _entries(drawing, words, threshold is not None, cutoff), EDGE, 2, width - 2 * EDGE
    )
    top += paragraph(drawing, "chart-text-soft", (EDGE, top + 13), words.after, width - 2 * EDGE) + 12
    across, up = _draw_field(drawing, _marks(places, cutoff, reach), top, width)
    if places:
        if threshold is not None and is_known(threshold):
            _draw_band(drawing, threshold, expected, across, up)
        _draw_references(drawing, cutoff, across, up)
    for kind in SHAPES:
        _draw_people(drawing, kind, places, across, up)
    height = _draw_axis_name(drawing, words.before, across, up.start + 5 + LEADING)
    return Chart(
        drawing.svg(width, height, words.title, words.description), _table(places, words, number_text)
    )


def _marks(places: Counter[PersonPoint], cutoff: float | None, reach: Sequence[float]) -> list[float]:
    values = known([cutoff, *reach, *(p.before for p in places), *(p.after for p in places)])
    return ticks(min(values), max(values)) if values else [0.0, 1.0]


def _entries(
    drawing: Drawing, words: BeforeAfterWords, banded: bool, cutoff: float | None
) -> list[LegendEntry]:
    names: tuple[tuple[Kind, str], ...] = (
        ("improved", words.improved),
        ("unchanged", words.unchanged),
        ("worsened", words.worsened),
    )
    entries = [LegendEntry(name, partial(_person, drawing, kind, 1)) for kind, name in names]
    if banded:
        entries.append(
            LegendEntry(words.band, lambda at: drawing.box("chart-band", at[0] - 12, at[1] - 6, 24, 12))
        )
    entries.append(LegendEntry(words.same, lambda at: _sample(drawing, "chart-axis", at)))
    if cutoff is not None:
        entries.append(LegendEntry(words.cutoff, lambda at: _sample(drawing, "chart-cutoff", at)))
    return entries


def _sample(drawing: Drawing, css: str, at: Point) -> None:
    drawing.line(css, (at[0] - 12, at[1]), (at[0] + 12, at[1]))


def _draw_field(drawing: Drawing, marks: list[float], top: float, width: float) -> tuple[Scale, Scale]:
    """A square with the same numbers on both sides; gives the scales of before and after."""
    left = EDGE + max(width_of(tick_text(mark)) for mark in marks) + 8
    side = width - EDGE - left
    across = Scale(marks[0], marks[-1], left, left + side)
    up = Scale(marks[0], marks[-1], top + side, top)
    for mark in marks:
        drawing.line("chart-grid", (left, up(mark)), (left + side, up(mark)))
        drawing.line("chart-grid", (across(mark), top), (across(mark), top + side))
        drawing.text("chart-text-soft", (left - 8, up(mark) + 4.5), tick_text(mark), "end")
        drawing.text("chart-text-soft", (across(mark), top + side + LEADING), tick_text(mark), "middle")
    drawing.line("chart-axis", (left, top), (left, top + side), (left + side, top + side))
    return across, up


def _draw_band(drawing: Drawing, threshold: float, expected: Line, across: Scale, up: Scale) -> None:
    """What lies within the threshold of the line, as far as it lies in the field."""
    slope, intercept = expected
    low, high = across.low, across.high
    left, right = slope * low + intercept, slope * high + intercept
    corners = [(low, left - threshold), (high, right - threshold)]
    corners += [(high, right + threshold), (low, left + threshold)]
    inside = _cut(_cut(corners, low, 1), high, -1)
    if len(inside) > 2:
        drawing.area("chart-band", [(across(before), up(after)) for before, after in inside])


def _cut(corners: list[Point], level: float, side: int) -> list[Point]:
    """The part of a polygon above (side 1) or below (-1) a level (Sutherland and Hodgman 1974)."""
    found: list[Point] = []
    for (x, y), (to_x, to_y) in zip(corners, [*corners[1:], *corners[:1]], strict=True):
        stays, arrives = side * (y - level) >= 0, side * (to_y - level) >= 0
        if stays:
            found.append((x, y))
        if stays != arrives:
            found.append((x + (to_x - x) * (level - y) / (to_y - y), level))
    return found


def _draw_references(drawing: Drawing, cutoff: float | None, across: Scale, up: Scale) -> None:
    low, high = across.low, across.high
    drawing.line("chart-axis", (across(low), up(low)), (across(high), up(high)))
    if cutoff is not None and is_known(cutoff):
        drawing.line("chart-cutoff", (across(low), up(cutoff)), (across(high), up(cutoff)))


def _draw_people(
    drawing: Drawing, kind: Kind, places: Counter[PersonPoint], across: Scale, up: Scale
) -> None:
    of_kind = sorted((p.before, p.after, n) for p, n in places.items() if p.kind == kind)
    for before, after, people in of_kind:
        _person(drawing, kind, people, (across(before), up(after)))


def _person(drawing: Drawing, kind: Kind, people: int, at: Point) -> None:
    drawing.mark(SHAPES[kind], f"chart-{kind}", at, DOT * min(sqrt(people), LARGEST))


def _draw_axis_name(drawing: Drawing, name: str, across: Scale, top: float) -> float:
    lines = wrap(name, across.end - across.start)
    for number, line in enumerate(lines):
        at = ((across.start + across.end) / 2, top + 15 + number * LEADING)
        drawing.text("chart-text-soft", at, line, "middle")
    return top + LEADING * len(lines) + 8


def _table(
    places: Counter[PersonPoint], words: BeforeAfterWords, number_text: Callable[[float], str]
) -> Table:
    names = {"improved": words.improved, "unchanged": words.unchanged, "worsened": words.worsened}
    ordered = sorted(places.items(), key=lambda one: (one[0].before, one[0].after, one[0].kind))
    rows = (
        (number_text(point.before), number_text(point.after), names[point.kind], str(people))
        for point, people in ordered
    )
    return Table((words.before, words.after, words.kind, words.people), tuple(rows))
