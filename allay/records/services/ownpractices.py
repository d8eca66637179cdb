"""A person's own marks on practices: kept close, not for me, or chosen though it was set aside."""

from datetime import datetime

from django.db import transaction

from allay.content import library
from allay.records.access import Actor
from allay.records.errors import Invalid
from allay.records.models import Enrolment, OwnPractice
from allay.records.services import audit
from allay.records.services.entries import require_open


@transaction.atomic
def choose(*, enrolment: Enrolment, practice: str, by: Actor, at: datetime) -> OwnPractice:
    """Shows a practice that a rule had set aside. A second time changes nothing; a favourite stays one."""
    require_open(enrolment, by)
    if practice not in library.load().practices:
        raise Invalid(field="practice")
    kept, new = OwnPractice.objects.get_or_create(
        enrolment=enrolment,
        practice=practice,
        defaults={"mark": OwnPractice.Mark.CHOSEN, "marked_at": at},
    )
    if not new and kept.mark == OwnPractice.Mark.NOT_FOR_ME:
        kept.mark, kept.marked_at, new = OwnPractice.Mark.CHOSEN, at, True
        kept.save(update_fields=["mark", "marked_at"])
    if new:
        audit.record("practice.chosen", by=by, at=at, on=enrolment)
    return kept
