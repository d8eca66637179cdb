"""The end of a study's blinding, declared by somebody whom the plan does not blind."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from allay.records.access import Actor, Permission, require
from allay.records.errors import Invalid, NotReady
from allay.records.models import Person, Study, Unblinding
from allay.records.queries import blinding
from allay.records.services import audit

LONGEST_REASON = 500


@transaction.atomic
def end(*, id: UUID, study: Study, kind: str, reason: str, by: Actor, at: datetime) -> Unblinding:
    """Ends the blinding of a study for everybody and for good; done again, it gives the first end back."""
    arms = blinding.arms_of(study, at)
    require(by, Permission.UNBLIND, arms)
    if (ended := blinding.ending(study)) is not None:
        return ended
    if not arms.blinded:
        raise NotReady(_("No plan of this study blinds anybody now."))
    reason = " ".join("".join(c for c in reason if c.isprintable() or c.isspace()).split())
    if kind not in Unblinding.Kind.values:
        raise Invalid(_("This is not one of the choices."), field="kind")
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(_("Please give the reason, in at most %d characters.") % LONGEST_REASON, field="reason")
    row = Unblinding.objects.create(
        id=id, study=study, kind=kind, reason=reason, by=by if isinstance(by, Person) else None, at=at
    )
    audit.record("study.unblinded", by=by, at=at, on=study, unblinding=str(row.pk), kind=kind)
    return row
