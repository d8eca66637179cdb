"""Looking back: chosen by the person alone, and their word on what it says."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from allay.content import library
from allay.records.access import Actor
from allay.records.errors import DifferentContent, Invalid, NotYours
from allay.records.models import Enrolment, Verdict
from allay.records.services import audit
from allay.records.services.entries import require_open


@transaction.atomic
def choose(*, enrolment: Enrolment, on: bool, by: Actor, at: datetime) -> bool:
    """Turns it on or off; whether that changed anything. What was said of statements stays."""
    require_open(enrolment, by)
    kept = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if (kept.looks_back_since is not None) is on:
        return False
    kept.looks_back_since = at if on else None
    kept.save(update_fields=["looks_back_since"])
    enrolment.looks_back_since = kept.looks_back_since
    audit.record("looking-back.chosen" if on else "looking-back.ended", by=by, at=at, on=enrolment)
    return True


@transaction.atomic
def say(
    *, id: UUID, enrolment: Enrolment, statement: str, says: str, by: Actor, at: datetime
) -> tuple[Verdict, bool]:
    """Keeps the person's word on one statement, and gives it with whether it is new. A repeat changes nothing.

    `statement` is the key of a pair of things that the content knows. It is taken whether or not the statement stands
    on the page by now: days may have come in since the page was opened.
    """
    require_open(enrolment, by)
    about, _, beside = statement.partition("~")
    if not {about, beside} <= library.load().things.keys():
        raise Invalid(field="statement")
    if says not in Verdict.Says.values:
        raise Invalid(field="says")
    word, new = Verdict.objects.get_or_create(
        id=id, defaults={"enrolment": enrolment, "statement": statement, "says": says, "at": at}
    )
    if word.enrolment_id != enrolment.pk:
        raise NotYours
    if (word.statement, word.says) != (statement, says):
        raise DifferentContent
    if new:
        audit.record("looking-back.said", by=by, at=at, on=enrolment)
    return word, new
