"""Flares, as the person declares them. Nothing here is ever worked out from an answer."""

from django.db import models
from django.db.models import Q


class Flare(models.Model):
    """From "this is a flare" to "it has eased". The id is made on the phone."""

    id = models.UUIDField(primary_key=True, editable=False)
    enrolment = models.ForeignKey("records.Enrolment", on_delete=models.CASCADE, related_name="flares")
    declared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    still_at = models.DateTimeField(null=True, blank=True)  # when it was last said to be on still
    tell_facilitator = models.BooleanField(default=False)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(ended_at=None), name="one_flare_at_a_time"
            ),
            models.CheckConstraint(
                name="flare_ends_after_it_began",
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("declared_at")),
            ),
        ]
