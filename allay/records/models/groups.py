"""Groups, their dated meetings, and who came."""

from uuid import uuid4

from django.db import models
from django.db.models import Q


class Group(models.Model):
    """Eight to twelve people who meet; a waiting group has no meetings, only the day its weeks count from."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    study = models.ForeignKey("records.Study", on_delete=models.CASCADE, related_name="groups")
    arm = models.ForeignKey("records.Arm", on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=80)
    zone = models.CharField(max_length=64)
    weeks_count_from = models.DateTimeField()  # the first meeting
    created_at = models.DateTimeField()
    online = models.BooleanField(default=False)  # meets by video: other words in some places
    answer_times = models.CharField(
        max_length=120, blank=True
    )  # when its facilitators answer, in plain words

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "name"], name="group_name_once_a_study")]

    def __str__(self) -> str:
        return self.name


class Meeting(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="meetings")
    week = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=120)
    place = models.CharField(max_length=120, blank=True)
    revision = models.PositiveSmallIntegerField(default=0)  # how often it was changed: calendars ask for that
    changed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(
        null=True, blank=True
    )  # it does not take place, and stays in the list

    class Meta:
        ordering = ["week"]
        constraints = [
            models.UniqueConstraint(fields=["group", "week"], name="one_meeting_a_week"),
            models.CheckConstraint(
                name="meeting_week_in_programme", condition=Q(week__gte=1) & Q(week__lte=12)
            ),
        ]


class Attendance(models.Model):
    class State(models.TextChoices):
        HERE = "here"
        ONLINE = "online"
        MESSAGE = "message"  # not there, and said so
        ABSENT = "absent"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendance")
    enrolment = models.ForeignKey("records.Enrolment", on_delete=models.CASCADE, related_name="attendance")
    state = models.CharField(max_length=8, choices=State.choices)
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "enrolment"], name="attendance_once")]
