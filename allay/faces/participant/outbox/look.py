"""How pages are to look, chosen without signal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allay.faces.participant.outbox.shapes import EntryShape, Short, shaped
from allay.records.models import Enrolment, Person
from allay.records.services import enrolments


class LookContent(EntryShape):
    theme: Short | None = None
    text_size: Short | None = None
    contrast: Short | None = None
    motion: Short | None = None
    hand: Short | None = None
    audio_first: bool | None = None
    language: Short | None = None


def preferences(
    content: Mapping[str, Any], *, enrolment: Enrolment, by: Person, at: datetime, **_entry: Any
) -> tuple[object, bool]:
    chosen = shaped(LookContent, content).model_dump(exclude_none=True)
    return by, enrolments.set_preferences(person=enrolment.person, chosen=chosen, by=by, at=at)
