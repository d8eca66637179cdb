"""The diary: check-ins and practice logs. Ids are made on the phone, so sending twice is harmless."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from allay.content.schema import OUTCOMES


def _zero_to_ten(field: str, name: str) -> models.CheckConstraint:
    within = Q(**{f"{field}__gte": 0}) & Q(**{f"{field}__lte": 10})
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__isnull": True}) | within)


class Entry(models.Model):
    """What every diary entry carries, beside the enrolment whose it is."""

    enrolment_id: UUID
    id = models.UUIDField(primary_key=True, editable=False)
    day = models.DateField()  # the person's own calendar day, as the phone had it; never recomputed
    device_time = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64)  # of the content: tells a repeat from a conflict

    class Meta:
        abstract = True


class CheckIn(Entry):
    enrolment = models.ForeignKey("records.Enrolment", on_delete=models.CASCADE, related_name="check_ins")
    not_today = models.BooleanField(default=False)
    form = models.CharField(
        max_length=60, default="daily"
    )  # id of the content's check-in form: daily, weekly …
    mood = models.PositiveSmallIntegerField(null=True, blank=True)
    outlook = models.PositiveSmallIntegerField(null=True, blank=True)
    acceptance = models.PositiveSmallIntegerField(null=True, blank=True)
    comfort = models.PositiveSmallIntegerField(null=True, blank=True)
    connection = models.PositiveSmallIntegerField(null=True, blank=True)
    helped = models.CharField(max_length=60, blank=True)
    more = models.JSONField(default=dict)  # a study's own items: item id -> 0 to 10, or a choice id

    class Meta:
        indexes = [models.Index(fields=["enrolment", "day"], name="check_in_days")]
        constraints = [_zero_to_ten(outcome, f"{outcome}_0_10") for outcome in OUTCOMES]

    @property
    def values(self) -> dict[str, object]:
        """What was answered, by item id."""
        given = {name: getattr(self, name) for name in (*OUTCOMES, "helped")}
        return {name: value for name, value in given.items() if value not in (None, "")} | self.more


class PracticeLog(Entry):
    class After(models.TextChoices):
        EASIER = "easier"
        SAME = "same"
        HARDER = "harder"
        HAD_TO_STOP = "had-to-stop"

    enrolment = models.ForeignKey("records.Enrolment", on_delete=models.CASCADE, related_name="practice_logs")
    practice = models.CharField(max_length=60)
    minutes = models.PositiveSmallIntegerField()
    after = models.CharField(max_length=12, choices=After.choices, blank=True)

    class Meta:
        indexes = [models.Index(fields=["enrolment", "day"], name="practice_days")]
