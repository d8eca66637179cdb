"""Reads what a phone's outbox sends, and keeps each entry by itself: one that is bad never blocks the others.

A parcel is {"entries": [{"id", "kind", "content", "device_time"}]} with at most 50 entries. Every entry gets a
result {"id", "status"}, refused ones a "why" that begins with the name of the field.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from allay.faces.participant.ids import random_id
from allay.faces.participant.outbox import diary, flares, letters, look, marks, sheets, suits, two_week_tries
from allay.faces.participant.outbox.shapes import EntryShape, Moment, Short, shaped
from allay.records.errors import DifferentContent, Invalid, NotYours, Refused, Withdrawn
from allay.records.models import Enrolment, Person

LARGEST = 50
STATUS = {DifferentContent: "conflict", NotYours: "not-yours", Withdrawn: "gone"}

# kind -> a function of the content and of what every entry carries (id, enrolment, device_time, by, at) that gives
# the row and whether it is new
VERBS: dict[str, Callable[..., tuple[object, bool]]] = {
    "check-in": diary.check_in,
    "practice": diary.practice,
    "practice-mark": marks.mark,
    "flare": flares.declared,
    "flare-eased": flares.eased,
    "flare-still": flares.still_on,
    "preferences": look.preferences,
    "suits": suits.suits,
    "letter": letters.letter,
    "letter-deletion": letters.deletion,
    "sheet": sheets.sheet,
    "two-week-stop": two_week_tries.stopped,
}


class _Envelope(EntryShape):
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
    envelope = shaped(_Envelope, entry)
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
