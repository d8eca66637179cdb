"""Keeping a diary entry once, however often it is sent."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from allay.records.access import Actor, Permission, require
from allay.records.errors import DifferentContent, Invalid, NotYours, Withdrawn
from allay.records.models import Enrolment, Entry
from allay.records.queries import consents

OLDEST = timedelta(days=90)  # a phone may have lain in a drawer
AHEAD = timedelta(days=1)  # the date line

EntryT = TypeVar("EntryT", bound=Entry)


def fingerprint(content: Mapping[str, object]) -> str:
    """A SHA-256 of the content, the same whatever the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def require_open(enrolment: Enrolment, by: Actor) -> None:
    """The person themself, still taking part, having agreed."""
    if enrolment.withdrawn_at is not None and getattr(by, "id", None) == enrolment.person_id:
        raise Withdrawn
    require(by, Permission.TAKE_PART, enrolment)
    consents.require_programme(enrolment)


def require_day(day: date, at: datetime) -> None:
    if not (at - OLDEST).date() <= day <= (at + AHEAD).date():
        raise Invalid(_("The day of this entry is too far away."), field="day")


def keep_once(
    model: type[EntryT], *, id: UUID, enrolment: Enrolment, content: Mapping[str, object], **fields: object
) -> tuple[EntryT, bool]:
    """Inserts the entry, or finds it kept already.

    Returns the row and whether it is new. Raises NotYours where the id belongs to somebody else and
    DifferentContent where the same id arrives with other content.
    """
    mark = fingerprint(content)
    row = model._default_manager.filter(pk=id).first()
    if row is None:
        try:
            with transaction.atomic():  # a savepoint: two clients may send the same id at once
                fresh = model(id=id, enrolment=enrolment, fingerprint=mark, **content, **fields)
                fresh.save(force_insert=True)
                return fresh, True
        except IntegrityError:
            row = model._default_manager.get(pk=id)
    if row.enrolment_id != enrolment.pk:
        raise NotYours
    if row.fingerprint != mark:
        raise DifferentContent
    return row, False
