"""What was asked, what was answered, what it comes to."""

from django.db import models


class InstrumentEdition(models.Model):
    """An instrument exactly as it was asked: definition and wording, frozen under its version."""

    instrument = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64)
    definition = models.JSONField()
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instrument", "version"], name="edition_once")]

    def __str__(self) -> str:
        return f"{self.instrument} {self.version}"


class Response(models.Model):
    """One instrument answered by one person at one timepoint. Its id is made on the phone."""

    id = models.UUIDField(primary_key=True, editable=False)
    enrolment = models.ForeignKey("records.Enrolment", on_delete=models.CASCADE, related_name="responses")
    timepoint = models.ForeignKey("records.Timepoint", on_delete=models.PROTECT, related_name="responses")
    edition = models.ForeignKey(InstrumentEdition, on_delete=models.PROTECT, related_name="responses")
    instrument = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "timepoint", "instrument"], name="one_response_a_timepoint"
            )
        ]


class Answer(models.Model):
    """One item's answer; no value means that the person chose to skip it."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="answers")
    item = models.CharField(max_length=60)
    value = models.SmallIntegerField(null=True, blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "item"], name="one_answer_an_item")]


class Score(models.Model):
    """A number derived from a completed response; no value means too few answers."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="scores")
    key = models.CharField(max_length=60)
    value = models.FloatField(null=True, blank=True)
    answered = models.PositiveSmallIntegerField()
    of = models.PositiveSmallIntegerField()
    prorated = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "key"], name="one_score_a_key")]
