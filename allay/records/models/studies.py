"""A study, its arms and planned occasions, and who takes part with which consent."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q


class Study(models.Model):
    """One evaluation: a programme, a schedule, one or more arms. A service without research has one study too."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    programme = models.CharField(max_length=60)
    schedule = models.CharField(max_length=60)
    check_in = models.CharField(max_length=60, default="daily")  # ids of the content's forms
    weekly_note = models.CharField(max_length=60, default="weekly", blank=True)  # blank: none is asked
    created_at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)  # labelled so wherever it appears

    def __str__(self) -> str:
        return self.name


class Arm(models.Model):
    class Kind(models.TextChoices):
        PROGRAMME = "programme"
        WAITING = "waiting"
        USUAL_CARE = "usual-care"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="arms")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["study", "key"], name="arm_key_once_a_study")]

    def __str__(self) -> str:
        return self.name


class Timepoint(models.Model):
    """A planned occasion of a study, copied from its schedule: days counted from the group's first meeting."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="timepoints")
    key = models.SlugField(max_length=40)
    title = models.CharField(max_length=80)
    opens = models.SmallIntegerField()
    due = models.SmallIntegerField()
    closes = models.SmallIntegerField()
    instruments = models.JSONField()  # list of instrument ids
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["study", "key"], name="timepoint_key_once_a_study"),
            models.CheckConstraint(
                name="timepoint_days_in_order", condition=Q(opens__lte=F("due")) & Q(due__lte=F("closes"))
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Enrolment(models.Model):
    """One person in one study."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="enrolments")
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="enrolments")
    arm = models.ForeignKey(Arm, on_delete=models.PROTECT, related_name="enrolments")
    group = models.ForeignKey(
        "records.Group", on_delete=models.PROTECT, null=True, blank=True, related_name="enrolments"
    )
    number = models.PositiveIntegerField()  # what stands in research tables instead of a name
    enrolled_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True)  # first sign-in by code
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    looks_back_since = models.DateTimeField(null=True, blank=True)  # "Looking back", off until it is chosen

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "person"], name="person_once_a_study"),
            models.UniqueConstraint(fields=["study", "number"], name="number_once_a_study"),
        ]


class ConsentText(models.Model):
    """What a person was shown, word for word. Never changed: a new wording is a new version."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="consent_texts")
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=12)
    body = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "version", "language"], name="consent_version_once")
        ]


class Consent(models.Model):
    """One decision about one purpose, by one person, on one version of the text. Decisions are added, never changed."""

    class Purpose(models.TextChoices):
        PROGRAMME = "programme"
        EVALUATION = "evaluation"

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="consents")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    given = models.BooleanField()
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["decided_at", "pk"]
        indexes = [models.Index(fields=["enrolment", "purpose", "decided_at"], name="consent_latest")]
