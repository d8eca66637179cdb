"""Reminders, both optional: a calendar feed under a secret address, and e-mail at a time the person picks."""

from django.db import models


class CalendarFeed(models.Model):
    """The address of somebody's calendar feed: only a keyed digest of its secret part is kept."""

    enrolment = models.OneToOneField(
        "records.Enrolment", on_delete=models.CASCADE, related_name="calendar_feed", primary_key=True
    )
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    title = models.CharField(max_length=60, blank=True)  # what meetings are called there; blank: "Meeting"
    show_place = models.BooleanField(default=False)
    practice_time = models.TimeField(null=True, blank=True)  # a daily entry at this time; nothing: none
    practice_title = models.CharField(max_length=60, blank=True)
    zone = models.CharField(max_length=64, default="UTC")  # of the daily entry; meetings are in their group's
    revision = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()


class EmailReminder(models.Model):
    """One e-mail a day at most, on the days and at the time that the person picked, in their own zone."""

    enrolment = models.OneToOneField(
        "records.Enrolment", on_delete=models.CASCADE, related_name="email_reminder", primary_key=True
    )
    address = models.EmailField(max_length=254)
    zone = models.CharField(max_length=64)
    time = models.TimeField()
    weekdays = models.JSONField(default=list)  # 0 Monday to 6 Sunday
    ignored = models.PositiveSmallIntegerField(default=0)  # sent in a row without a visit since
    changed_at = models.DateTimeField()
    visited_at = models.DateTimeField(null=True, blank=True)  # the last day's first page since it was chosen


class ReminderSent(models.Model):
    """That a reminder went out: once a day, whatever is restarted."""

    enrolment = models.ForeignKey(
        "records.Enrolment", on_delete=models.CASCADE, related_name="reminders_sent"
    )
    day = models.DateField()  # in the reminder's zone
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "day"], name="one_reminder_a_day")]
