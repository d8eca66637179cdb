"""Check-ins: how the day is, or "not today", which is a full answer."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from allay.content import library
from allay.records.access import Actor
from allay.records.errors import Invalid
from allay.records.models import CheckIn, Enrolment
from allay.records.services import audit
from allay.records.services.entries import keep_once, require_day, require_open


@transaction.atomic
def record(
    *,
    id: UUID,
    enrolment: Enrolment,
    day: date,
    mood: int | None = None,
    comfort: int | None = None,
    helped: str = "",
    not_today: bool = False,
    device_time: datetime | None = None,
    by: Actor,
    at: datetime,
) -> tuple[CheckIn, bool]:
    """Keeps one check-in. Returns it and whether it is new; a repeat gives the first row back."""
    require_open(enrolment, by)
    require_day(day, at)
    _require_row("mood", mood)
    _require_row("comfort", comfort)
    _require_choice(helped)
    if not not_today and mood is None and comfort is None and not helped:
        raise Invalid(_("Choose at least one thing, or “Not today”."), field="mood")
    content = {"day": day, "mood": mood, "comfort": comfort, "helped": helped, "not_today": not_today}
    row, new = keep_once(
        CheckIn, id=id, enrolment=enrolment, content=content, device_time=device_time, received_at=at
    )
    if new:
        audit.record("check-in.recorded", by=by, at=at, on=row, enrolment=str(enrolment.pk))
    return row, new


def _require_row(field: str, value: int | None) -> None:
    if value is not None and (type(value) is not int or not 0 <= value <= 10):
        raise Invalid(_("This takes a whole number from 0 to 10."), field=field)


def _require_choice(helped: str) -> None:
    items = library.load().checkins["daily"].items
    choices = next(item.choices for item in items if item.id == "helped")
    if helped and helped not in choices:
        raise Invalid(_("This is not one of the choices."), field="helped")
