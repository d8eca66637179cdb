"""Joining codes: made by staff or by the person, used once, kept only as a keyed digest."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from allay.records.access import Actor, Permission, require
from allay.records.errors import CodeNotValid, NotReady, NotYours, Withdrawn
from allay.records.models import Enrolment, HelpNumber, JoiningCode
from allay.records.services import audit

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without 0 O 1 I L U: nothing to mistake, no words
LENGTH = 12  # 30**12 is 2**58: with slowed guessing and 72 hours, out of reach
LIFETIME = timedelta(hours=72)


def _digest(code: str) -> str:
    return salted_hmac("allay.joining-code", code, settings.SECRET_KEY, algorithm="sha256").hexdigest()


def plain(typed: str) -> str:
    """What somebody typed, without spaces, dashes and lower case."""
    return "".join(character for character in typed.upper() if character.isalnum())


def _make(enrolment: Enrolment, purpose: str, by: Actor, at: datetime, expires_at: datetime | None) -> str:
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    enrolment.codes.filter(used_at=None, revoked_at=None, purpose=purpose).update(revoked_at=at)
    row = JoiningCode.objects.create(
        enrolment=enrolment,
        purpose=purpose,
        digest=_digest(code),
        made_by_id=None if by.id == "system" else by.id,
        made_at=at,
        expires_at=expires_at,
    )
    audit.record("code.made", by=by, at=at, on=row, enrolment=str(enrolment.pk), purpose=purpose)
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


@transaction.atomic
def issue(*, enrolment: Enrolment, by: Actor, at: datetime) -> str:
    """A single-use code for 72 hours, as four-letter blocks; an earlier unused one stops working.

    Raises NotReady while the help card has no numbers: nobody is invited to a service without them.
    """
    if enrolment.group is None:
        raise NotYours
    require(by, Permission.RUN_GROUP, enrolment.group)
    if enrolment.withdrawn_at is not None:
        raise Withdrawn
    if not HelpNumber.objects.filter(kind=HelpNumber.Kind.EMERGENCY).exists():
        raise NotReady(_("Set the numbers of the help card first: allay help-numbers."))
    joined = enrolment.joined_at is not None
    purpose = JoiningCode.Purpose.REISSUE if joined else JoiningCode.Purpose.INVITE
    return _make(enrolment, purpose, by, at, at + LIFETIME)


@transaction.atomic
def way_back(*, enrolment: Enrolment, by: Actor, at: datetime) -> str:
    """The person's own code for a new or emptied phone. It lasts until used; making a new one ends the old."""
    require(by, Permission.OWN_DATA, enrolment)
    if enrolment.withdrawn_at is not None:
        raise Withdrawn
    return _make(enrolment, JoiningCode.Purpose.WAY_BACK, by, at, None)


@transaction.atomic
def redeem(*, code: str, at: datetime) -> Enrolment:
    """Uses a code up and says whom it lets in. Raises CodeNotValid without a hint why."""
    row = (
        JoiningCode.objects.select_for_update(of=("self",))
        .select_related("enrolment__person")
        .filter(digest=_digest(plain(code)), used_at=None, revoked_at=None)
        .first()
    )
    if row is None or (row.expires_at is not None and at >= row.expires_at):
        raise CodeNotValid
    enrolment = row.enrolment
    if not enrolment.person.is_active or enrolment.withdrawn_at is not None:
        raise CodeNotValid
    row.used_at = at
    row.save(update_fields=["used_at"])
    if enrolment.joined_at is None:
        enrolment.joined_at = at
        enrolment.save(update_fields=["joined_at"])
    audit.record("code.redeemed", by=enrolment.person, at=at, on=row, enrolment=str(enrolment.pk))
    return enrolment
