"""Check-ins: how the day or the week was, or "not today", which is a full answer.

What is asked is a form of the content (`content/checkins`). The five outcomes and "what helped" have columns of
their own; whatever else a service's own form asks is kept in `more` under the item's id.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from allay.content import library
from allay.content.schema import OUTCOMES, CheckInForm, CheckInItem
from allay.records.access import Actor
from allay.records.errors import Invalid
from allay.records.models import CheckIn, Enrolment
from allay.records.services import audit
from allay.records.services.entries import keep_once, require_day, require_open

ALWAYS: Mapping[str, object] = {"mood": None, "comfort": None, "helped": ""}
Value = int | str | None


@transaction.atomic
def record(
    *,
    id: UUID,
    enrolment: Enrolment,
    day: date,
    form: str = "daily",
    not_today: bool = False,
    device_time: datetime | None = None,
    by: Actor,
    at: datetime,
    **answers: Value,
) -> tuple[CheckIn, bool]:
    """Keeps one check-in: `answers` by item id, None or nothing where something was left out.

    Returns it and whether it is new; a repeat gives the first row back. Raises Invalid with the item's id where an
    answer does not fit the form. Any form of the content is taken, also one that the study no longer asks: a phone
    may have kept an entry for long.
    """
    require_open(enrolment, by)
    require_day(day, at)
    definition = library.load().checkins.get(form)
    if definition is None:
        raise Invalid(_("There is no such form."), field="form")
    given = _fitting(definition, answers)
    if not not_today and not given:
        raise Invalid(_("Choose at least one thing, or “Not today”."), field=definition.items[0].id)
    content = _content(form, day, not_today, given)
    row, new = keep_once(
        CheckIn, id=id, enrolment=enrolment, content=content, device_time=device_time, received_at=at
    )
    if new:
        audit.record("check-in.recorded", by=by, at=at, on=row, enrolment=str(enrolment.pk), form=form)
    return row, new


def _fitting(form: CheckInForm, answers: Mapping[str, Value]) -> dict[str, int | str]:
    """What was answered, looked at item by item."""
    items = {item.id: item for item in form.items}
    if unknown := sorted(answers.keys() - items.keys()):
        raise Invalid(_("There is no such question."), field=unknown[0][:60])
    given = {name: value for name, value in answers.items() if value is not None and value != ""}
    for name, value in given.items():
        _require_fit(items[name], value)
    return given


def _require_fit(item: CheckInItem, value: int | str) -> None:
    if item.kind == "row" and (type(value) is not int or not 0 <= value <= 10):
        raise Invalid(_("This takes a whole number from 0 to 10."), field=item.id)
    if item.kind == "choice" and (not isinstance(value, str) or value not in item.choices):
        raise Invalid(_("This is not one of the choices."), field=item.id)


def _content(form: str, day: date, not_today: bool, given: Mapping[str, int | str]) -> dict[str, object]:
    """The columns. What is left at its usual value is left out, so that the fingerprint of an entry does not
    change when there is more that could be asked: a phone may send again what was kept before that."""
    columns = {name: value for name, value in given.items() if name in (*OUTCOMES, "helped")}
    more = {name: value for name, value in given.items() if name not in columns}
    named = {} if form == "daily" else {"form": form}
    return {
        "day": day,
        "not_today": not_today,
        **ALWAYS,
        **columns,
        **named,
        **({"more": more} if more else {}),
    }
