"""Runs of a study's plan and the reports that came of them."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from allay.records.access import Arms, Permission, can, require
from allay.records.errors import NotYours
from allay.records.models import EvaluationReport, EvaluationRun, Person, Study

OPEN = (EvaluationRun.State.QUEUED, EvaluationRun.State.RUNNING)


def to_do(silent_since: datetime) -> list[EvaluationRun]:
    """What waits, and what was left by a worker without a sign of life; the first asked first."""
    left = Q(state=EvaluationRun.State.RUNNING, beat_at__lt=silent_since)
    return list(
        EvaluationRun.objects.filter(Q(state=EvaluationRun.State.QUEUED) | left).order_by("asked_at", "pk")[
            :20
        ]
    )


def one(study: Study, run: UUID, by: Person, arms: Arms) -> EvaluationRun:
    """Raises NotYours where the study has no such run, Blinded where it tells arms apart and `by` is blinded."""
    found = EvaluationRun.objects.select_related("study", "plan", "asked_by", "report").filter(pk=run).first()
    if found is None or found.study_id != study.pk:
        raise NotYours
    if not found.blind:
        require(by, Permission.READ_ARMS, arms)
    return found


def of_study(study: Study, by: Person, arms: Arms) -> list[EvaluationRun]:
    """What `by` may see of the runs that are open or went wrong, the newest first."""
    found = study.runs.exclude(state=EvaluationRun.State.FINISHED).select_related("plan", "asked_by")
    return list(_seen(found, by, arms).order_by("-asked_at")[:20])


def reports(study: Study, by: Person, arms: Arms) -> list[EvaluationReport]:
    """What `by` may see of the reports, the newest first."""
    found = study.reports.select_related("plan", "locked", "run", "run__asked_by")
    return list(_seen(found, by, arms).order_by("-made_at", "-pk"))


def _seen(found, by: Person, arms: Arms):  # type: ignore[no-untyped-def]  # noqa: ANN001
    return found if can(by, Permission.READ_ARMS, arms) else found.filter(blind=True)


def hidden(study: Study, by: Person, arms: Arms) -> int:
    """How many reports wait for the end of the blinding."""
    return 0 if can(by, Permission.READ_ARMS, arms) else study.reports.filter(blind=False).count()


def report(study: Study, report: UUID, by: Person, arms: Arms) -> EvaluationReport:
    """Raises NotYours where the study has no such report, Blinded where it tells arms apart and `by` is blinded."""
    found = (
        EvaluationReport.objects.select_related("study", "plan", "locked", "run", "run__asked_by")
        .filter(pk=report)
        .first()
    )
    if found is None or found.study_id != study.pk:
        raise NotYours
    if not found.blind:
        require(by, Permission.READ_ARMS, arms)
    return found
