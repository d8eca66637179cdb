"""Letters that only their writer can read. The verbs take bytes sealed on the phone; there is no way in for words."""

import re
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from allay.records.access import Actor, Permission, require
from allay.records.errors import DifferentContent, Invalid, NotYours
from allay.records.models import AuditEvent, Enrolment, SealedLetter
from allay.records.services import audit
from allay.records.services.entries import fingerprint, require_open

LARGEST = (
    640 * 1024
)  # bytes of one sealed letter: three spoken minutes with room to spare; one request holds it
MOST = 200  # letters of one person
STEP, TAG = 1024, 16  # letters are filled up to whole steps before they are sealed; AES-GCM adds its tag
NONCE = 12  # bytes
KEY_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


@transaction.atomic
def keep(
    *,
    id: UUID,
    enrolment: Enrolment,
    key_id: str,
    nonce: bytes,
    sealed: bytes,
    by: Actor,
    at: datetime,
) -> tuple[SealedLetter | None, bool]:
    """Keeps one sealed letter. Returns it and whether it is new; a repeat gives the first row back.

    A letter deleted since it was first sent stays deleted: then the row is None. Raises Invalid for anything that
    has not the form of a sealed letter, DifferentContent and NotYours as for every entry of a phone.
    """
    require_open(enrolment, by)
    _require_sealed(key_id, nonce, sealed)
    mark = fingerprint({"key_id": key_id, "nonce": nonce.hex(), "sealed": sealed.hex()})
    kept = SealedLetter.objects.defer("sealed").filter(pk=id).first()
    if kept is not None:
        return _the_same(kept, enrolment, mark), False
    if AuditEvent.objects.filter(name="letter.deleted", subject=f"sealedletter:{id}").exists():
        return None, False
    if enrolment.letters.count() >= MOST:
        raise Invalid(_("There is no room for more letters. Delete one, and this one can be kept."))
    try:
        with transaction.atomic():  # a savepoint: two clients may send the same id at once
            row = SealedLetter.objects.create(
                id=id,
                enrolment=enrolment,
                key_id=key_id,
                nonce=nonce,
                sealed=sealed,
                received_at=at,
                fingerprint=mark,
            )
    except IntegrityError:
        return _the_same(SealedLetter.objects.defer("sealed").get(pk=id), enrolment, mark), False
    audit.record("letter.kept", by=by, at=at, on=row, enrolment=str(enrolment.pk))
    return row, True


def _the_same(kept: SealedLetter, enrolment: Enrolment, mark: str) -> SealedLetter:
    if kept.enrolment_id != enrolment.pk:
        raise NotYours
    if kept.fingerprint != mark:
        raise DifferentContent
    return kept


@transaction.atomic
def delete(*, letter: UUID, enrolment: Enrolment, by: Actor, at: datetime) -> bool:
    """Deletes a letter for good, also after leaving. True where there was one; twice is harmless.

    Raises NotYours for somebody else's.
    """
    require(by, Permission.OWN_DATA, enrolment)
    row = SealedLetter.objects.defer("sealed").filter(pk=letter).first()
    if row is None:
        return False
    if row.enrolment_id != enrolment.pk:
        raise NotYours
    audit.record("letter.deleted", by=by, at=at, on=row, enrolment=str(enrolment.pk))
    row.delete()
    return True


def _require_sealed(key_id: str, nonce: bytes, sealed: bytes) -> None:
    """The form that the phone gives a sealed letter. Whatever reads as text was not sealed, and is not kept."""
    if not KEY_ID.fullmatch(key_id):
        raise Invalid(field="key_id")
    if len(nonce) != NONCE:
        raise Invalid(field="nonce")
    if len(sealed) > LARGEST:
        raise Invalid(_("This letter is too long to keep in one piece."), field="sealed")
    if len(sealed) < STEP or len(sealed) % STEP != TAG or _reads_as_text(sealed):
        raise Invalid(_("This letter was not locked on the phone, so it is not kept."), field="sealed")


def _reads_as_text(sealed: bytes) -> bool:
    try:
        sealed.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
