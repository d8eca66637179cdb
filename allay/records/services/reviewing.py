"""Whether participants may see texts that no clinician here has reviewed: an administrator's decision, both ways."""

from datetime import datetime

from django.db import transaction

from allay.records.access import Actor, Permission, require
from allay.records.models import Person, UnreviewedAccepted
from allay.records.services import audit


@transaction.atomic
def accept_unreviewed(*, by: Actor, at: datetime) -> UnreviewedAccepted:
    """Lets participants see sessions and practices without a review mark. Twice is once."""
    require(by, Permission.MANAGE)
    standing = UnreviewedAccepted.objects.filter(ended_at=None).first()
    if standing is not None:
        return standing
    made = UnreviewedAccepted.objects.create(by=by if isinstance(by, Person) else None, at=at)
    audit.record("unreviewed.accepted", by=by, at=at, on=made)
    return made


@transaction.atomic
def end_acceptance(*, by: Actor, at: datetime) -> None:
    """From now on only reviewed sessions and practices are shown to participants."""
    require(by, Permission.MANAGE)
    for standing in UnreviewedAccepted.objects.filter(ended_at=None):
        standing.ended_at = at
        standing.save(update_fields=["ended_at"])
        audit.record("unreviewed.ended", by=by, at=at, on=standing)
