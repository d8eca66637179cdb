"""Two-week tries: begun by the person, ended by them in one tap, or by a flare. One at a time.

A try begins on the day after the choice. It is over by itself after its last day; nothing is written then.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from secrets import randbits
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from allay.records.access import Actor
from allay.records.errors import Invalid, NotYours
from allay.records.models import Enrolment, TwoWeekTry
from allay.records.queries import flares
from allay.records.queries import two_week_tries as queries
from allay.records.queries.days import local_day, zone_of
from allay.records.services import audit
from allay.records.services.entries import OLDEST, require_open
from allay.science import two_week_try as science


@transaction.atomic
def begin(
    *,
    id: UUID,
    enrolment: Enrolment,
    first: str,
    second: str,
    outcome: str,
    seed: int | None = None,
    by: Actor,
    at: datetime,
) -> tuple[TwoWeekTry, bool]:
    """Draws a plan for two practices, or for one and none (`second` empty). Returns it and whether it is new.

    Where a try is on already, that one comes back. `seed` is drawn here; it is given in tests and in the demo only.
    Raises Invalid, naming the field, for what this person is not offered now, and while a flare is on.
    """
    require_open(enrolment, by)
    known = TwoWeekTry.objects.filter(pk=id).first() or queries.on(enrolment, local_day(enrolment, at))
    if known is None:
        _require_offered(enrolment, first, second, outcome, at)
        seed = randbits(science.SEED_BITS) if seed is None else seed
        try:
            with transaction.atomic():  # two phones may begin at the same moment
                row = TwoWeekTry.objects.create(
                    id=id,
                    enrolment=enrolment,
                    first=first,
                    second=second,
                    outcome=outcome,
                    blocks=[asdict(block) for block in science.draw(seed)],
                    seed=seed,
                    began_on=local_day(enrolment, at) + timedelta(days=1),
                    received_at=at,
                )
        except IntegrityError:
            known = TwoWeekTry.objects.filter(pk=id).first() or queries.on(
                enrolment, local_day(enrolment, at)
            )
        else:
            audit.record("two-week-try.begun", by=by, at=at, on=row, enrolment=str(enrolment.pk))
            return row, True
    if known is None or known.enrolment_id != enrolment.pk:
        raise NotYours
    return known, False


def _require_offered(enrolment: Enrolment, first: str, second: str, outcome: str, at: datetime) -> None:
    if flares.current(enrolment) is not None:
        raise Invalid(_("A flare is on. This can wait until it has eased."), field="first")
    offered = {practice.id for practice in queries.choices(enrolment, at)}
    if first not in offered:
        raise Invalid(_("Please choose one of the practices."), field="first")
    if second and second not in offered:
        raise Invalid(_("Please choose one of the practices, or none."), field="second")
    if first == second:
        raise Invalid(_("Please choose two that are not the same, or one and none."), field="second")
    if outcome not in {item.id for item in queries.outcomes(enrolment)}:
        raise Invalid(_("Please choose one of the questions."), field="outcome")


@transaction.atomic
def stop(
    *,
    id: UUID,
    enrolment: Enrolment,
    meant: UUID | None,
    device_time: datetime | None = None,
    by: Actor,
    at: datetime,
) -> tuple[TwoWeekTry | None, bool]:
    """Ends a try, without a reason. Returns it, or None where there is none, and whether this ended it.

    `id` is the entry's own. A try that is over or was stopped stays as it is.
    """
    require_open(enrolment, by)
    row = TwoWeekTry.objects.filter(pk=meant).first() if meant else None
    if row is None:
        return None, False
    if row.enrolment_id != enrolment.pk:
        raise NotYours
    day = _said_on(enrolment, device_time, at)
    stopped = _end([row], day, TwoWeekTry.Stopped.OWN_WISH, by=by, at=at)
    return row, bool(stopped)


def end_in_flare(*, enrolment: Enrolment, declared_at: datetime, by: Actor, at: datetime) -> None:
    """Ends what is on; called by the verb that declares a flare, within its transaction."""
    day = declared_at.astimezone(zone_of(enrolment)).date()
    _end(enrolment.two_week_tries.filter(stopped_on=None), day, TwoWeekTry.Stopped.FLARE, by=by, at=at)


def _end(
    rows: Iterable[TwoWeekTry], day: date, why: TwoWeekTry.Stopped, *, by: Actor, at: datetime
) -> list[TwoWeekTry]:
    """Those of the rows that were not over on that day; one that had not begun by then ends on its first."""
    ended = [row for row in rows if row.stopped_on is None and queries.last_day(row) >= day]
    for row in ended:
        row.stopped_on, row.stopped_why = max(day, row.began_on), why
        row.save(update_fields=["stopped_on", "stopped_why"])
        audit.record("two-week-try.stopped", by=by, at=at, on=row, enrolment=str(row.enrolment_id))
    return ended


def _said_on(enrolment: Enrolment, device_time: datetime | None, at: datetime) -> date:
    said = device_time if device_time is not None and at - OLDEST <= device_time <= at else at
    return local_day(enrolment, said)
