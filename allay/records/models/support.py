"""Human contact, and the telephone numbers of the help card."""

from uuid import uuid4

from django.db import models


class Contact(models.Model):
    """What staff did: that somebody was reached, or that it was tried."""

    class Mode(models.TextChoices):
        CALL = "call"
        MESSAGE = "message"
        IN_PERSON = "in-person"
        NOT_REACHED = "not-reached"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    enrolment = models.ForeignKey("records.Enrolment", on_delete=models.CASCADE, related_name="contacts")
    by = models.ForeignKey("records.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    mode = models.CharField(max_length=12, choices=Mode.choices)
    reasons = models.JSONField(default=list)  # kinds of the reasons that stood on the list

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["enrolment", "at"], name="contact_latest")]


class HelpNumber(models.Model):
    """A number on the help card. Set by the service for its country; none are shipped."""

    class Kind(models.TextChoices):
        EMERGENCY = "emergency"
        HELPLINE = "helpline"
        ADVICE = "advice"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    label = models.CharField(max_length=80)
    number = models.CharField(max_length=40)
    hours = models.CharField(max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
