"""A person's own score over the timepoints, with the band within which it may lie by chance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from allay.science.charts.axes import Scale, Slots, slot_labels
from allay.science.charts.drawing import Chart, Drawing, Point, Table, is_known, plain_number
from allay.science.charts.lettering import paragraph

EDGE = 10.0
ROOM = 150.0  # height between the words at the two ends
ALONE = 14.0  # half the width of the band around a point without neighbours


@dataclass(frozen=True)
class ScorePoint:
    """A score at one timepoint and the band around it, in score points; None where there is none."""

    timepoint: str
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class ScoreWords:
    title: str
    description: str
    top: str  # what the upper end means
    bottom: str
    timepoint: str  # headings of the table
    score: str
    band: str
    to: str = "–"  # between the two ends of the band in the table


def score_with_band(
    points: Sequence[ScorePoint],
    *,
    low: float,
    high: float,
    words: ScoreWords,
    width: float = 340,
    number_text: Callable[[float], str] = plain_number,
) -> Chart:
    """`low` and `high` are the ends of the score's range. Neighbouring timepoints are joined; a timepoint
    without a score leaves its place open."""
    drawing = Drawing()
    top = 4 + paragraph(drawing, "chart-text-soft", (EDGE, 17), words.top, width - 2 * EDGE) + 22
    up = Scale(low, high, top + ROOM, top)
    slots = Slots(EDGE, width - 2 * EDGE, len(points))
    runs = list(_runs(points))
    for run in runs:
        _draw_band(drawing, points, run, slots, up)
    for run in runs:
        _draw_line(drawing, points, run, slots, up, number_text)
    height = _draw_axis(drawing, points, slots, words, top + ROOM + 12, width)
    return Chart(
        drawing.svg(width, height, words.title, words.description), _table(points, words, number_text)
    )


def _runs(points: Sequence[ScorePoint]) -> list[list[int]]:
    """Numbers of neighbouring timepoints that have a score."""
    runs: list[list[int]] = [[]]
    for number, point in enumerate(points):
        if is_known(point.value):
            runs[-1].append(number)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _draw_band(
    drawing: Drawing, points: Sequence[ScorePoint], run: list[int], slots: Slots, up: Scale
) -> None:
    banded = [n for n in run if is_known(points[n].low) and is_known(points[n].high)]
    if not banded:
        return
    xs = [slots.middle(n) for n in banded]
    if len(banded) == 1:
        banded, xs = banded * 2, [xs[0] - ALONE, xs[0] + ALONE]
    upper: list[Point] = [(x, up(points[n].high or 0)) for x, n in zip(xs, banded, strict=True)]
    lower: list[Point] = [(x, up(points[n].low or 0)) for x, n in zip(xs, banded, strict=True)]
    drawing.area("chart-band", [*upper, *reversed(lower)])


def _draw_line(
    drawing: Drawing,
    points: Sequence[ScorePoint],
    run: list[int],
    slots: Slots,
    up: Scale,
    number_text: Callable[[float], str],
) -> None:
    places: list[Point] = [(slots.middle(n), up(points[n].value or 0)) for n in run]
    if len(places) > 1:
        drawing.line("chart-line", *places)
    for n, place in zip(run, places, strict=True):
        drawing.mark("circle", "chart-point", place, 5)
        value = points[n].value
        if value is not None:
            drawing.text("chart-text", (place[0], place[1] - 10), number_text(value), "middle")


def _draw_axis(
    drawing: Drawing,
    points: Sequence[ScorePoint],
    slots: Slots,
    words: ScoreWords,
    top: float,
    width: float,
) -> float:
    """The words of the lower end, the axis and the timepoints under it; gives the height of the picture."""
    ground = top + 4 + paragraph(drawing, "chart-text-soft", (EDGE, top + 13), words.bottom, width - 2 * EDGE)
    drawing.line("chart-axis", (EDGE, ground), (width - EDGE, ground))
    for number in range(len(points)):
        drawing.line("chart-axis", (slots.middle(number), ground), (slots.middle(number), ground + 4))
    return ground + 12 + slot_labels(drawing, [point.timepoint for point in points], slots, ground + 5)


def _table(points: Sequence[ScorePoint], words: ScoreWords, number_text: Callable[[float], str]) -> Table:
    rows = (
        (point.timepoint, number_text(point.value), _band(point, words.to, number_text))
        for point in points
        if point.value is not None and is_known(point.value)
    )
    return Table((words.timepoint, words.score, words.band), tuple(rows))


def _band(point: ScorePoint, to: str, number_text: Callable[[float], str]) -> str:
    if point.low is None or point.high is None:
        return ""
    return f"{number_text(point.low)} {to} {number_text(point.high)}"
