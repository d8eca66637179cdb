"""The diary: check-ins and practice logs. Ids are made on the phone, so sending twice is harmless."""

from django.db import models
from django.db.models import Q


def _zero_to_ten(field: str, name: str) -> models.CheckConstraint:
    within = Q(**{f"{field}__gte": 0}) & Q(**{f"{field}__lte": 10})
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__isnull": True}) | within)


class Entry(models.Model):
    """What every diary entry carries."""

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
    mood = models.PositiveSmallIntegerField(null=True, blank=True)
    comfort = models.PositiveSmallIntegerField(null=True, blank=True)
    helped = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(fields=["enrolment", "day"], name="check_in_days")]
        constraints = [_zero_to_ten("mood", "mood_0_10"), _zero_to_ten("comfort", "comfort_0_10")]


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
