"""Estimates with their intervals, one below the other, about the line of no difference (a forest plot)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from allay.science.charts.axes import Scale, tick_text, ticks
from allay.science.charts.drawing import Chart, Drawing, Table, is_known, known, plain_number
from allay.science.charts.lettering import LEADING, LegendEntry, legend, paragraph, width_of, wrap

EDGE = 10.0
LANE = 22.0  # height of an interval under its name
CAP = 5.0
ARROW = 6.0


@dataclass(frozen=True)
class IntervalRow:
    """An estimate with the ends of its interval; None (or NaN) where it cannot be estimated. `lesser` is hollow."""

    name: str
    estimate: float | None
    low: float | None = None
    high: float | None = None
    kind: Literal["main", "lesser"] = "main"


@dataclass(frozen=True)
class IntervalWords:
    title: str
    description: str
    axis: str  # what is measured, and which side is better
    nothing: str  # the line of no difference
    row: str  # headings of the table
    estimate: str
    interval: str
    none: str  # in place of an estimate that cannot be had
    to: str = "to"


def intervals(
    rows: Sequence[IntervalRow],
    *,
    words: IntervalWords,
    nothing: float | None = 0.0,
    reach: Sequence[float] = (),
    width: float = 640,
    number_text: Callable[[float | None], str] = plain_number,
) -> Chart:
    """Each row has its name and numbers above its interval. `nothing` is where no difference lies, None for no line.

    The axis also takes in the values of `reach`, so that pictures can share their scale; ends beyond the axis are
    drawn as arrows.
    """
    drawing = Drawing()
    top = 2.0
    if nothing is not None:
        entry = LegendEntry(
            words.nothing, lambda at: drawing.line("chart-cutoff", (at[0], at[1] - 8), (at[0], at[1] + 8))
        )
        top += legend(drawing, [entry], EDGE, 2, width - 2 * EDGE)
    top += paragraph(drawing, "chart-text-soft", (EDGE, top + 13), words.axis, width - 2 * EDGE) + 8
    scale, marks = _scale(rows, nothing, reach, width)
    for row in rows:
        top = _draw_row(drawing, row, words, number_text, (scale, marks, nothing), top, width)
    top = _draw_axis(drawing, scale, marks, top)
    return Chart(drawing.svg(width, top, words.title, words.description), _table(rows, words, number_text))


def _scale(
    rows: Sequence[IntervalRow], nothing: float | None, reach: Sequence[float], width: float
) -> tuple[Scale, list[float]]:
    values = known([nothing, *reach, *(value for row in rows for value in (row.estimate, row.low, row.high))])
    marks = ticks(min(values), max(values)) if values else [0.0, 1.0]
    side = max(width_of(tick_text(mark)) for mark in (marks[0], marks[-1])) / 2
    edge = max(EDGE + ARROW, side + 2)
    return Scale(marks[0], marks[-1], edge, width - edge), marks


def _draw_axis(drawing: Drawing, scale: Scale, marks: list[float], bottom: float) -> float:
    """The axis under all rows, with every second or third number where they would not fit; gives its lower edge."""
    room = (scale.end - scale.start) / max(len(marks) - 1, 1)
    widest = max(width_of(tick_text(mark)) for mark in marks) + 6
    for mark in marks[:: max(1, ceil(widest / room))]:
        drawing.text("chart-text-soft", (scale(mark), bottom + LEADING), tick_text(mark), "middle")
    drawing.line("chart-axis", (scale.start, bottom), (scale.end, bottom))
    return bottom + LEADING + 10


def _numbers(row: IntervalRow, words: IntervalWords, number_text: Callable[[float | None], str]) -> str:
    if not is_known(row.estimate):
        return words.none
    if not (is_known(row.low) and is_known(row.high)):
        return number_text(row.estimate)
    return f"{number_text(row.estimate)} ({number_text(row.low)} {words.to} {number_text(row.high)})"


def _lines(
    row: IntervalRow, words: IntervalWords, number_text: Callable[[float | None], str], width: float
) -> tuple[list[str], bool]:
    """The name's lines, and whether the numbers fit beside it."""
    room = width - 2 * EDGE
    told = width_of(_numbers(row, words, number_text)) + 16
    beside = width_of(row.name) + told <= room
    return wrap(row.name, room - told if beside else room, 2), beside


def _draw_row(
    drawing: Drawing,
    row: IntervalRow,
    words: IntervalWords,
    number_text: Callable[[float | None], str],
    field: tuple[Scale, list[float], float | None],
    top: float,
    width: float,
) -> float:
    """Name and numbers, and the interval under them; gives where the next row may begin."""
    lines, beside = _lines(row, words, number_text, width)
    for number, line in enumerate(lines):
        drawing.text("chart-text", (EDGE, top + 15 + number * LEADING), line)
    below = top + LEADING * (len(lines) if not beside else 0)
    for told in wrap(_numbers(row, words, number_text), width - 2 * EDGE, 1):
        place = width - EDGE if beside else EDGE
        drawing.text("chart-text-soft", (place, below + 15), told, "end" if beside else "start")
    lane = (top if beside else below) + LEADING * max(len(lines) if beside else 1, 1) + 3
    _draw_lane(drawing, *field, lane)
    _draw_interval(drawing, row, field[0], lane + LANE / 2)
    return lane + LANE + 4


def _draw_lane(drawing: Drawing, scale: Scale, marks: list[float], nothing: float | None, top: float) -> None:
    """Help lines behind one interval only, so that none runs through words."""
    for mark in marks:
        drawing.line("chart-grid", (scale(mark), top), (scale(mark), top + LANE))
    if nothing is not None:
        drawing.line("chart-cutoff", (scale(nothing), top), (scale(nothing), top + LANE))


def _draw_interval(drawing: Drawing, row: IntervalRow, scale: Scale, y: float) -> None:
    lesser = row.kind == "lesser"
    line, point = ("chart-line-2", "chart-point-2") if lesser else ("chart-line", "chart-point")
    if row.low is not None and row.high is not None and is_known(row.low) and is_known(row.high):
        drawing.line(line, (scale(row.low), y), (scale(row.high), y), dashes="7 5" if lesser else "")
        for end, away in ((row.low, -1), (row.high, 1)):
            if scale.low <= end <= scale.high:
                drawing.line(line, (scale(end), y - CAP), (scale(end), y + CAP))
            else:
                x = scale(end)
                drawing.line(line, (x, y - CAP), (x + away * ARROW, y), (x, y + CAP))
    if row.estimate is not None and is_known(row.estimate):
        drawing.mark("square" if lesser else "circle", point, (scale(row.estimate), y), 5)


def _table(
    rows: Sequence[IntervalRow], words: IntervalWords, number_text: Callable[[float | None], str]
) -> Table:
    told = tuple((row.name, number_text(row.estimate), _interval(row, words, number_text)) for row in rows)
    return Table((words.row, words.estimate, words.interval), told)


def _interval(row: IntervalRow, words: IntervalWords, number_text: Callable[[float | None], str]) -> str:
    if not (is_known(row.low) and is_known(row.high)):
        return "–"
    return f"{number_text(row.low)} {words.to} {number_text(row.high)}"
