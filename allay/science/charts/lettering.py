"""How wide words are, where they break, and the legend: estimated, because no browser is at hand."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from allay.science.charts.drawing import Drawing, Point

SIZE = 13.0
LEADING = 17.0  # from one line to the next
KEY = 26.0  # width of a legend's sample
NARROW, BROAD = " .,:;'!|()[]fijltrI1·", "mwMWQ@%–—"


@dataclass(frozen=True)
class LegendEntry:
    """A name and how its sample is drawn; the sample is given its middle."""

    name: str
    draw: Callable[[Point], None]


def width_of(words: str) -> float:
    """The estimated width in a usual sans-serif face, rather too wide than too narrow."""
    return SIZE * sum(_em(character) for character in words)


def wrap(words: str, width: float, most: int = 3) -> list[str]:
    """The words in lines no wider than `width`; what does not fit into `most` lines ends in an ellipsis."""
    lines: list[str] = []
    for word in words.split():
        for piece in _pieces(word, width):
            if lines and width_of(f"{lines[-1]} {piece}") <= width:
                lines[-1] = f"{lines[-1]} {piece}"
            else:
                lines.append(piece)
        if len(lines) > most:
            return [*lines[: most - 1], _shortened(lines[most - 1], width)]
    return lines


def paragraph(drawing: Drawing, css: str, at: Point, words: str, width: float, most: int = 3) -> float:
    """Writes the words from the first line's base at `at`; gives the height they take."""
    lines = wrap(words, width, most)
    for number, line in enumerate(lines):
        drawing.text(css, (at[0], at[1] + number * LEADING), line)
    return LEADING * len(lines)


def legend(drawing: Drawing, entries: Sequence[LegendEntry], left: float, top: float, width: float) -> float:
    """Writes the entries in rows from `top`; gives the height they take."""
    x, y = left, top
    for entry in entries:
        lines = wrap(entry.name, width - KEY - 8, most=2)
        wide = KEY + 8 + max((width_of(line) for line in lines), default=0)
        if x > left and x + wide > left + width:
            x, y = left, y + LEADING + 3
        entry.draw((x + KEY / 2, y + LEADING / 2))
        for number, line in enumerate(lines):
            drawing.text("chart-text", (x + KEY + 6, y + 13 + number * LEADING), line)
        if len(lines) > 1:
            x, y = left, y + LEADING * len(lines) + 3
        else:
            x += wide + 18
    return y - top + (LEADING + 6 if x > left else 3)


def _pieces(word: str, width: float) -> Iterator[str]:
    """The word, broken where it is wider than a line."""
    piece = ""
    for character in word:
        if piece and width_of(piece + character) > width:
            yield piece
            piece = ""
        piece += character
    yield piece


def _shortened(line: str, width: float) -> str:
    while line and width_of(line + "…") > width:
        line = line[:-1]
    return line.rstrip() + "…"


def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if character in NARROW:
        return 0.34
    if character in BROAD or character.isupper():
        return 0.86 if character in BROAD else 0.7
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.6
