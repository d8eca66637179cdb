"""A person's own weeks: soft points on a gentle line, and open sky where nothing was noted.

A day without an entry is not marked, counted or mentioned anywhere: not in the picture, not in its
description, not in the table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil

from allay.science.charts.axes import Scale
from allay.science.charts.drawing import (
    Chart,
    Drawing,
    Point,
    Table,
    coordinate,
    is_known,
    plain_number,
)
from allay.science.charts.lettering import LEADING, paragraph, width_of, wrap

SKY = {1: 132.0}  # height between the words at the two ends; less where two lines stand above each other
LOWER_SKY = 84.0
EDGE = 10.0  # left and right of the first and last day
DENSE = 8.0  # days narrower than this have points only where a line begins and ends


@dataclass(frozen=True)
class OwnLine:
    """One thing that was asked daily, by day, with the words at the two ends of its tap row."""

    name: str
    top: str
    bottom: str
    days: Mapping[date, float | None]


@dataclass(frozen=True)
class OwnWeeksWords:
    title: str
    description: str
    weeks: str  # under the numbers of the weeks
    day: str  # heading of the table's first column


def own_weeks(
    lines: Sequence[OwnLine],
    *,
    first_day: date,
    last_day: date,
    low: float,
    high: float,
    words: OwnWeeksWords,
    together: int = 1,
    width: float = 340,
    day_text: Callable[[date], str] = date.isoformat,
    number_text: Callable[[float], str] = plain_number,
) -> Chart:
    """Each line under its own sky, over whole weeks counted from `first_day`, up to the week of `last_day`.

    `low` and `high` are the ends of the tap row; entries at most `together` days apart belong to one line. Entries
    outside the weeks shown are left out.
    """
    weeks = max(1, ceil(((last_day - first_day).days + 1) / 7))
    across = Scale(0, 7 * weeks, EDGE, width - EDGE)
    drawing, top, ground = Drawing(), 2.0, 0.0
    room = SKY.get(len(lines), LOWER_SKY)
    for line in lines:
        ground = _draw_sky(drawing, line, first_day, across, (low, high), top, room, together)
        top = ground + 12
    height = _draw_weeks(drawing, words.weeks, weeks, across, ground)
    table = _table(lines, first_day, weeks, words, day_text, number_text)
    return Chart(drawing.svg(width, height, words.title, words.description), table)


def _draw_sky(
    drawing: Drawing,
    line: OwnLine,
    first_day: date,
    across: Scale,
    ends: tuple[float, float],
    top: float,
    room: float,
    together: int,
) -> float:
    """The name, the words of the upper end, the line, the words of the lower end; gives where the ground is."""
    wide = across.end - across.start
    top += paragraph(drawing, "chart-text", (EDGE, top + 13), line.name, wide, most=2)
    top += paragraph(drawing, "chart-text-soft", (EDGE, top + 13), line.top, wide, most=2) + 10
    up = Scale(*ends, top + room, top)
    _draw_line(drawing, _places(line, first_day, across, up), across(1) - across(0), together)
    below = top + room + 10
    ground = below + 4 + paragraph(drawing, "chart-text-soft", (EDGE, below + 13), line.bottom, wide, most=2)
    drawing.line("chart-axis", (across.start, ground), (across.end, ground))
    return ground


def _places(line: OwnLine, first_day: date, across: Scale, up: Scale) -> list[tuple[int, Point]]:
    """Day number and position of every entry, in order of days."""
    entries = (((day - first_day).days, value) for day, value in sorted(line.days.items()))
    return [
        (number, (across(number + 0.5), up(value)))
        for number, value in entries
        if value is not None and is_known(value) and 0 <= number < across.high
    ]


def _draw_line(drawing: Drawing, places: list[tuple[int, Point]], day_width: float, together: int) -> None:
    for stretch in _stretches(places, together):
        if len(stretch) > 1:
            drawing.path("chart-line", gentle_path(stretch))
        for place in stretch if day_width * together >= DENSE else {stretch[0]: 0, stretch[-1]: 0}:
            drawing.mark("circle", "chart-point", place, 4.5 if day_width >= 2 * DENSE else 3.2)


def _stretches(places: list[tuple[int, Point]], together: int) -> list[list[Point]]:
    """Entries that follow closely on one another belong together; anything else is open sky."""
    stretches: list[list[Point]] = []
    for number, (day, place) in enumerate(places):
        if not number or day - places[number - 1][0] > together:
            stretches.append([])
        stretches[-1].append(place)
    return stretches


def gentle_path(points: Sequence[Point]) -> str:
    """A curve through the points that never leaves the values between two neighbours (Fritsch-Carlson)."""
    slopes = [(after[1] - before[1]) / (after[0] - before[0]) for before, after in pairwise(points)]
    inner = [0.0 if a * b <= 0 else 2 * a * b / (a + b) for a, b in pairwise(slopes)]
    tangents = [slopes[0], *inner, slopes[-1]]
    path = f"M{_at(*points[0])}"
    for number, (before, after) in enumerate(pairwise(points)):
        third = (after[0] - before[0]) / 3
        leave = _at(before[0] + third, before[1] + third * tangents[number])
        arrive = _at(after[0] - third, after[1] - third * tangents[number + 1])
        path += f"C{leave} {arrive} {_at(*after)}"
    return path


def _at(x: float, y: float) -> str:
    return f"{coordinate(x)},{coordinate(y)}"


def _draw_weeks(drawing: Drawing, name: str, weeks: int, across: Scale, ground: float) -> float:
    """The weeks along the bottom; gives the height of the picture."""
    for week in range(weeks + 1):
        drawing.line("chart-axis", (across(7 * week), ground), (across(7 * week), ground + 4))
    every = max(1, ceil((width_of(str(weeks)) + 6) / (across(7) - across(0))))
    for week in range(1, weeks + 1, every):
        drawing.text("chart-text-soft", (across(7 * week - 3.5), ground + 18), str(week), "middle")
    lines = wrap(name, across.end - across.start, most=1)
    for line in lines:
        at = ((across.start + across.end) / 2, ground + 18 + LEADING)
        drawing.text("chart-text-soft", at, line, "middle")
    return ground + 24 + LEADING * len(lines)


def _table(
    lines: Sequence[OwnLine],
    first_day: date,
    weeks: int,
    words: OwnWeeksWords,
    day_text: Callable[[date], str],
    number_text: Callable[[float], str],
) -> Table:
    """Only days with an entry have a row."""
    days = sorted({day for line in lines for day, value in line.days.items() if is_known(value)})
    shown = [day for day in days if 0 <= (day - first_day).days < 7 * weeks]
    rows = tuple(
        (day_text(day), *(number_text(v) if (v := line.days.get(day)) is not None else "" for line in lines))
        for day in shown
    )
    return Table((words.day, *(line.name for line in lines)), rows)
