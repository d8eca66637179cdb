"""Contacts: what staff did when somebody might need a call."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from allay.records.access import Permission, require
from allay.records.errors import Invalid, NotYours
from allay.records.models import Contact, Enrolment, Person
from allay.records.services import audit


@transaction.atomic
def log(
    *, id: UUID, enrolment: Enrolment, mode: str, reasons: Sequence[str] = (), by: Person, at: datetime
) -> Contact:
    """Notes a contact, or that it was tried. The same id again gives the first one back."""
    if enrolment.group is None:
        raise NotYours
    require(by, Permission.RUN_GROUP, enrolment.group)
    if mode not in Contact.Mode.values:
        raise Invalid(_("This is not one of the choices."), field="mode")
    row = Contact.objects.filter(pk=id).first()
    if row is None:
        try:
            with transaction.atomic():
                row = Contact(id=id, enrolment=enrolment, by=by, at=at, mode=mode, reasons=list(reasons))
                row.save(force_insert=True)
                audit.record("contact.logged", by=by, at=at, on=row, enrolment=str(enrolment.pk), mode=mode)
                return row
        except IntegrityError:
            row = Contact.objects.get(pk=id)
    if row.enrolment_id != enrolment.pk:
        raise NotYours
    return row
