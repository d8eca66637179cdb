"""The pen: SVG elements as text, always escaped, coordinates rounded the same way everywhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite
from typing import Literal

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]
Shape = Literal["circle", "square", "triangle", "diamond", "cross"]


@dataclass(frozen=True)
class Table:
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Chart:
    """A picture and the same numbers as a table, to stand beside it."""

    svg: str
    table: Table


class Drawing:
    """Collects elements from back to front."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def line(self, css: str, *points: Point, dashes: str = "") -> None:
        self.path(css, "M" + " ".join(_pair(point) for point in points), dashes=dashes)

    def area(self, css: str, points: Sequence[Point]) -> None:
        self._add("path", {"class": css, "d": "M" + " ".join(_pair(point) for point in points) + "Z"})

    def path(self, css: str, d: str, dashes: str = "") -> None:
        """An open line. The empty fill keeps it a line where a page has no rule for the class."""
        dashed = {"stroke-dasharray": dashes} if dashes else {}
        self._add("path", {"class": css, "fill": "none", **dashed, "d": d})

    def box(self, css: str, x: float, y: float, width: float, height: float, round_by: float = 0) -> None:
        size = {"x": x, "y": y, "width": width, "height": height}
        self._add("rect", {"class": css, **size, **({"rx": round_by} if round_by else {})})

    def mark(self, shape: Shape, css: str, at: Point, size: float) -> None:
        """A point of the given shape; `size` is the radius of the circle of about the same weight."""
        if shape == "circle":
            self._add("circle", {"class": css, "cx": at[0], "cy": at[1], "r": size})
        elif shape == "cross":
            arm = size * 0.8
            (x, y) = at
            strokes = f"M{_pair((x - arm, y - arm))} {_pair((x + arm, y + arm))}"
            strokes += f"M{_pair((x - arm, y + arm))} {_pair((x + arm, y - arm))}"
            self._add("path", {"class": css, "d": strokes})
        else:
            self.area(css, [(at[0] + dx * size, at[1] + dy * size) for dx, dy in CORNERS[shape]])

    def text(self, css: str, at: Point, words: str, anchor: Anchor = "start") -> None:
        anchored = {} if anchor == "start" else {"text-anchor": anchor}
        self._add("text", {"class": css, "x": at[0], "y": at[1], **anchored}, written(words))

    def svg(self, width: float, height: float, title: str, description: str) -> str:
        head = _tag(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "class": "chart",
                "role": "img",
                "viewBox": f"0 0 {coordinate(width)} {coordinate(height)}",
                "font-size": 13,
            },
        )
        told = f"<title>{written(title)}</title><desc>{written(description)}</desc>"
        return f"{head}{told}{''.join(self._parts)}</svg>"

    def _add(self, name: str, attributes: dict[str, str | float], content: str = "") -> None:
        head = _tag(name, attributes)
        self._parts.append(f"{head}{content}</{name}>" if content else f"{head[:-1]}/>")


CORNERS: dict[str, tuple[Point, ...]] = {
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "triangle": ((0, -1.2), (1.15, 0.85), (-1.15, 0.85)),
    "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
}


def coordinate(value: float) -> str:
    """At most two decimals, no trailing noughts, no minus nought: the same input, the same text."""
    rounded = round(value, 2) + 0.0
    return f"{rounded:.2f}".rstrip("0").rstrip(".")


def written(words: str) -> str:
    """Text as it may stand in SVG: escaped, without characters that XML does not permit."""
    return escape("".join(character for character in words if _permitted(ord(character))), quote=True)


def plain_number(value: float | None) -> str:
    """A number for tables and labels: up to two decimals; "–" where there is none."""
    return "–" if value is None or not isfinite(value) else coordinate(value)


def known(values: Iterable[float | None]) -> list[float]:
    """The numbers among them: neither missing nor NaN nor infinite."""
    return [value for value in values if value is not None and isfinite(value)]


def is_known(value: float | None) -> bool:
    return value is not None and isfinite(value)


def _tag(name: str, attributes: dict[str, str | float]) -> str:
    said = (
        f' {key}="{escape(value, quote=True) if isinstance(value, str) else coordinate(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{''.join(said)}>"


def _pair(point: Point) -> str:
    return f"{coordinate(point[0])},{coordinate(point[1])}"


def _permitted(code: int) -> bool:
    return code in (9, 10, 13) or (
        code >= 32 and not 0xD800 <= code <= 0xDFFF and code not in (0xFFFE, 0xFFFF)
    )
