"""Who did what, when. Without foreign keys, so that nothing recorded here is kept from deletion."""

from typing import Any

from django.db import models


class AuditEvent(models.Model):
    """One act, written in the transaction of the act. Ids only, never content; never changed, never removed."""

    at = models.DateTimeField()
    name = models.CharField(max_length=60)  # dotted: response.recorded
    actor = models.CharField(max_length=40)  # a person's id, or "system"
    subject = models.CharField(max_length=100)  # kind:id
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject"], name="audit_subject")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("audit events are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("audit events are never removed")
