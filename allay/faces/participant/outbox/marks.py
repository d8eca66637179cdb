"""A mark on a practice: kept close, not for me, or neither any more."""

from collections.abc import Mapping
from typing import Any, Literal

from allay.faces.participant.outbox.shapes import Day, EntryShape, Short, shaped
from allay.records.services import ownpractices


class MarkContent(EntryShape):
    practice: Short
    mark: Literal["favourite", "not-for-me", "open"]
    day: Day | None = None


def mark(content: Mapping[str, Any], **entry: Any) -> tuple[object, bool]:
    given = shaped(MarkContent, content)
    return ownpractices.mark(practice=given.practice, mark=given.mark, **entry)
