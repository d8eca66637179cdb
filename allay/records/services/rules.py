"""That a rule changed what somebody saw: kept once a day a place, so that it can be looked up later."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from allay.records.access import Actor, Permission, require
from allay.records.models import Enrolment, RuleShown
from allay.records.queries.days import local_day


@transaction.atomic(savepoint=False)
def note_shown(*, enrolment: Enrolment, shown: Iterable[tuple[str, str]], by: Actor, at: datetime) -> None:
    """Keeps pairs of rule and place for this day of the person; those that stand already are passed over.

    No audit event beside it: the rows say themselves who saw what, and stand in the person's own file.
    """
    require(by, Permission.TAKE_PART, enrolment)
    day = local_day(enrolment, at)
    rows = [
        RuleShown(enrolment=enrolment, rule=rule, place=place, day=day, at=at)
        for rule, place in dict.fromkeys(shown)
    ]
    RuleShown.objects.bulk_create(rows, ignore_conflicts=True)  # two pages may open at the same moment
