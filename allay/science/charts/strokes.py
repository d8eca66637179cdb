"""A drawing made with a finger: strokes as numbers in, lines out."""

from collections.abc import Sequence

from allay.science.charts.drawing import Drawing

WIDE, HIGH = 1000, 700  # the sheet of paper that strokes are counted on
SCALE = 0.35


def strokes(drawn: Sequence[Sequence[int]], *, title: str, description: str) -> str:
    """SVG of strokes, each a flat row of x and y: [x, y, x, y, ...], from 0 to 1000 and from 0 to 700."""
    drawing = Drawing()
    for stroke in drawn:
        points = [(x * SCALE, y * SCALE) for x, y in zip(stroke[::2], stroke[1::2], strict=False)]
        if len(points) == 1:
            drawing.mark("circle", "chart-point", points[0], 2.5)
        elif points:
            drawing.line("chart-line", *points)
    return drawing.svg(WIDE * SCALE, HIGH * SCALE, title, description)
