"""The blocks a report is made of. Texts are plain; a renderer escapes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Heading:
    text: str
    anchor: str
    level: Literal[2, 3] = 2


@dataclass(frozen=True)
class Paragraph:
    """`lead` is the answer in one sentence; `note` is small print."""

    text: str
    kind: Literal["", "lead", "note"] = ""


@dataclass(frozen=True)
class Items:
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Names with their values."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """A table. The first `heads` columns name the row; the others are set as numbers."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    heads: int = 1
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption and the numbers behind it. The SVG is trusted: it comes from `charts`."""

    svg: str
    caption: str
    table: Table
    narrow: bool = False  # narrow figures that follow each other stand side by side


Block = Heading | Paragraph | Items | Facts | Table | Figure


@dataclass(frozen=True)
class Document:
    title: str
    subtitle: str
    language: str
    blocks: tuple[Block, ...]
    words: dict[str, str] = field(default_factory=dict)  # of the page itself: "contents", "numbers"
