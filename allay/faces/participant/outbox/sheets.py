"""Entries of sheets: one version of a plan, a pain cycle, a flare plan."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from allay.faces.participant.outbox.shapes import Day, EntryShape, Short, shaped
from allay.records.services import sheets

Id = Annotated[str, StringConstraints(max_length=36)]


class SheetContent(EntryShape):
    sheet: Short
    content: dict[str, Any]
    follows: Annotated[list[Id], Field(max_length=sheets.MOST_FOLLOWED)]
    day: Day


def sheet(content: Mapping[str, Any], **entry: Any) -> tuple[object, bool]:
    given = shaped(SheetContent, content)
    return sheets.keep(
        sheet=given.sheet, content=given.content, follows=given.follows, day=given.day, **entry
    )
