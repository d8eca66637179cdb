"""Entries of the diary: check-ins and practice logs."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from allay.faces.participant.outbox.shapes import Day, EntryShape, Short, shaped
from allay.records.errors import Invalid
from allay.records.services import checkins, practicelogs


class CheckInContent(EntryShape):
    """Beside these fields, one for each item of the form; the verb holds them against its definition."""

    model_config = ConfigDict(extra="allow", strict=True)
    __pydantic_extra__: dict[Annotated[str, Field(max_length=60)], int | Short | None]

    form: Short = "daily"
    not_today: bool = False
    day: Day


class PracticeContent(EntryShape):
    practice: Short
    minutes: Annotated[int, Field(ge=1, le=60)]
    after: Short | None = None
    day: Day


def check_in(content: Mapping[str, Any], **entry: Any) -> tuple[object, bool]:
    given = shaped(CheckInContent, content)
    # "not today" is a full answer: what was tapped before it is left out
    answers = {} if given.not_today else given.__pydantic_extra__
    return checkins.record(
        form=given.form, day=given.day, not_today=given.not_today, **entry, **_unclaimed(answers, entry)
    )


def _unclaimed(answers: Mapping[str, Any], entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Raises Invalid where an answer comes under a name that every entry has for something else."""
    for name in answers:
        if name in entry:
            raise Invalid(field=name)
    return answers


def practice(content: Mapping[str, Any], **entry: Any) -> tuple[object, bool]:
    given = shaped(PracticeContent, content)
    return practicelogs.record(
        practice=given.practice, minutes=given.minutes, after=given.after or "", day=given.day, **entry
    )
