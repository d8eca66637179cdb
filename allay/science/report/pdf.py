"""A report as a tagged PDF (PDF/UA-1), through the `pdf` set: typst, which brings its fonts and asks nobody.

The same document gives the same bytes: no date is written into the file.
"""

from __future__ import annotations

import json
import re
from html import unescape
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

from allay.science.charts import standalone
from allay.science.report.blocks import Block, Document, Facts, Figure, Heading, Items, Paragraph, Table

TOLD = re.compile(r"<title>(?P<title>.*?)</title><desc>(?P<desc>.*?)</desc>", re.DOTALL)


def can_print() -> bool:
    """Whether the `pdf` set is there."""
    return find_spec("typst") is not None


def pdf(
    document: Document, *, template: str = "report.typ", points: float = 10, machine_fonts: bool = False
) -> bytes:
    """The whole document. `points` is the size of its letters, where the template has more than one.

    With `machine_fonts` the fonts of this machine count in as well: for scripts that typst's own do not have.
    Raises ModuleNotFoundError without the `pdf` set, RuntimeError for what it cannot set.
    """
    import typst

    source = files("allay.science.report").joinpath(template).read_bytes()
    content = {
        "title": document.title,
        "subtitle": document.subtitle,
        "language": document.language.split("-")[0],
        "points": points,
        "blocks": [_block(block) for block in document.blocks],
    }
    made = typst.compile(
        source,
        sys_inputs={"report": json.dumps(content, ensure_ascii=False)},
        ignore_system_fonts=not machine_fonts,
        pdf_standards=["ua-1"],
    )
    return bytes(made)


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(text, _anchor, level):
            return {"kind": "heading", "text": text, "level": level}
        case Paragraph(text, style):
            return {"kind": "paragraph", "text": text, "style": style}
        case Items(texts):
            return {"kind": "items", "texts": list(texts)}
        case Facts(pairs):
            return {"kind": "facts", "pairs": [list(pair) for pair in pairs]}
        case Table():
            return {"kind": "table", **vars(block), "rows": [list(row) for row in block.rows]}
        case Figure(svg, caption, _table, narrow):
            told = TOLD.search(svg)
            alt = unescape(f"{told['title']}. {told['desc']}") if told else caption
            return {
                "kind": "figure",
                "svg": standalone(svg),
                "alt": alt,
                "caption": caption,
                "narrow": narrow,
            }
