"""Whom the plan blinds to the arms of a study, and until when."""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from allay.records.access import Arms
from allay.records.models import EvaluationPlan, Study, Timepoint, Unblinding
from allay.records.queries import due


def arms_of(study: Study, at: datetime) -> Arms:
    """The arms of a study as they stand now.

    What any kept version of the plan blinds stays blinded until that version's own end, or until somebody ends
    it: leaving the lines out of a later version opens nothing.
    """
    blinding = study.plans.exclude(blinds_until="").order_by("version")
    standing = [plan for plan in blinding if not _ended(plan, study, at)]
    if not standing or ending(study) is not None:
        return Arms(study)
    roles = frozenset(role for plan in standing for role in plan.blinds)
    return Arms(study, roles, _until(standing[-1], study))


def standing(at: datetime) -> list[Arms]:
    """The studies whose plan blinds somebody now."""
    blinding = Study.objects.filter(plans__in=EvaluationPlan.objects.exclude(blinds_until="")).distinct()
    return [arms for study in blinding.order_by("name") if (arms := arms_of(study, at)).blinded]


def ending(study: Study) -> Unblinding | None:
    return Unblinding.objects.select_related("by").filter(study=study).first()


def _ended(plan: EvaluationPlan, study: Study, at: datetime) -> bool:
    until = plan.blinds_until
    if (day := _date(until)) is not None:
        return at.date() >= day
    closes = closing(study, until)
    return closes is not None and closes <= at


def closing(study: Study, timepoint: str) -> datetime | None:
    """When the last group's questions of a timepoint close; None where there is no group or no such timepoint."""
    planned = list(Timepoint.objects.filter(study=study, key=timepoint))
    closes = [
        window.closes_at for group in study.groups.all() for window in due.group_windows(group, planned)
    ]
    return max(closes, default=None)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _until(plan: EvaluationPlan, study: Study) -> str:
    """When it ends, in words that go on from "until"."""
    until = plan.blinds_until
    if (day := _date(until)) is not None:
        return date_format(day, "j F Y")
    timepoint = Timepoint.objects.filter(study=study, key=until).first()
    if timepoint is None:
        return _("an administrator declares the data complete")
    closes = closing(study, until)
    day_said = f" ({date_format(closes, 'j F Y')})" if closes else ""
    return _("the questions of “%s” have closed for every group") % timepoint.title + day_said
