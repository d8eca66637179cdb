"""A person's own sealed letters. There is no query for anybody else: facilitators never learn that one exists."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allay.records.errors import NotYours
from allay.records.models import Enrolment, SealedLetter


@dataclass(frozen=True)
class LetterLine:
    """What can be said of a letter without opening it."""

    id: UUID
    key_id: str
    received_at: datetime


def lines(enrolment: Enrolment) -> tuple[LetterLine, ...]:
    """The newest first."""
    rows = enrolment.letters.order_by("-received_at", "pk").values_list("id", "key_id", "received_at")
    return tuple(LetterLine(*row) for row in rows)


def as_kept(letter: SealedLetter) -> dict[str, str]:
    """Everything that there is of a letter, still sealed; bytes in base64."""
    return {
        "id": str(letter.pk),
        "key_id": letter.key_id,
        "nonce": b64encode(letter.nonce).decode(),
        "sealed": b64encode(letter.sealed).decode(),
    }


def sealed(enrolment: Enrolment, letter: UUID) -> SealedLetter:
    """Raises NotYours for a letter of somebody else, or none."""
    found = enrolment.letters.filter(pk=letter).first()
    if found is None:
        raise NotYours
    return found
