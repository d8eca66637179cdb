"""Reads what a phone's outbox sends, and keeps each entry by itself: one that is bad never blocks the others.

A parcel is {"entries": [{"id", "kind", "content", "device_time"}]} with at most 50 entries. Every entry gets a
result {"id", "status"}, refused ones a "why" that begins with the name of the field.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from allay.faces.participant.ids import random_id
from allay.records.errors import DifferentContent, Invalid, NotYours, Refused, Withdrawn
from allay.records.models import Enrolment, Person
from allay.records.services import checkins, practicelogs

LARGEST = 50
STATUS = {DifferentContent: "conflict", NotYours: "not-yours", Withdrawn: "gone"}


def _day(sent: object) -> date:
    return date.fromisoformat(sent if isinstance(sent, str) else "")


def _moment(sent: object) -> datetime:
    """A time with its offset; one that has no place in the calendar of UTC could not be kept."""
    time = datetime.fromisoformat(sent if isinstance(sent, str) else "")
    if time.tzinfo is None:
        raise ValueError("has no offset from UTC")
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the calendar") from None


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Short = Annotated[str, StringConstraints(max_length=60)]
Row = Annotated[int, Field(ge=0, le=10)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


ShapeT = TypeVar("ShapeT", bound=_Shape)


class CheckInContent(_Shape):
    not_today: bool = False
    mood: Row | None = None
    comfort: Row | None = None
    helped: Short | None = None
    day: Day


class PracticeContent(_Shape):
    practice: Short
    minutes: Annotated[int, Field(ge=1, le=60)]
    after: Short | None = None
    day: Day


class _Envelope(_Shape):
    id: Any
    kind: Short
    content: dict[str, Any]
    device_time: Moment | None = None


def entries(body: bytes) -> list[Any]:
    """The entries of a parcel, not looked into yet. Raises Invalid when it is no parcel."""
    try:
        parcel = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid(field="body") from None
    found = parcel.get("entries") if isinstance(parcel, dict) else None
    if not isinstance(found, list) or len(found) > LARGEST:
        raise Invalid(field="entries")
    return found


def keep(entry: object, *, enrolment: Enrolment, by: Person, at: datetime) -> dict[str, str | None]:
    """Keeps one entry and says what became of it: kept, already, conflict, not-yours, refused or gone."""
    sent_id = entry.get("id") if isinstance(entry, dict) else None
    result: dict[str, str | None] = {
        "id": sent_id if isinstance(sent_id, str) and len(sent_id) <= 36 else None
    }
    try:
        return {**result, "status": "kept" if _keep(entry, enrolment, by, at) else "already"}
    except Refused as refusal:
        status = STATUS.get(type(refusal), "refused")
        why = f"{refusal.field}: {refusal.sentence}" if refusal.field else str(refusal.sentence)
        return {**result, "status": status, **({"why": why} if status == "refused" else {})}


def _keep(entry: object, enrolment: Enrolment, by: Person, at: datetime) -> bool:
    envelope = _shaped(_Envelope, entry)
    own_id = random_id(envelope.id)
    if own_id is None:
        raise Invalid(field="id")
    if envelope.kind not in VERBS:
        raise Invalid(field="kind")
    _row, new = VERBS[envelope.kind](
        envelope.content,
        id=own_id,
        enrolment=enrolment,
        device_time=envelope.device_time,
        by=by,
        at=at,
    )
    return new


def _shaped(shape: type[ShapeT], sent: object) -> ShapeT:
    """Raises Invalid with the name of the first field at fault."""
    try:
        return shape.model_validate(sent)
    except ValidationError as error:
        place = error.errors(include_url=False, include_input=False, include_context=False)[0]["loc"]
        raise Invalid(field=str(place[0])[:60] if place else "entry") from None


def _check_in(content: Mapping[str, Any], **entry: Any) -> tuple[object, bool]:
    given = _shaped(CheckInContent, content)
    if given.not_today:  # a full answer: what was tapped before it is left out
        return checkins.record(day=given.day, not_today=True, **entry)
    return checkins.record(
        day=given.day, mood=given.mood, comfort=given.comfort, helped=given.helped or "", **entry
    )


def _practice(content: Mapping[str, Any], **entry: Any) -> tuple[object, bool]:
    given = _shaped(PracticeContent, content)
    return practicelogs.record(
        practice=given.practice, minutes=given.minutes, after=given.after or "", day=given.day, **entry
    )


VERBS: dict[str, Callable[..., tuple[object, bool]]] = {"check-in": _check_in, "practice": _practice}
