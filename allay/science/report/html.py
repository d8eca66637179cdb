"""A report as one HTML page: style inside, no script, no request to anywhere.

A content security policy inside the page forbids everything but its own style sheet, by its hash.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from itertools import groupby

from allay.science.report.blocks import Block, Document, Facts, Figure, Heading, Items, Paragraph, Table


@cache
def style() -> str:
    return files("allay.science.report").joinpath("report.css").read_text(encoding="utf-8")


def style_source() -> str:
    """The hash of the style sheet, as a content security policy names it."""
    return f"'sha256-{b64encode(sha256(style().encode()).digest()).decode()}'"


def render(document: Document) -> str:
    """The whole page."""
    title, subtitle = escape(document.title), escape(document.subtitle)
    policy = f"default-src 'none'; style-src {style_source()}"
    body = "\n".join(_blocks(document))
    return f"""<!doctype html>
<html lang="{escape(document.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style()}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p class="subtitle">{subtitle}</p>
</header>
{_contents(document)}
<main>
{body}
</main>
</body>
</html>
"""


def _contents(document: Document) -> str:
    chapters = [block for block in document.blocks if isinstance(block, Heading) and block.level == 2]
    links = "".join(f'<li><a href="#{one.anchor}">{escape(one.text)}</a></li>' for one in chapters)
    return f'<nav aria-label="{escape(document.words["contents"])}"><ol>{links}</ol></nav>'


def _blocks(document: Document) -> Iterator[str]:
    for narrow, run in groupby(document.blocks, lambda block: isinstance(block, Figure) and block.narrow):
        written = "\n".join(_block(block, document) for block in run)
        yield f'<div class="side">{written}</div>' if narrow else written


def _block(block: Block, document: Document) -> str:
    match block:
        case Heading(text, anchor, level):
            return f'<h{level} id="{escape(anchor)}">{escape(text)}</h{level}>'
        case Paragraph(text, kind):
            kind_class = f' class="{kind}"' if kind else ""
            return f"<p{kind_class}>{escape(text)}</p>"
        case Items(texts):
            return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"
        case Facts(pairs):
            inside = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs)
            return f"<dl>{inside}</dl>"
        case Table():
            return _table(block)
        case Figure():
            return _figure(block, document.words["numbers"])


def _table(table: Table) -> str:
    head = "".join(
        f'<th scope="col"{"" if place < table.heads else " class=number"}>{escape(name)}</th>'
        for place, name in enumerate(table.header)
    )
    rows = "".join(f"<tr>{_row(row, table.heads)}</tr>\n" for row in table.rows)
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return (
        f'<div class="table" role="group" tabindex="0" aria-label="{escape(table.caption)}">\n'
        f"<table><caption>{escape(table.caption)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>{note}"
    )


def _row(row: tuple[str, ...], heads: int) -> str:
    return "".join(
        f'<th scope="row">{escape(cell)}</th>' if place < heads else f'<td class="number">{escape(cell)}</td>'
        for place, cell in enumerate(row)
    )


def _figure(figure: Figure, numbers: str) -> str:
    return (
        f"<figure>{figure.svg}<figcaption>{escape(figure.caption)}</figcaption>"
        f"<details><summary>{escape(numbers)}</summary>{_table(figure.table)}</details></figure>"
    )
