"""Practice logs: that a practice was done, and how it was afterwards."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from allay.content import library
from allay.records.access import Actor
from allay.records.errors import Invalid
from allay.records.models import Enrolment, PracticeLog
from allay.records.services import audit
from allay.records.services.entries import keep_once, require_day, require_open


@transaction.atomic
def record(
    *,
    id: UUID,
    enrolment: Enrolment,
    practice: str,
    minutes: int,
    after: str,
    day: date,
    device_time: datetime | None = None,
    by: Actor,
    at: datetime,
) -> tuple[PracticeLog, bool]:
    """Keeps one practice log. Returns it and whether it is new; a repeat gives the first row back."""
    require_open(enrolment, by)
    require_day(day, at)
    known = library.load().practices.get(practice)
    if known is None:
        raise Invalid(_("There is no such practice."), field="practice")
    if type(minutes) is not int or not any(str(minutes) in text.forms for text in known.text.values()):
        raise Invalid(_("This practice has no form of that length."), field="minutes")
    if after not in ("", *PracticeLog.After.values):
        raise Invalid(_("This is not one of the choices."), field="after")
    content = {"practice": practice, "minutes": minutes, "after": after, "day": day}
    row, new = keep_once(
        PracticeLog, id=id, enrolment=enrolment, content=content, device_time=device_time, received_at=at
    )
    if new:
        audit.record("practice.recorded", by=by, at=at, on=row, enrolment=str(enrolment.pk))
    return row, new
