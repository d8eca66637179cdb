"""How a study is evaluated: the versions of its plan, runs of them, the reports kept, and the end of blinding."""

from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Kept(models.Model):
    """A row that is written once. What may still change on it goes through an update in its verb."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"a kept {self._meta.model_name} is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(f"a kept {self._meta.model_name} is never removed")


class EvaluationPlan(Kept):
    """One version of a study's plan, word for word. A new wording is a new version; only a lock is added."""

    id = models.UUIDField(primary_key=True, editable=False)
    study = models.ForeignKey("records.Study", on_delete=models.CASCADE, related_name="plans")
    version = models.PositiveIntegerField()
    text = models.TextField()  # TOML
    sha256 = models.CharField(max_length=64)  # of the text in UTF-8
    by_arm = models.BooleanField()  # whether its report tells results by arm
    blinds = models.JSONField(default=list)  # kinds of roles
    blinds_until = models.CharField(max_length=200, blank=True)  # as in the plan; empty: blinds nobody
    made_by = models.ForeignKey("records.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    locked_by = models.ForeignKey("records.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    locked_at = models.DateTimeField(null=True, blank=True)
    lock = models.TextField(blank=True)  # the lock file of science.evaluation.plan.lock

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["study", "version"], name="plan_version_once_a_study"),
            models.CheckConstraint(
                name="plan_lock_is_whole",
                condition=Q(locked_at=None, lock="") | (Q(locked_at__isnull=False) & ~Q(lock="")),
            ),
        ]


class EvaluationRun(models.Model):
    """One evaluation of a study's own rows by a plan, worked off in the background."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("at work")
        FINISHED = "finished", _("finished")
        FAILED = "failed", _("came to nothing")
        STOPPED = "stopped", _("stopped")

    id = models.UUIDField(primary_key=True, editable=False)
    study = models.ForeignKey("records.Study", on_delete=models.CASCADE, related_name="runs")
    plan = models.ForeignKey(EvaluationPlan, on_delete=models.RESTRICT, related_name="runs")
    blind = models.BooleanField()  # on a table without arms and groups
    asked_by = models.ForeignKey("records.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()  # rows count as due up to this moment
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    step = models.CharField(max_length=80, blank=True)
    share = models.FloatField(default=0)  # done, 0 to 1
    why = models.CharField(max_length=500, blank=True)  # it failed: one kind sentence
    stop_asked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # whose it is while it runs: worker and attempt together are the fence against a worker that was given up
    worker = models.CharField(max_length=80, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    beat_at = models.DateTimeField(
        null=True, blank=True
    )  # the worker's last sign of life, by the machine's clock

    class Meta:
        ordering = ["asked_at"]
        indexes = [
            models.Index(
                fields=["asked_at"], name="run_to_do", condition=Q(state="queued") | Q(state="running")
            )
        ]

    @property
    def over(self) -> bool:
        return self.state not in (self.State.QUEUED, self.State.RUNNING)


class EvaluationReport(Kept):
    """A report in its folder, with the hashes of all it was made from. Nothing is ever overwritten."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    study = models.ForeignKey("records.Study", on_delete=models.CASCADE, related_name="reports")
    run = models.OneToOneField(EvaluationRun, on_delete=models.RESTRICT, related_name="report")
    plan = models.ForeignKey(EvaluationPlan, on_delete=models.RESTRICT, related_name="reports")
    folder = models.CharField(max_length=60)  # its name below the study's folder of reports
    blind = models.BooleanField()
    made_at = models.DateTimeField()
    files = models.JSONField()  # name: [SHA-256, bytes]
    data_sha256 = models.CharField(max_length=64)
    plan_sha256 = models.CharField(max_length=64)
    results_sha256 = models.CharField(
        max_length=64
    )  # of the numbers alone: the same whenever they are computed
    report_sha256 = models.CharField(max_length=64)
    people = models.PositiveIntegerField()
    locked = models.ForeignKey(EvaluationPlan, on_delete=models.RESTRICT, null=True, related_name="+")
    departures = models.JSONField(default=list)  # from the locked plan, in words

    class Meta:
        ordering = ["made_at"]


class Unblinding(Kept):
    """The declared end of a study's blinding: planned, because the data are complete, or before that."""

    class Kind(models.TextChoices):
        COMPLETE = "complete", _("the data are complete, as planned")
        EARLY = "early", _("before that, because something makes it necessary")

    id = models.UUIDField(primary_key=True, editable=False)
    study = models.OneToOneField("records.Study", on_delete=models.CASCADE, related_name="unblinding")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey("records.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
