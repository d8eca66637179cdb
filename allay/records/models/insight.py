"""Looking back and trying out: what a person says of a statement, and their own two-week comparison."""

from django.db import models
from django.db.models import Q


class Verdict(models.Model):
    """What the person says of one statement about their own days. Words are added, never changed; the last one counts.

    The id is the phone's. What was hidden once stays hidden, whatever is said before or after.
    """

    class Says(models.TextChoices):
        FITS = "fits"
        DOES_NOT_FIT = "does-not-fit"
        HIDE = "hide"

    id = models.UUIDField(primary_key=True, editable=False)
    enrolment = models.ForeignKey("records.Enrolment", on_delete=models.CASCADE, related_name="verdicts")
    statement = models.CharField(max_length=140)  # science.looking_back.Pair.key: "mood~practice:any"
    says = models.CharField(max_length=12, choices=Says.choices)
    at = models.DateTimeField()


class TwoWeekTry(models.Model):
    """A person's own randomised comparison of two practices, or of a practice with none. The id is the phone's."""

    class Stopped(models.TextChoices):
        OWN_WISH = "own-wish"
        FLARE = "flare"

    id = models.UUIDField(primary_key=True, editable=False)
    enrolment = models.ForeignKey(
        "records.Enrolment", on_delete=models.CASCADE, related_name="two_week_tries"
    )
    first = models.CharField(max_length=60)  # practice id
    second = models.CharField(max_length=60, blank=True)  # practice id; blank: without a practice
    outcome = models.CharField(max_length=60)  # id of the check-in's item
    blocks = models.JSONField()  # [{"arm": "first" | "second", "days": 3 or 4}], drawn when it began
    seed = models.BigIntegerField()  # the draw can be done again
    began_on = models.DateField()
    stopped_on = models.DateField(null=True, blank=True)
    stopped_why = models.CharField(max_length=8, choices=Stopped.choices, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "began_on"],
                condition=Q(stopped_on=None),
                name="one_two_week_try_a_start",
            )
        ]
