"""Lines of a sheet as pages show them: with their pictures, drawn here, and told in words as well."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from allay.records.models import Enrolment
from allay.records.queries import sheets as queries
from allay.records.queries.sheets import Line
from allay.science import charts


@dataclass(frozen=True)
class ShownLine:
    line: Line
    ring: str  # SVG; empty where there is none
    drawing: str


def shown(lines: Iterable[Line]) -> list[ShownLine]:
    return [ShownLine(line, ring_picture(line), drawing(line)) for line in lines]


def flare_plan_lines(enrolment: Enrolment) -> list[ShownLine]:
    """The person's own flare plan as far as it is filled in; empty while there is none."""
    plan = queries.flare_plan(enrolment)
    return shown(line for line in plan.lines if not line.empty) if plan else []


def ring_picture(line: Line) -> str:
    """The ring as SVG; the list beside it says the same."""
    if not line.ring:
        return ""
    words = charts.RingWords(
        title=line.title,
        description=ring_told(line),
        strongest=_("The strongest arrow"),
        step_out=_("A place to step out"),
        place=_("Place"),
        name=_("What it is"),
    )
    return charts.ring(line.ring, words=words, strongest=line.strongest, step_out=line.step_out).svg


def ring_told(line: Line) -> str:
    """What the picture shows, for those who cannot see it."""
    told = [" → ".join([*line.ring, line.ring[0]] if len(line.ring) > 1 else line.ring) + "."]
    if line.strongest is not None:
        told.append(_("The strongest arrow goes out from: %s.") % line.ring[line.strongest])
    if line.step_out is not None:
        told.append(_("A place to step out: %s.") % line.ring[line.step_out])
    return " ".join(told)


def drawing(line: Line) -> str:
    if not line.drawing:
        return ""
    said = _("Drawn by hand. There are no words for it.")
    return charts.strokes(line.drawing, title=_("A drawing: %s") % line.title, description=said)
