"""Enrolling people, their own preferences, and leaving."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from allay.content import library
from allay.records.access import Actor, Permission, require
from allay.records.errors import Invalid, NotYours, Withdrawn
from allay.records.models import Consent, ConsentText, Enrolment, Group, Person, Study
from allay.records.services import audit, reminders

LONGEST_NAME = 80
# What a person may choose about the pages, each with its choices; the first is what everybody begins with.
LOOK: Mapping[str, tuple[object, ...]] = {
    "theme": ("system", "light", "dark"),
    "text_size": ("normal", "large", "largest"),
    "contrast": ("system", "more"),
    "motion": ("system", "still"),
    "hand": ("either", "left", "right"),
    "audio_first": (False, True),
}


@transaction.atomic
def enrol(*, name: str, group: Group, id: UUID | None = None, by: Actor, at: datetime) -> Enrolment:
    """Adds a person to a group. No e-mail, no password: a joining code lets them in.

    `id` is made with the form: the same form sent again gives the same enrolment back.
    """
    require(by, Permission.RUN_GROUP, group)
    study = Study.objects.select_for_update().get(pk=group.study_id)  # numbers are given one at a time
    if id is not None and (
        known := Enrolment.objects.select_related("person", "group").filter(pk=id).first()
    ):
        if known.group_id != group.pk:
            raise NotYours
        return known
    person = Person(name=_name(name), created_at=at)
    person.set_unusable_password()
    person.save(force_insert=True)
    last = study.enrolments.aggregate(last=Max("number"))["last"] or 0
    enrolment = Enrolment.objects.create(
        id=id or uuid4(),
        person=person,
        study=study,
        arm=group.arm,
        group=group,
        number=last + 1,
        enrolled_at=at,
    )
    audit.record("enrolment.made", by=by, at=at, on=enrolment, group=str(group.pk))
    return enrolment


def _name(typed: str) -> str:
    name = " ".join("".join(c for c in typed if c.isprintable()).split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(_("A name has 1 to %d characters.") % LONGEST_NAME, field="name")
    return name


@transaction.atomic
def decide(
    *, enrolment: Enrolment, text: ConsentText, programme: bool, evaluation: bool, by: Actor, at: datetime
) -> None:
    """Keeps what a person decided about each purpose, on the wording they were shown."""
    require(by, Permission.OWN_DATA, enrolment)
    if enrolment.withdrawn_at is not None:
        raise Withdrawn
    if text.study_id != enrolment.study_id:
        raise Invalid(_("This is not the text of your programme."), field="text")
    for purpose, given in (
        (Consent.Purpose.PROGRAMME, programme),
        (Consent.Purpose.EVALUATION, programme and evaluation),
    ):
        last = enrolment.consents.filter(purpose=purpose).last()
        if last is None or last.given != given or last.text_id != text.pk:
            consent = Consent.objects.create(
                enrolment=enrolment, text=text, purpose=purpose, given=given, decided_at=at
            )
            audit.record("consent.decided", by=by, at=at, on=consent, purpose=purpose, given=given)


@transaction.atomic
def withdraw(*, enrolment: Enrolment, evaluation_only: bool, by: Actor, at: datetime) -> None:
    """Leaves the evaluation, or the programme altogether. Doing it twice changes nothing."""
    require(by, Permission.OWN_DATA, enrolment)
    last = enrolment.consents.filter(purpose=Consent.Purpose.EVALUATION).last()
    if last is not None and last.given:
        consent = Consent.objects.create(
            enrolment=enrolment, text=last.text, purpose=last.purpose, given=False, decided_at=at
        )
        audit.record("consent.withdrawn", by=by, at=at, on=consent, purpose=last.purpose)
    if not evaluation_only and enrolment.withdrawn_at is None:
        enrolment.withdrawn_at = at
        enrolment.save(update_fields=["withdrawn_at"])
        enrolment.codes.filter(used_at=None, revoked_at=None).update(revoked_at=at)
        reminders.end_all(enrolment=enrolment, at=at)
        audit.record("enrolment.withdrawn", by=by, at=at, on=enrolment)


@transaction.atomic
def set_preferences(*, person: Person, chosen: Mapping[str, object], by: Actor, at: datetime) -> bool:
    """How the pages look, sound and speak for this person; what is not named stays. Says whether it changed."""
    if by.id != person.pk:
        raise Invalid(field="person")
    allowed = {**LOOK, "language": library.load().languages}
    for name, value in chosen.items() if chosen else [("theme", "")]:
        if value not in allowed.get(name, ()):
            raise Invalid(_("This is not one of the choices."), field=name if name in allowed else "chosen")
    changed = [name for name, value in chosen.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, chosen[name])
    if changed:
        person.save(update_fields=changed)
        audit.record("preferences.set", by=by, at=at, on=person)
    return bool(changed)
