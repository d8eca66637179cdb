"""What comes in from the researcher's forms, and what a run may be asked for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.utils.translation import gettext as _

from allay.records.access import Arms, Permission, can
from allay.records.errors import NotYours, PlanFault
from allay.records.models import EvaluationPlan, Person, Study
from allay.records.queries import blinding
from allay.records.services.plans import LONGEST


@dataclass(frozen=True)
class Ask:
    """The form that asks for a run: its id (the same form sent twice asks once), and whether it may be shown."""

    id: UUID
    version: int  # 0: the plan that is shipped
    may: bool
    until: str  # where the plan blinds: until when, in words


def ask(study: Study, plan: EvaluationPlan | None, person: Person, at: datetime) -> Ask:
    arms: Arms = blinding.arms_of(study, at)
    by_arm = plan.by_arm if plan else True
    may = not by_arm or can(person, Permission.READ_ARMS, arms)
    return Ask(uuid4(), plan.version if plan else 0, may, arms.until)


def an_id(sent: str) -> UUID:
    """An id from a form of ours. Raises NotYours for anything else."""
    try:
        return UUID(sent)
    except ValueError:
        raise NotYours from None


def a_version(sent: str) -> int:
    if not (sent.isascii() and sent.isdigit() and len(sent) < 8):
        raise NotYours
    return int(sent)


def typed_plan(request: HttpRequest) -> str:
    """The plan that was typed, or the file that was chosen instead. Raises PlanFault."""
    chosen = request.FILES.get("file")
    if chosen is None:
        return request.POST.get("text", "")
    if chosen.size > 4 * LONGEST:  # bytes of as many characters
        raise PlanFault(_("This file is too large for a plan. What stands below is unchanged."))
    try:
        return chosen.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PlanFault(_("This file is not text in UTF-8. What stands below is unchanged.")) from None


def line(text: str, number: int | None) -> str:
    """One line of a plan, to be shown beside what is said about it."""
    lines = text.splitlines()
    return lines[number - 1].strip()[:200] if number and number <= len(lines) else ""
