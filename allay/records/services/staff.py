"""People on the staff, their passwords and roles, and the numbers of the help card."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from allay.records.access import Actor, Permission, require
from allay.records.errors import Invalid
from allay.records.models import HelpNumber, Person, Role, Study
from allay.records.services import audit


@transaction.atomic
def create(
    *,
    name: str,
    email: str,
    password: str | None,
    kind: Role.Kind,
    study: Study | None = None,
    by: Actor,
    at: datetime,
) -> Person:
    """A person on the staff with one role. Without a password nobody can sign in by password (demo)."""
    require(by, Permission.MANAGE)
    email = email.strip().lower()
    person = Person(name=" ".join(name.split())[:80] or email, email=email, created_at=at)
    try:
        validate_email(email)
        if password is not None:
            validate_password(password, person)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="email or password") from error
    if Person.objects.filter(email=email).exists():
        raise Invalid(_("There is somebody with this e-mail already."), field="email")
    person.set_password(password)
    person.save(force_insert=True)
    role = Role.objects.create(person=person, kind=kind, study=study, granted_at=at)
    audit.record("role.granted", by=by, at=at, on=role, person=str(person.pk), kind=kind.value)
    return person


@transaction.atomic
def set_help_numbers(
    *, numbers: Sequence[tuple[str, str, str, str]], by: Actor, at: datetime
) -> list[HelpNumber]:
    """Replaces the numbers of the help card by (kind, label, number, hours), in their order."""
    require(by, Permission.MANAGE)
    if not any(kind == HelpNumber.Kind.EMERGENCY for kind, *_rest in numbers):
        raise Invalid(_("The help card needs an emergency number."), field="emergency")
    rows = [_help_number(position, *number) for position, number in enumerate(numbers)]
    HelpNumber.objects.all().delete()
    HelpNumber.objects.bulk_create(rows)
    if rows:
        audit.record("help-numbers.set", by=by, at=at, on=rows[0], count=len(rows))
    return rows


def _help_number(position: int, kind: str, *texts: str) -> HelpNumber:
    """A line of the help card. What cannot be seen is left out; what is too long is refused, never cut short."""
    label, number, hours = ("".join(c for c in text if c.isprintable()).strip() for text in texts)
    if kind not in HelpNumber.Kind.values or not label or not number:
        raise Invalid(_("A number needs a kind, a name and the number itself."), field="number")
    if len(label) > 80 or len(number) > 40 or len(hours) > 80:
        raise Invalid(_("This is longer than fits on the help card."), field="number")
    return HelpNumber(kind=kind, label=label, number=number, hours=hours, position=position)
