"""The audit event that every verb leaves, in the verb's own transaction."""

from datetime import datetime

from django.db.models import Model

from allay.records.access import Actor
from allay.records.models import AuditEvent

Detail = str | int | bool | None | list[str]


def record(name: str, *, by: Actor, at: datetime, on: Model, **details: Detail) -> None:
    """Notes an act under its dotted name. Details are ids and kinds, never what somebody wrote or answered."""
    AuditEvent.objects.create(
        at=at,
        name=name,
        actor=str(by.id),
        subject=f"{on._meta.model_name}:{on.pk}",
        details=details,
    )
