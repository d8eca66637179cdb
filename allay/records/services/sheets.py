"""Sheets: keeping a version, and sharing one line of a sheet for as long as the person wishes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from allay.content import library
from allay.content.schema import Sheet
from allay.records.access import Actor, Permission, require
from allay.records.errors import Invalid
from allay.records.models import Enrolment, SheetShare, SheetVersion
from allay.records.services import audit, sheet_content
from allay.records.services.entries import keep_once, require_day, require_open

MOST_FOLLOWED = 20  # heads that one choice brings together


@transaction.atomic
def keep(
    *,
    id: UUID,
    enrolment: Enrolment,
    sheet: str,
    content: Mapping[str, object],
    follows: Sequence[str],
    day: date,
    device_time: datetime | None = None,
    by: Actor,
    at: datetime,
) -> tuple[SheetVersion, bool]:
    """Keeps one version. Returns it and whether it is new; a repeat gives the first row back.

    A version may follow one that has not arrived yet: what a phone sends can come in any order.
    """
    require_open(enrolment, by)
    require_day(day, at)
    fields = {
        "sheet": sheet,
        "content": sheet_content.read(_known(sheet), content),
        "follows": _followed(follows, id),
        "day": day,
    }
    row, new = keep_once(
        SheetVersion, id=id, enrolment=enrolment, content=fields, device_time=device_time, received_at=at
    )
    if new:
        audit.record("sheet.kept", by=by, at=at, on=row, enrolment=str(enrolment.pk), sheet=sheet)
    return row, new


@transaction.atomic
def share(*, enrolment: Enrolment, sheet: str, item: str, by: Actor, at: datetime) -> SheetShare:
    """Lets the facilitators of the person's group read one line, as it stands now and later. Twice is once."""
    require_open(enrolment, by)
    _require_item(sheet, item)
    row, new = SheetShare.objects.get_or_create(
        enrolment=enrolment,
        sheet=sheet,
        item=item,
        revoked_at=None,
        defaults={"id": uuid4(), "shared_at": at},
    )
    if new:
        _note("sheet.shared", row, by, at)
    return row


@transaction.atomic
def unshare(*, enrolment: Enrolment, sheet: str, item: str, by: Actor, at: datetime) -> SheetShare | None:
    """Takes it back, at once. None where it was not shared."""
    require(by, Permission.OWN_DATA, enrolment)
    row = SheetShare.objects.filter(enrolment=enrolment, sheet=sheet, item=item, revoked_at=None).first()
    if row is not None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        _note("sheet.unshared", row, by, at)
    return row


def _note(name: str, row: SheetShare, by: Actor, at: datetime) -> None:
    audit.record(name, by=by, at=at, on=row, enrolment=str(row.enrolment_id), sheet=row.sheet, item=row.item)


def _known(sheet: str) -> Sheet:
    known = library.load().sheets.get(sheet)
    if known is None:
        raise Invalid(_("There is no such page."), field="sheet")
    return known


def _require_item(sheet: str, item: str) -> None:
    if _known(sheet).item(item) is None:
        raise Invalid(_("There is no such line on this page."), field="item")


def _followed(follows: Sequence[str], own_id: UUID) -> list[str]:
    """The ids in one spelling and order, so that the same version has the same fingerprint."""
    try:
        ids = {str(UUID(name)) for name in follows}
    except (ValueError, AttributeError, TypeError):
        raise Invalid(field="follows") from None
    if len(ids) > MOST_FOLLOWED:
        raise Invalid(field="follows")
    return sorted(ids - {str(own_id)})
