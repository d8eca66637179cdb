"""The plan of a study: versions are kept word for word, and one can be locked before the data are seen."""

from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from allay.content import library
from allay.records.access import Actor, Permission, require
from allay.records.errors import DifferentContent, NotYours, PlanFault
from allay.records.models import EvaluationPlan, Person, Study
from allay.records.queries import diary
from allay.records.services import audit

if TYPE_CHECKING:
    from allay.science.evaluation import Plan

LONGEST = 100_000  # characters


@transaction.atomic
def keep(*, id: UUID, study: Study, text: str, by: Actor, at: datetime) -> EvaluationPlan:
    """Keeps a new version. The same id, or the words of the newest version, give back what is kept.

    Raises PlanFault, with the line where there is one, for what is no plan or none for this study.
    """
    require(by, Permission.EVALUATE, study)
    Study.objects.select_for_update().get(pk=study.pk)  # versions are counted one at a time
    text = _lines(text)
    if (known := EvaluationPlan.objects.filter(pk=id).first()) is not None:
        if known.study_id != study.pk:
            raise NotYours
        if known.text != text:
            raise DifferentContent
        return known
    newest = study.plans.order_by("-version").first()
    if newest is not None and newest.text == text:
        return newest
    plan = understood(study, text)
    last = study.plans.aggregate(last=Max("version"))["last"] or 0
    row = EvaluationPlan.objects.create(
        id=id,
        study=study,
        version=last + 1,
        text=text,
        sha256=sha256(text.encode()).hexdigest(),
        by_arm=bool(plan.study.arms),
        blinds=list(plan.blinding.roles) if plan.blinding else [],
        blinds_until=str(plan.blinding.until) if plan.blinding else "",
        made_by=by if isinstance(by, Person) else None,
        made_at=at,
    )
    audit.record("plan.kept", by=by, at=at, on=row, study=str(study.pk), version=row.version)
    return row


def _lines(text: str) -> str:
    """Browsers send line ends as CR LF; a plan has the same SHA-256 from wherever it comes."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").rstrip() + "\n"


def understood(study: Study, text: str) -> "Plan":
    """The plan that a text is. Raises PlanFault."""
    from allay.science.evaluation import BadInput, parse_plan
    from allay.science.evaluation.plan.toml_text import line_of

    if len(text) > LONGEST:
        raise PlanFault(_("A plan has at most %d characters.") % LONGEST)
    try:
        plan = parse_plan(text.encode("utf-8", "surrogatepass"), "plan.toml")
    except BadInput as fault:
        raise PlanFault(fault.reason, line=line_of(text, fault.reason)) from None
    _require_of_study(study, plan, text)
    return plan


def _require_of_study(study: Study, plan: "Plan", text: str) -> None:
    """The plan names arms, timepoints, scores and daily questions that this study has."""
    from allay.science.evaluation.plan.toml_text import line_of

    timepoints = list(study.timepoints.all())
    instruments = library.load().instruments
    asked = {key for timepoint in timepoints for key in timepoint.instruments if key in instruments}
    scores = {f"{key}.{rule.id}" for key in asked for rule in instruments[key].scores}
    for key, named, there in (
        ("study.arms", plan.study.arms, {arm.key for arm in study.arms.all()}),
        ("study.timepoints", plan.study.timepoints, {timepoint.key for timepoint in timepoints}),
        ("diary.variables", plan.diary.variables if plan.diary else (), set(diary.asked(study))),
        ("outcomes", tuple(outcome.score for outcome in plan.outcomes), scores),
    ):
        strange = next((name for name in named if name not in there), None)
        if strange is not None:
            place = _place(key, named.index(strange))
            sentence = _("%(key)s: this study has no “%(name)s”. It has: %(there)s")
            said = {"key": place, "name": strange[:80], "there": ", ".join(sorted(there))}
            raise PlanFault(sentence % said, line=line_of(text, f"{place}: "))


def _place(key: str, number: int) -> str:
    return f"outcomes[{number + 1}].score" if key == "outcomes" else key


@transaction.atomic
def lock(*, plan: EvaluationPlan, by: Actor, at: datetime) -> EvaluationPlan:
    """Locks a version: its hash, its whole content and the time are kept. Doing it twice changes nothing."""
    from allay.science.evaluation.plan.lock import lock_text

    require(by, Permission.EVALUATE, plan.study)
    moment = at.isoformat(timespec="seconds")
    content = lock_text(understood(plan.study, plan.text), plan.sha256, moment, version("allay"))
    locked = EvaluationPlan.objects.filter(pk=plan.pk, locked_at=None).update(
        locked_at=at, locked_by=by if isinstance(by, Person) else None, lock=content
    )
    if locked:
        audit.record("plan.locked", by=by, at=at, on=plan, study=str(plan.study_id), sha256=plan.sha256)
    return EvaluationPlan.objects.get(pk=plan.pk)
