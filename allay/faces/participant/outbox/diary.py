"""Entries of the diary: check-ins and practice logs."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from allay.faces.participant.outbox.shapes import Day, EntryShape, Row, Short, shaped
from allay.records.services import checkins, practicelogs


class CheckInContent(EntryShape):
    not_today: bool = False
    mood: Row | None = None
    comfort: Row | None = None
    helped: Short | None = None
    day: Day


class PracticeContent(EntryShape):
    practice: Short
    minutes: Annotated[int, Field(ge=1, le=60)]
    after: Short | None = None
    day: Day


def check_in(content: Mapping[str, Any], **entry: Any) -> tuple[object, bool]:
    given = shaped(CheckInContent, content)
    if given.not_today:  # a full answer: what was tapped before it is left out
        return checkins.record(day=given.day, not_today=True, **entry)
    return checkins.record(
        day=given.day, mood=given.mood, comfort=given.comfort, helped=given.helped or "", **entry
    )


def practice(content: Mapping[str, Any], **entry: Any) -> tuple[object, bool]:
    given = shaped(PracticeContent, content)
    return practicelogs.record(
        practice=given.practice, minutes=given.minutes, after=given.after or "", day=given.day, **entry
    )
