"""Flares: declared, still on, eased; each said by the person, never worked out from an answer.

Said without signal, they arrive late and perhaps twice. A second declaration while a flare is on is the same flare;
"eased" or "still on" without a flare, of another flare, or said before the flare now on began, changes nothing.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from allay.records.access import Actor
from allay.records.errors import NotYours
from allay.records.models import Enrolment, Flare
from allay.records.services import audit, two_week_tries
from allay.records.services.entries import OLDEST, require_open


@transaction.atomic
def declare(
    *,
    id: UUID,
    enrolment: Enrolment,
    tell_facilitator: bool = False,
    device_time: datetime | None = None,
    by: Actor,
    at: datetime,
) -> tuple[Flare, bool]:
    """Begins a flare, and ends a two-week try. Returns the flare and whether it is new; the one that is on already
    where there is one."""
    require_open(enrolment, by)
    known = Flare.objects.filter(pk=id).first() or _open(enrolment)
    if known is None:
        try:
            with transaction.atomic():  # two devices may say it at the same moment
                flare = Flare.objects.create(
                    id=id,
                    enrolment=enrolment,
                    declared_at=_said_at(device_time, at),
                    tell_facilitator=tell_facilitator,
                    received_at=at,
                )
        except IntegrityError:
            known = Flare.objects.filter(pk=id).first() or _open(enrolment)
        else:
            audit.record("flare.declared", by=by, at=at, on=flare, enrolment=str(enrolment.pk))
            two_week_tries.end_in_flare(enrolment=enrolment, declared_at=flare.declared_at, by=by, at=at)
            return flare, True
    if known is None or known.enrolment_id != enrolment.pk:
        raise NotYours
    return known, False


@transaction.atomic
def ease(
    *,
    id: UUID,
    enrolment: Enrolment,
    flare: UUID | None = None,
    device_time: datetime | None = None,
    by: Actor,
    at: datetime,
) -> tuple[Flare | None, bool]:
    """Ends the flare that is on. Returns it, or None, and whether this ended it.

    `id` is the entry's own; `flare` is the one meant, where the page knew it.
    """
    require_open(enrolment, by)
    said = _said_at(device_time, at)
    meant = _meant(enrolment, flare, said)
    if meant is None:
        return None, False
    meant.ended_at = max(said, meant.declared_at)
    meant.save(update_fields=["ended_at"])
    audit.record("flare.eased", by=by, at=at, on=meant, enrolment=str(enrolment.pk))
    return meant, True


@transaction.atomic
def still_on(
    *,
    id: UUID,
    enrolment: Enrolment,
    flare: UUID | None = None,
    device_time: datetime | None = None,
    by: Actor,
    at: datetime,
) -> tuple[Flare | None, bool]:
    """Notes that the flare goes on, so that the page asks again later. As `ease`."""
    require_open(enrolment, by)
    said = _said_at(device_time, at)
    meant = _meant(enrolment, flare, said)
    if meant is None or said <= (meant.still_at or meant.declared_at):
        return meant, False
    meant.still_at = said
    meant.save(update_fields=["still_at"])
    audit.record("flare.still-on", by=by, at=at, on=meant, enrolment=str(enrolment.pk))
    return meant, True


def _meant(enrolment: Enrolment, flare: UUID | None, said: datetime) -> Flare | None:
    """The flare that is on, where it is the one named or, without a name, had begun by then."""
    on = _open(enrolment)
    fits = on is not None and (on.pk == flare if flare else said >= on.declared_at)
    return on if fits else None


def _open(enrolment: Enrolment) -> Flare | None:
    return Flare.objects.filter(enrolment=enrolment, ended_at=None).first()


def _said_at(device_time: datetime | None, at: datetime) -> datetime:
    """When it was said, by the phone's clock where that can be so."""
    return device_time if device_time is not None and at - OLDEST <= device_time <= at else at
