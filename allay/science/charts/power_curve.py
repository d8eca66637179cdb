"""Power by the size of a trial, with the uncertainty of the simulation and the power that is aimed at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allay.science.charts.axes import Scale
from allay.science.charts.drawing import Chart, Drawing, Table, coordinate
from allay.science.charts.lettering import paragraph, width_of

EDGE = 10.0
ROOM = 250.0


@dataclass(frozen=True)
class PowerPoint:
    """One size: where it stands on the axis, and the share of trials that found the effect with its interval."""

    size: int
    power: float
    low: float
    high: float


@dataclass(frozen=True)
class PowerWords:
    title: str
    description: str
    axis: str  # what the height means
    size: str  # what the width counts, also the head of the table
    power: str
    interval: str
    to: str = "to"


def power_curve(
    points: Sequence[PowerPoint], wanted: float, *, words: PowerWords, width: float = 640
) -> Chart:
    """Sizes at their distance; from 0 to 100 %. Raises ValueError without points."""
    if not points:
        raise ValueError("a curve needs at least one size")
    ordered = sorted(points, key=lambda point: point.size)
    drawing = Drawing()
    top = paragraph(drawing, "chart-text-soft", (EDGE, 15), words.axis, width - 2 * EDGE) + 14
    left = EDGE + width_of("100 %") + 8
    up = Scale(0.0, 1.0, top + ROOM, top)
    for mark in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        drawing.line("chart-grid", (left, up(mark)), (width - EDGE, up(mark)))
        drawing.text("chart-text-soft", (left - 8, up(mark) + 4.5), _percent(mark), "end")
    drawing.line("chart-axis", (left, top + ROOM), (width - EDGE, top + ROOM))
    drawing.line("chart-cutoff", (left, up(wanted)), (width - EDGE, up(wanted)))
    across = Scale(ordered[0].size, ordered[-1].size, left + 24, width - EDGE - 24)
    _curve(drawing, ordered, across, up)
    bottom = _sizes(drawing, ordered, across, top + ROOM)
    drawing.text("chart-text-soft", ((left + width - EDGE) / 2, bottom + 16), words.size, "middle")
    rows = tuple(
        (str(one.size), _percent(one.power), f"{_percent(one.low)} {words.to} {_percent(one.high)}")
        for one in ordered
    )
    table = Table((words.size, words.power, words.interval), rows)
    return Chart(drawing.svg(width, bottom + 24, words.title, words.description), table)


def _curve(drawing: Drawing, ordered: Sequence[PowerPoint], across: Scale, up: Scale) -> None:
    if len(ordered) > 1:
        upper = [(across(one.size), up(one.high)) for one in ordered]
        lower = [(across(one.size), up(one.low)) for one in reversed(ordered)]
        drawing.area("chart-band", [*upper, *lower])
        drawing.line("chart-line", *[(across(one.size), up(one.power)) for one in ordered])
    for one in ordered:
        x = across(one.size)
        drawing.line("chart-axis", (x, up(one.low)), (x, up(one.high)))
        drawing.mark("circle", "chart-point", (x, up(one.power)), 5)


def _sizes(drawing: Drawing, ordered: Sequence[PowerPoint], across: Scale, top: float) -> float:
    """Writes the sizes under their points, leaving out those that would touch; gives the lower edge."""
    free = float("-inf")
    for one in ordered:
        x, half = across(one.size), width_of(str(one.size)) / 2
        if x - half > free:
            drawing.text("chart-text-soft", (x, top + 19), str(one.size), "middle")
            free = x + half + 6
    return top + 19


def _percent(share: float) -> str:
    return f"{coordinate(round(100 * share, 1))} %"
