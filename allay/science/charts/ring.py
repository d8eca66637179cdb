"""A ring of what follows what: numbered places on a circle, an arrow from each to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import cos, pi, sin

from allay.science.charts.axes import Scale
from allay.science.charts.drawing import Anchor, Chart, Drawing, Point, Table
from allay.science.charts.lettering import LEADING, LegendEntry, legend, wrap

RADIUS = 14.0  # of a place
EDGE = 6.0
GAP = 5.0  # between a place and its arrows or words
STEPS = 16  # points along an arrow


@dataclass(frozen=True)
class RingWords:
    title: str
    description: str
    strongest: str  # what the thick arrow says
    step_out: str  # what the place with a second line around it says
    place: str  # heading of the table's first column
    name: str


def ring(
    names: Sequence[str],
    *,
    words: RingWords,
    strongest: int | None = None,
    step_out: int | None = None,
    width: float = 360,
) -> Chart:
    """`strongest` is the place that the strongest arrow leaves, `step_out` the place to step out at; from 0.

    Long names are shortened in the picture; the table has them whole.
    """
    drawing = Drawing()
    reach = 46.0 + 4.0 * len(names)
    room = width / 2 - reach - RADIUS - GAP - EDGE  # for words beside the ring
    above = RADIUS + 2 * GAP + 3 * LEADING
    centre = (width / 2, above + reach)
    places = [_turn(place, len(names)) for place in range(len(names))]
    for place in range(len(names) if len(names) > 1 else 0):
        _arrow(drawing, centre, reach, places[place], len(names), place == strongest)
    for place, name in enumerate(names):
        _place(drawing, centre, reach, places[place], str(place + 1), place == step_out)
        _name(drawing, centre, reach, places[place], name, room)
    height = centre[1] + reach + above
    keys = _keys(drawing, words, strongest, step_out)
    height += legend(drawing, keys, EDGE, height, width - 2 * EDGE) if keys else 0
    table = Table((words.place, words.name), tuple((str(at), name) for at, name in enumerate(names, start=1)))
    return Chart(drawing.svg(width, height, words.title, words.description), table)


def _turn(place: int, count: int) -> float:
    return -pi / 2 + 2 * pi * place / max(count, 1)


def _at(centre: Point, away: float, turn: float) -> Point:
    return centre[0] + away * cos(turn), centre[1] + away * sin(turn)


def _arrow(drawing: Drawing, centre: Point, reach: float, start: float, count: int, strongest: bool) -> None:
    """Along the circle from one place to the next, with a head; the strongest is thick."""
    free = (RADIUS + GAP) / reach
    along = Scale(0, STEPS, start + free, start + 2 * pi / count - free)
    css, size = ("chart-line", 8.0) if strongest else ("chart-axis", 6.0)
    head = size / reach
    points = [_at(centre, reach, min(along(step), along.end - head)) for step in range(STEPS + 1)]
    drawing.line(css, *points)
    if strongest:  # twice as thick, not only in another colour
        drawing.line(
            css, *[_at(centre, reach - 2.5, min(along(step), along.end - head)) for step in range(STEPS + 1)]
        )
    base, tip = along.end - 1.6 * head, along.end + 0.4 * head
    corners = [_at(centre, reach, tip), _at(centre, reach - size, base), _at(centre, reach + size, base)]
    drawing.area("chart-point" if strongest else "chart-unchanged", corners)


def _place(drawing: Drawing, centre: Point, reach: float, turn: float, number: str, out: bool) -> None:
    at = _at(centre, reach, turn)
    if out:
        drawing.mark("circle", "chart-missing", at, RADIUS + 4)
    drawing.mark("circle", "chart-unchanged", at, RADIUS)
    drawing.text("chart-text", (at[0], at[1] + 4.5), number, "middle")


def _name(drawing: Drawing, centre: Point, reach: float, turn: float, name: str, room: float) -> None:
    """Beside the place, on the side away from the middle; above and below it where there is no side."""
    at = _at(centre, reach, turn)
    if abs(cos(turn)) < 0.2:
        lines = wrap(name, 2 * room, most=3)
        down = (
            at[1] + RADIUS + GAP + 13
            if sin(turn) > 0
            else at[1] - RADIUS - GAP - LEADING * (len(lines) - 1) - 3
        )
        anchor: Anchor = "middle"
        across = at[0]
    else:
        lines = wrap(name, room, most=3)
        down = at[1] + 4.5 - LEADING * (len(lines) - 1) / 2
        side = 1 if cos(turn) > 0 else -1
        anchor = "start" if side > 0 else "end"
        across = at[0] + side * (RADIUS + GAP)
    for row, line in enumerate(lines):
        drawing.text("chart-text", (across, down + row * LEADING), line, anchor)


def _keys(
    drawing: Drawing, words: RingWords, strongest: int | None, step_out: int | None
) -> list[LegendEntry]:
    keys = []
    if strongest is not None:
        keys.append(LegendEntry(words.strongest, partial(_thick, drawing)))
    if step_out is not None:
        keys.append(LegendEntry(words.step_out, partial(_double, drawing)))
    return keys


def _thick(drawing: Drawing, at: Point) -> None:
    drawing.line("chart-line", (at[0] - 11, at[1]), (at[0] + 5, at[1]))
    drawing.area("chart-point", [(at[0] + 12, at[1]), (at[0] + 3, at[1] - 6), (at[0] + 3, at[1] + 6)])


def _double(drawing: Drawing, at: Point) -> None:
    drawing.mark("circle", "chart-missing", at, 8)
    drawing.mark("circle", "chart-unchanged", at, 5)
