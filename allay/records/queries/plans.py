"""The versions of a study's plan."""

from datetime import datetime

from allay.records.errors import NotYours
from allay.records.models import EvaluationPlan, Study


def versions(study: Study) -> list[EvaluationPlan]:
    """All versions, the newest first."""
    return list(study.plans.select_related("made_by", "locked_by").order_by("-version"))


def newest(study: Study) -> EvaluationPlan | None:
    return study.plans.order_by("-version").first()


def one(study: Study, version: int) -> EvaluationPlan:
    """Raises NotYours where the study has no such version."""
    found = study.plans.select_related("made_by", "locked_by").filter(version=version).first()
    if found is None:
        raise NotYours
    return found


def locked(study: Study, at: datetime) -> EvaluationPlan | None:
    """The plan that was locked last, up to a moment: what a report is held against."""
    return study.plans.filter(locked_at__lte=at).order_by("locked_at", "version").last()


def reports_by_arm(study: Study) -> int:
    """How many reports by arm there are: a plan that is locked after them was not fixed before the data were seen."""
    return study.reports.filter(blind=False, plan__by_arm=True).count()
