"""Letters: ciphertext under a key that stays with the person, and that one of them is to be deleted."""

from base64 import b64decode
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import StringConstraints

from allay.faces.participant.ids import random_id
from allay.faces.participant.outbox.shapes import EntryShape, Short, shaped
from allay.records.errors import Invalid
from allay.records.services import letters

LONGEST = 4 * (letters.LARGEST // 3 + 1)  # characters of base64; above that nothing is decoded


class LetterContent(EntryShape):
    key_id: Short
    nonce: Short
    sealed: Annotated[str, StringConstraints(max_length=2 * LONGEST)]


class DeletionContent(EntryShape):
    letter: Short


def letter(content: Mapping[str, Any], *, device_time: object = None, **entry: Any) -> tuple[object, bool]:
    """The phone's time is left out: when a letter was written stands in it, sealed."""
    given = shaped(LetterContent, content)
    return letters.keep(
        key_id=given.key_id,
        nonce=_bytes(given.nonce, "nonce"),
        sealed=_bytes(given.sealed, "sealed"),
        **entry,
    )


def deletion(
    content: Mapping[str, Any], *, id: object = None, device_time: object = None, **entry: Any
) -> tuple[object, bool]:
    own_id = random_id(shaped(DeletionContent, content).letter)
    if own_id is None:
        raise Invalid(field="letter")
    return None, letters.delete(letter=own_id, **entry)


def _bytes(sent: str, field: str) -> bytes:
    try:
        return b64decode(sent, validate=True)
    except ValueError:
        raise Invalid(field=field) from None
