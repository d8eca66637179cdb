"""Tables as the researcher sees them: completeness on a page, the analysis table as CSV."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allay.content import library
from allay.records.models import Study
from allay.records.queries import analysis, blind_table, flow
from allay.records.queries.today import wording

ROWS_AT_ONCE = 500
STARTS_A_FORMULA = tuple("=+-@\t\r＝＋－＠")


@dataclass(frozen=True)
class Occasion:
    """A timepoint with its days in words and what is asked."""

    title: str
    due: str
    window: str
    asked: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """How many of an arm's people have finished each timepoint."""

    arm: str
    people: int
    done: tuple[tuple[str, str], ...]  # "9 of 10" and the share, for each timepoint


def timepoints(study: Study) -> tuple[Occasion, ...]:
    instruments = library.load().instruments
    return tuple(
        Occasion(
            title=timepoint.title,
            due=_from_start(timepoint.due),
            window=_("day %(opens)d to day %(closes)d")
            % {"opens": timepoint.opens, "closes": timepoint.closes},
            asked=tuple(
                wording(instruments[key].wording, "en").title if key in instruments else key
                for key in timepoint.instruments
            ),
        )
        for timepoint in analysis.timepoints(study)
    )


def _from_start(days: int) -> str:
    """When a timepoint is due, counted from the group's first meeting."""
    if days == 0:
        return _("the day of the first meeting")
    weeks, rest = divmod(abs(days), 7)
    unit = ngettext("%d day", "%d days", abs(days)) % abs(days)
    if not rest:
        unit = ngettext("%d week", "%d weeks", weeks) % weeks
    return (_("%s after the first meeting") if days > 0 else _("%s before the first meeting")) % unit


def completeness(study: Study, at: datetime, together: bool = False) -> tuple[Line, ...]:
    """By arm; with `together` all arms in one line."""
    by_arm: dict[str, list[analysis.Completeness]] = {}
    for cell in analysis.completeness(study, at):
        by_arm.setdefault(cell.arm, []).append(cell)
    if together:
        by_arm = {_("Everybody"): [_sum(cells) for cells in zip(*by_arm.values(), strict=True)]}
    return tuple(
        Line(arm, cells[0].people if cells else 0, tuple(_share(cell) for cell in cells))
        for arm, cells in by_arm.items()
    )


def _sum(cells: tuple[analysis.Completeness, ...]) -> analysis.Completeness:
    first = cells[0]
    counted = {name: sum(getattr(cell, name) for cell in cells) for name in ("people", "done", "of")}
    return analysis.Completeness(arm="", timepoint=first.timepoint, **counted)


def people(study: Study, together: bool) -> list[flow.ArmFlow]:
    """How many each step holds, by arm; with `together` all arms in one line."""
    counted = flow.by_arm(study)
    return [flow.together(counted, _("Everybody"))] if together else counted


def blind_lines(study: Study, at: datetime) -> Iterator[str]:
    return lines(blind_table.rows(study, at), blind_table.COLUMNS)


def _share(cell: analysis.Completeness) -> tuple[str, str]:
    if not cell.of:
        return _("not yet"), ""
    return _("%(done)d of %(of)d") % {"done": cell.done, "of": cell.of}, f"{100 * cell.done / cell.of:.0f} %"


def lines(
    rows: Iterable[tuple[str | float | None, ...]], columns: tuple[str, ...] = analysis.COLUMNS
) -> Iterator[str]:
    """CSV text, one line for each row, below its header. The last column is a number or nothing."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    yield _taken(text)
    for *keys, value in rows:
        writer.writerow([*map(safe, keys), "" if value is None else f"{value:.15g}"])
        yield _taken(text)


def diary_lines(rows: Iterable[tuple[object, ...]], columns: tuple[str, ...]) -> Iterator[str]:
    """Daily entries as CSV text: dates as ISO 8601, "not today" as true or false, nothing where nothing was given."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    yield _taken(text)
    for row in rows:
        writer.writerow([str(cell).lower() if isinstance(cell, bool) else cell for cell in row])
        yield _taken(text)


def _taken(text: io.StringIO) -> str:
    line = text.getvalue()
    text.seek(0)
    text.truncate()
    return line


def safe(cell: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{cell}" if cell.startswith(STARTS_A_FORMULA) else cell


def stream(request: HttpRequest, made: Iterator[str]) -> Iterator[str] | AsyncIterator[str]:
    """The same text for either kind of server, some hundred lines at a time."""
    return _later(made) if isinstance(request, ASGIRequest) else _chunks(made)


def _chunks(made: Iterator[str]) -> Iterator[str]:
    while chunk := "".join(islice(made, ROWS_AT_ONCE)):
        yield chunk


async def _later(made: Iterator[str]) -> AsyncIterator[str]:
    chunks = _chunks(made)
    while chunk := await sync_to_async(next)(chunks, ""):
        yield chunk
