"""What suits a person: said by themself; what is understood of their pain, entered by who runs the group."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from allay.content import library
from allay.records.access import Actor, Permission, require
from allay.records.errors import Invalid, NotYours
from allay.records.models import Circumstances, Enrolment
from allay.records.services import audit
from allay.records.services.entries import OLDEST, require_open

TICKS: Final = ("energy_limited", "touch_sensitive", "breath_hard", "go_gently", "kindness_hard")
LONGEST_WORD = 40


@transaction.atomic
def say(
    *,
    enrolment: Enrolment,
    said: Mapping[str, object],
    id: UUID | None = None,
    device_time: datetime | None = None,
    by: Actor,
    at: datetime,
) -> tuple[Circumstances, bool]:
    """Keeps what the person says suits them: `TICKS` (bool), "doing" ("", over, under, both), "pain_word", and
    "skipped_areas" (a list of places of the body, as [phrases.area] names them).

    What `said` does not name stays as it is. What was said before the last word here changes nothing. Returns the
    row and whether it changed. `id` is the entry's own and is not kept: the same word twice is the same.
    """
    require_open(enrolment, by)
    fresh = {name: _fitting(name, value) for name, value in said.items()}
    row = _row(enrolment, at)
    when = device_time if device_time is not None and at - OLDEST <= device_time <= at else at
    before = {name: getattr(row, name) for name in fresh}
    if before == fresh or (when < row.changed_at and not row._state.adding):
        return row, False
    for name, value in fresh.items():
        setattr(row, name, value)
    if fresh.get("kindness_hard", row.kindness_hard) != before.get("kindness_hard", row.kindness_hard):
        row.kindness_hard_since = when if fresh["kindness_hard"] else None
    row.changed_at = when
    row.save()
    changed = sorted(name for name in fresh if fresh[name] != before[name])
    audit.record("circumstances.said", by=by, at=at, on=enrolment, fields=changed)
    return row, True


@transaction.atomic
def understand(*, enrolment: Enrolment, pain_understanding: str, by: Actor, at: datetime) -> Circumstances:
    """Keeps what is understood of somebody's pain, as their facilitator or referrer knows it."""
    if enrolment.group is None:
        raise NotYours
    require(by, Permission.RUN_GROUP, enrolment.group)
    if pain_understanding not in Circumstances.PainUnderstanding.values:
        raise Invalid(field="pain_understanding")
    row = _row(
        enrolment, enrolment.enrolled_at
    )  # not a word of the person's: what they said later still counts
    row.pain_understanding = pain_understanding
    row.save()
    audit.record("circumstances.understood", by=by, at=at, on=enrolment)
    return row


def _row(enrolment: Enrolment, at: datetime) -> Circumstances:
    found = Circumstances.objects.filter(enrolment=enrolment).first()
    return found or Circumstances(enrolment=enrolment, changed_at=at)


def _fitting(name: str, value: object) -> object:
    if name in TICKS and isinstance(value, bool):
        return value
    if name == "doing" and value in ("", *Circumstances.Doing.values):
        return value
    if name == "skipped_areas" and isinstance(value, list):
        return _areas(value)
    if name == "pain_word" and isinstance(value, str):
        return _word(value)
    raise Invalid(field=name[:40])


def _areas(named: list[object]) -> list[str]:
    known = library.load().phrases
    if any(f"area.{name}" not in known for name in named):
        raise Invalid(field="skipped_areas")
    return sorted({str(name) for name in named})


def _word(typed: str) -> str:
    word = " ".join(typed.split())
    if len(word) > LONGEST_WORD or not word.isprintable():
        raise Invalid(_("A word or a few, up to 40 letters."), field="pain_word")
    return word
