"""What suits a person: circumstances that choose other words, own practices, and which rule showed what."""

from django.db import models


class Circumstances(models.Model):
    """What holds for one person and asks for other words. Said by people, never worked out by the software."""

    class PainUnderstanding(models.TextChoices):
        PRIMARY = "primary"
        SECONDARY = "secondary"
        MIXED = "mixed"
        UNKNOWN = "unknown"

    class Doing(models.TextChoices):
        """Three taps in session 5."""

        OVER = "over"  # tends to do too much, then pays for it
        UNDER = "under"  # tends to rest more than they wish
        BOTH = "both"

    enrolment = models.OneToOneField(
        "records.Enrolment", on_delete=models.CASCADE, related_name="circumstances", primary_key=True
    )
    pain_understanding = models.CharField(
        max_length=10, choices=PainUnderstanding.choices, default=PainUnderstanding.UNKNOWN
    )  # entered by a facilitator
    energy_limited = models.BooleanField(default=False)
    touch_sensitive = models.BooleanField(default=False)
    breath_hard = models.BooleanField(default=False)
    go_gently = models.BooleanField(
        default=False
    )  # "some things are too close for me": the person's own tick
    kindness_hard = models.BooleanField(default=False)  # kindness to oneself stings: begin with others
    kindness_hard_since = models.DateTimeField(null=True, blank=True)  # when that was ticked: a call may help
    doing = models.CharField(max_length=8, choices=Doing.choices, blank=True)
    pain_word = models.CharField(max_length=40, blank=True)  # the person's own word for pain
    skipped_areas = models.JSONField(default=list)  # places of the body to leave out, set once
    changed_at = models.DateTimeField()


class OwnPractice(models.Model):
    """A practice that somebody keeps close, or does not want to be shown."""

    class Mark(models.TextChoices):
        FAVOURITE = "favourite"
        NOT_FOR_ME = "not-for-me"
        CHOSEN = "chosen"  # an exposing practice that was hidden until it was chosen
        OPEN = (
            "open"  # a mark that was taken back: kept, so that an older word that arrives late does not count
        )

    enrolment = models.ForeignKey("records.Enrolment", on_delete=models.CASCADE, related_name="own_practices")
    practice = models.CharField(max_length=60)
    mark = models.CharField(max_length=12, choices=Mark.choices)
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "practice"], name="one_mark_a_practice")]


class RuleShown(models.Model):
    """That a rule changed what somebody saw on a day: the "why am I seeing this?" that can be looked up later."""

    enrolment = models.ForeignKey("records.Enrolment", on_delete=models.CASCADE, related_name="rules_shown")
    rule = models.CharField(max_length=60)
    place = models.CharField(
        max_length=60
    )  # what it changed: "today", "session/2", "practice/p12-supportive-hand"
    day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "rule", "place", "day"], name="rule_once_a_day")
        ]
