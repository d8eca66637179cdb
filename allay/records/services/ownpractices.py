"""A person's own marks on practices: kept close, not for me, or chosen though it was set aside."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from allay.content import library
from allay.records.access import Actor
from allay.records.errors import Invalid, NotYours
from allay.records.models import Enrolment, OwnPractice
from allay.records.queries import practices
from allay.records.services import audit
from allay.records.services.entries import OLDEST, require_open

Mark = OwnPractice.Mark
SAID = (Mark.FAVOURITE, Mark.NOT_FOR_ME, Mark.OPEN)  # what a person taps on the page of a practice


@transaction.atomic
def mark(
    *,
    enrolment: Enrolment,
    practice: str,
    mark: str,
    id: UUID | None = None,
    device_time: datetime | None = None,
    by: Actor,
    at: datetime,
) -> tuple[OwnPractice, bool]:
    """Keeps "favourite", "not-for-me" or "open" (neither any more). Returns the row and whether it changed.

    The last word counts: what was said before the mark that stands changes nothing. `id` is the entry's own and is
    not kept: the same word twice is the same.
    """
    require_open(enrolment, by)
    if not any(known.id == practice for known in practices.come(enrolment, at)):
        raise NotYours  # nobody comes to a practice before its session by a mark
    if mark not in SAID:
        raise Invalid(field="mark")
    when = device_time if device_time is not None and at - OLDEST <= device_time <= at else at
    row, new = _row(enrolment, practice, mark, when)
    if not new:
        if row.mark == mark or when < row.marked_at:
            return row, False
        row.mark, row.marked_at = mark, when
        row.save(update_fields=["mark", "marked_at"])
    audit.record("practice.marked", by=by, at=at, on=enrolment)  # which one, and how, is the person's own
    return row, True


@transaction.atomic
def choose(*, enrolment: Enrolment, practice: str, by: Actor, at: datetime) -> OwnPractice:
    """Shows a practice that a rule had set aside. A second time changes nothing; a favourite stays one."""
    require_open(enrolment, by)
    if practice not in library.load().practices:
        raise Invalid(field="practice")
    kept, new = _row(enrolment, practice, Mark.CHOSEN, at)
    if not new and kept.mark in (Mark.NOT_FOR_ME, Mark.OPEN):
        kept.mark, kept.marked_at, new = Mark.CHOSEN, at, True
        kept.save(update_fields=["mark", "marked_at"])
    if new:
        audit.record("practice.chosen", by=by, at=at, on=enrolment)
    return kept


def _row(enrolment: Enrolment, practice: str, mark: str, when: datetime) -> tuple[OwnPractice, bool]:
    """The one row of this practice, and whether it was made just now."""
    return OwnPractice.objects.get_or_create(
        enrolment=enrolment, practice=practice, defaults={"mark": mark, "marked_at": when}
    )
