"""Whether a flare is on, as the person said it, and whether to ask about it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from allay.records.models import Enrolment, Flare, Group

ASK_AFTER = timedelta(hours=48)


def current(enrolment: Enrolment) -> Flare | None:
    """The flare that is on now; one statement. While there is one, the service is quiet."""
    return Flare.objects.filter(enrolment=enrolment, ended_at=None).first()


def asks_whether_on(flare: Flare | None, at: datetime) -> bool:
    """Whether two days went by since it was declared, or last said to be on."""
    return flare is not None and at >= (flare.still_at or flare.declared_at) + ASK_AFTER


def told(groups: Iterable[Group]) -> dict[object, Flare]:
    """Flares that are on now and whose people wish their facilitators to know, by enrolment."""
    on = Flare.objects.filter(
        enrolment__group__in=list(groups), enrolment__withdrawn_at=None, ended_at=None, tell_facilitator=True
    )
    return {flare.enrolment_id: flare for flare in on}
