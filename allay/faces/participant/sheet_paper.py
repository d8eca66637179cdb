"""A sheet as a PDF, in two sizes of letters, where the service has the `pdf` set."""

import logging
from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from allay.faces.shared.sheets import ShownLine, shown
from allay.records.queries.sheets import Standing
from allay.science.report.blocks import Block, Document, Facts, Figure, Heading, Items, Paragraph, Table

NORMAL, LARGE = 11.5, 18.0  # points
NO_TABLE = Table("", (), ())
log = logging.getLogger(__name__)


def can_pdf() -> bool:
    from allay.science.report.pdf import can_print

    return can_print()


def pdf(standing: Standing, *, large: bool) -> bytes | None:
    """The lines that have something in them. None where no PDF can be made of them here."""
    from allay.science.report import pdf as printing

    if not printing.can_print():
        return None
    document, points = _document(standing), LARGE if large else NORMAL
    for machine_fonts in (False, True):
        try:
            return printing.pdf(document, template="sheet.typ", points=points, machine_fonts=machine_fonts)
        except (
            RuntimeError
        ):  # a letter or a small picture that no font here has; its words stay out of the log
            log.info("a sheet could not be set as PDF, machine fonts: %s", machine_fonts)
    return None


def _document(standing: Standing) -> Document:
    said = [line for line in shown(standing.lines) if not line.line.empty]
    blocks = [block for line in said for block in _blocks(line)]
    if standing.sheet.new_or_changed_first:
        blocks.insert(
            0, Paragraph(_("Is anything new, changed or unlike your usual? That gets looked at first."))
        )
    return Document(
        title=standing.text.title,
        subtitle=date_format(standing.at, "j F Y") if standing.at else "",
        language=get_language() or "en",
        blocks=tuple(blocks),
    )


def _blocks(shown: ShownLine) -> Iterator[Block]:
    line = shown.line
    yield Heading(line.title, line.id)
    if line.taps:
        yield Items(line.taps)
    for paragraph in filter(str.strip, line.words.split("\n")):
        yield Paragraph(paragraph)
    if line.people:
        yield Facts(tuple((who or "–", ask or "–") for who, ask in line.people))
    if line.ring:
        yield Figure(shown.ring, "", NO_TABLE)
        yield Items(line.ring)
    if shown.drawing:
        yield Figure(shown.drawing, "", NO_TABLE)
