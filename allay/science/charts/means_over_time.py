"""Means with their confidence intervals by arm over the timepoints."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from allay.science.charts.axes import Scale, Slots, slot_labels, tick_text, ticks
from allay.science.charts.drawing import Chart, Drawing, Point, Shape, Table, is_known, known, plain_number
from allay.science.charts.lettering import LegendEntry, legend, paragraph, width_of

EDGE = 10.0
ROOM = 250.0
APART = 14.0  # between the arms of one timepoint
LOOKS: tuple[tuple[str, str, Shape, str], ...] = (  # classes of line and point, shape, dashes
    ("chart-line", "chart-point", "circle", ""),
    ("chart-line-2", "chart-point-2", "square", "7 5"),
    ("chart-line", "chart-point", "diamond", "2 5"),
    ("chart-line-2", "chart-point-2", "triangle", "12 4 2 4"),
)


@dataclass(frozen=True)
class MeanPoint:
    """The mean of one arm at one timepoint; None (or NaN) where it cannot be estimated."""

    n: int
    mean: float | None
    low: float | None = None  # ends of the confidence interval
    high: float | None = None


@dataclass(frozen=True)
class ArmMeans:
    """One arm; as many points as there are timepoints, None where nothing was measured."""

    name: str
    points: tuple[MeanPoint | None, ...]


@dataclass(frozen=True)
class MeansWords:
    title: str
    description: str
    axis: str  # the score, and which direction is better
    arm: str  # headings of the table
    timepoint: str
    n: str
    mean: str
    interval: str
    to: str = "to"


def means_over_time(
    arms: Sequence[ArmMeans],
    timepoints: Sequence[str],
    *,
    words: MeansWords,
    width: float = 640,
    reach: Sequence[float] = (),
    number_text: Callable[[float | None], str] = plain_number,
) -> Chart:
    """Up to four arms are told apart by shape and dashes; further ones repeat them. `reach`: values to have on the axis.

    Raises ValueError when an arm has another number of points than there are timepoints.
    """
    if any(len(arm.points) != len(timepoints) for arm in arms):
        raise ValueError("each arm needs one point, or None, for each timepoint")
    drawing = Drawing()
    top = legend(drawing, _entries(drawing, arms), EDGE, 2, width - 2 * EDGE) + 4
    top += paragraph(drawing, "chart-text-soft", (EDGE, top + 13), words.axis, width - 2 * EDGE) + 12
    left, up = _draw_values(drawing, [*_values(arms), *reach], top, width)
    slots = Slots(left, width - EDGE - left, len(timepoints))
    for number, arm in enumerate(arms):
        aside = _aside(number, len(arms), slots)
        _draw_arm(drawing, arm, LOOKS[number % len(LOOKS)], slots, up, aside)
    height = top + ROOM + 12 + slot_labels(drawing, timepoints, slots, top + ROOM + 6)
    table = _table(arms, timepoints, words, number_text)
    return Chart(drawing.svg(width, height, words.title, words.description), table)


def _values(arms: Sequence[ArmMeans]) -> list[float]:
    points = [point for arm in arms for point in arm.points if point]
    return known(value for point in points for value in (point.mean, point.low, point.high))


def _entries(drawing: Drawing, arms: Sequence[ArmMeans]) -> list[LegendEntry]:
    return [
        LegendEntry(arm.name, partial(_sample, drawing, LOOKS[number % len(LOOKS)]))
        for number, arm in enumerate(arms)
    ]


def _sample(drawing: Drawing, look: tuple[str, str, Shape, str], at: Point) -> None:
    css, point_css, shape, dashes = look
    drawing.line(css, (at[0] - 13, at[1]), (at[0] + 13, at[1]), dashes=dashes)
    drawing.mark(shape, point_css, at, 4.5)


def _draw_values(drawing: Drawing, values: list[float], top: float, width: float) -> tuple[float, Scale]:
    """The value axis with its help lines; gives the left edge of the plot and the scale."""
    marks = ticks(min(values), max(values)) if values else [0.0, 1.0]
    up = Scale(marks[0], marks[-1], top + ROOM, top)
    left = EDGE + max(width_of(tick_text(mark)) for mark in marks) + 8
    for mark in marks:
        drawing.line("chart-grid", (left, up(mark)), (width - EDGE, up(mark)))
        drawing.text("chart-text-soft", (left - 8, up(mark) + 4.5), tick_text(mark), "end")
    drawing.line("chart-axis", (left, top + ROOM), (width - EDGE, top + ROOM))
    return left, up


def _aside(number: int, arms: int, slots: Slots) -> float:
    """How far an arm stands beside the middle of its timepoint, so that intervals do not cover each other."""
    apart = min(APART, slots.each / (arms + 1))
    return (number - (arms - 1) / 2) * apart


def _draw_arm(
    drawing: Drawing,
    arm: ArmMeans,
    look: tuple[str, str, Shape, str],
    slots: Slots,
    up: Scale,
    aside: float,
) -> None:
    css, point_css, shape, dashes = look
    xs = [slots.middle(number) + aside for number in range(len(arm.points))]
    means = [point.mean if point and is_known(point.mean) else None for point in arm.points]
    for (x, mean), (next_x, next_mean) in pairwise(zip(xs, means, strict=True)):
        if mean is not None and next_mean is not None:
            drawing.line(css, (x, up(mean)), (next_x, up(next_mean)), dashes=dashes)
    for x, point, mean in zip(xs, arm.points, means, strict=True):
        if point is None or mean is None:
            continue
        _draw_interval(drawing, x, point, up)
        drawing.mark(shape, point_css, (x, up(mean)), 5)


def _draw_interval(drawing: Drawing, x: float, point: MeanPoint, up: Scale) -> None:
    if point.low is None or point.high is None or not known([point.low, point.high]):
        return
    low, high = up(point.low), up(point.high)
    drawing.line("chart-axis", (x, low), (x, high))
    for end in (low, high):
        drawing.line("chart-axis", (x - 4, end), (x + 4, end))


def _table(
    arms: Sequence[ArmMeans],
    timepoints: Sequence[str],
    words: MeansWords,
    number_text: Callable[[float | None], str],
) -> Table:
    rows = (
        (arm.name, timepoint, str(point.n), number_text(point.mean), _interval(point, words.to, number_text))
        for arm in arms
        for timepoint, point in zip(timepoints, arm.points, strict=True)
        if point
    )
    return Table((words.arm, words.timepoint, words.n, words.mean, words.interval), tuple(rows))


def _interval(point: MeanPoint, to: str, number_text: Callable[[float | None], str]) -> str:
    if not (is_known(point.low) and is_known(point.high)):
        return number_text(None)
    return f"{number_text(point.low)} {to} {number_text(point.high)}"
