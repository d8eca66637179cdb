"""Which variables go with which: names on a circle, joined by strokes as thick as the connection is strong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import atan2, cos, hypot, pi, sin

from allay.science.charts.drawing import Chart, Drawing, Point, Table, plain_number
from allay.science.charts.lettering import LegendEntry, legend, wrap

EDGE = 10.0
RADIUS = 30.0  # of a node
THINNEST, THICKEST = 4.0, 11.0
BEND = 16.0  # how far the middle of a stroke stands aside, so that both directions can be seen
LEADING = 17.0
ROOM = 2 * RADIUS + 50  # above and below the nodes, for loops and names


@dataclass(frozen=True)
class Connection:
    """From one node (by place) to another, or to itself; drawn only where `drawn`, told in the table always."""

    source: int
    target: int
    strength: float
    low: float | None = None
    high: float | None = None
    drawn: bool = True


@dataclass(frozen=True)
class NetworkWords:
    title: str
    description: str
    more: str  # what a filled stroke says
    less: str  # what a hollow one says
    source: str  # headings of the table
    target: str
    strength: str
    interval: str
    to: str = "to"


def network(
    names: Sequence[str],
    connections: Sequence[Connection],
    *,
    words: NetworkWords,
    directed: bool,
    width: float = 640,
    strongest: float = 0.5,
    number_text: Callable[[float | None], str] = plain_number,
) -> Chart:
    """Positive connections are filled, negative ones hollow; the thickest has the strength `strongest` or more.

    Raises ValueError for a connection with a node that is not there.
    """
    if any(not (0 <= end < len(names)) for one in connections for end in (one.source, one.target)):
        raise ValueError("a connection needs two of the nodes")
    drawing = Drawing()
    entries = [
        LegendEntry(words.more, partial(_sample, drawing, "chart-point", directed)),
        LegendEntry(words.less, partial(_sample, drawing, "chart-point-2", directed)),
    ]
    top = legend(drawing, entries, EDGE, 2, width - 2 * EDGE) + 8
    centre, reach = _place(names, width, top)
    nodes = [_on_circle(centre, reach, place, len(names)) for place in range(len(names))]
    shown = [one for one in connections if one.drawn and one.strength]
    for one in sorted(shown, key=lambda one: -abs(one.strength)):
        thick = max(THINNEST, THICKEST * min(1.0, abs(one.strength) / strongest))
        _stroke(drawing, nodes, one, thick, directed, centre)
    for node, name in zip(nodes, names, strict=True):
        _node(drawing, node, name, centre, reach)
    height = max((node[1] for node in nodes), default=top) + ROOM
    rows = tuple(_row(names, one, words, number_text) for one in connections)
    table = Table((words.source, words.target, words.strength, words.interval), rows)
    return Chart(drawing.svg(width, height, words.title, words.description), table)


def _place(names: Sequence[str], width: float, top: float) -> tuple[Point, float]:
    reach = max(min(width / 2 - RADIUS - EDGE - 90, 70 + 18 * len(names)), 60.0) if len(names) > 1 else 0.0
    return (width / 2, top + ROOM + reach), reach


def _on_circle(centre: Point, reach: float, place: int, count: int) -> Point:
    turn = -pi / 2 + 2 * pi * place / max(count, 1)
    away = reach if count > 1 else 0.0
    return centre[0] + away * cos(turn), centre[1] + away * sin(turn)


def _sample(drawing: Drawing, css: str, directed: bool, at: Point) -> None:
    _band(drawing, css, [(at[0] - 13, at[1]), (at[0], at[1]), (at[0] + 13, at[1])], 5.0, directed)


def _stroke(
    drawing: Drawing, nodes: Sequence[Point], one: Connection, thick: float, directed: bool, centre: Point
) -> None:
    css = "chart-point" if one.strength > 0 else "chart-point-2"
    if one.source == one.target:
        _loop(drawing, css, nodes[one.source], thick, centre)
        return
    start, end = nodes[one.source], nodes[one.target]
    far = hypot(end[0] - start[0], end[1] - start[1])
    along = ((end[0] - start[0]) / far, (end[1] - start[1]) / far)
    aside = (-along[1], along[0])
    bend = BEND if directed else 0.0
    near, late = RADIUS + 3, far - RADIUS - 3

    def at(distance: float) -> Point:
        share = distance / far
        sag = bend * 4 * share * (1 - share)
        return (
            start[0] + along[0] * distance + aside[0] * sag,
            start[1] + along[1] * distance + aside[1] * sag,
        )

    _band(drawing, css, [at(near + (late - near) * step / 12) for step in range(13)], thick, directed)


def _loop(drawing: Drawing, css: str, node: Point, thick: float, centre: Point) -> None:
    """Back to the same node, on the side away from the middle."""
    away = atan2(node[1] - centre[1], node[0] - centre[0]) if node != centre else -pi / 2
    size = RADIUS * 0.62
    middle = (node[0] + (RADIUS + size * 0.55) * cos(away), node[1] + (RADIUS + size * 0.55) * sin(away))
    turns = [away - 0.72 * pi + 1.44 * pi * step / 18 for step in range(19)]
    points = [(middle[0] + size * cos(turn), middle[1] + size * sin(turn)) for turn in turns]
    _band(drawing, css, points, thick, True)


def _band(drawing: Drawing, css: str, points: Sequence[Point], thick: float, arrow: bool) -> None:
    """A stroke of some thickness along the points, with a head where it is directed."""
    head = 5.0 + thick if arrow else 0.0
    body = list(points)
    tip = body[-1]
    while arrow and len(body) > 2 and hypot(tip[0] - body[-1][0], tip[1] - body[-1][1]) < head:
        body.pop()
    left, right = [], []
    for place, point in enumerate(body):
        ahead = body[min(place + 1, len(body) - 1)]
        behind = body[max(place - 1, 0)]
        along = (ahead[0] - behind[0], ahead[1] - behind[1])
        length = hypot(*along) or 1.0
        aside = (-along[1] / length * thick / 2, along[0] / length * thick / 2)
        left.append((point[0] + aside[0], point[1] + aside[1]))
        right.append((point[0] - aside[0], point[1] - aside[1]))
    if arrow:
        end = body[-1]
        along = (tip[0] - end[0], tip[1] - end[1])
        length = hypot(*along) or 1.0
        wide = (thick / 2 + 4) / length
        aside = (-along[1] * wide, along[0] * wide)
        left += [(end[0] + aside[0], end[1] + aside[1]), tip, (end[0] - aside[0], end[1] - aside[1])]
    drawing.area(css, [*left, *reversed(right)])


def _node(drawing: Drawing, node: Point, name: str, centre: Point, reach: float) -> None:
    drawing.mark("circle", "chart-unchanged", node, RADIUS)
    inside = wrap(name, 2 * RADIUS - 8)
    if len(inside) <= 2 and len(" ".join(inside)) == len(name):
        for row, line in enumerate(inside):
            drawing.text(
                "chart-text", (node[0], node[1] + 4.5 + (row - (len(inside) - 1) / 2) * 15), line, "middle"
            )
        return
    lines = wrap(name, 150)
    below = node[1] >= centre[1] - 1
    top = node[1] + RADIUS + 16 if below else node[1] - RADIUS - 6 - LEADING * (len(lines) - 1)
    if reach and abs(node[0] - centre[0]) > reach * 0.5:
        right = node[0] > centre[0]
        top = node[1] + 4.5 - LEADING * (len(lines) - 1) / 2
        x, anchor = node[0] + (RADIUS + 32) * (1 if right else -1), "start" if right else "end"
    else:
        x, anchor = node[0], "middle"
        top += 34 if below else -34  # past the loop
    for row, line in enumerate(lines):
        drawing.text("chart-text", (x, top + row * LEADING), line, anchor)  # type: ignore[arg-type]


def _row(
    names: Sequence[str], one: Connection, words: NetworkWords, number_text: Callable[[float | None], str]
) -> tuple[str, ...]:
    interval = number_text(None)
    if one.low is not None and one.high is not None:
        interval = f"{number_text(one.low)} {words.to} {number_text(one.high)}"
    return names[one.source], names[one.target], number_text(one.strength), interval
