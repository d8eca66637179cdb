"""Asking for an evaluation of a study's own rows, and stopping one."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from allay.records.access import Actor, Permission, can, require
from allay.records.errors import DifferentContent, NotReady, NotYours
from allay.records.models import EvaluationPlan, EvaluationRun, Person, Study
from allay.records.queries import blinding
from allay.records.services import audit

MOST_WAITING = 5  # of a study at once
OPEN = (EvaluationRun.State.QUEUED, EvaluationRun.State.RUNNING)


@transaction.atomic
def ask(*, id: UUID, study: Study, plan: EvaluationPlan, by: Actor, at: datetime) -> EvaluationRun:
    """Queues an evaluation. The same id again gives the first one back.

    Whom the plan of the study blinds may ask for what tells no arm from another: that runs on a table without arms
    and groups. Raises Blinded for the rest.
    """
    require(by, Permission.EVALUATE, study)
    if plan.study_id != study.pk:
        raise NotYours
    arms = blinding.arms_of(study, at)
    if plan.by_arm:
        require(by, Permission.READ_ARMS, arms)
    if (known := EvaluationRun.objects.filter(pk=id).first()) is not None:
        return _same(known, study, plan)
    if study.runs.filter(state__in=OPEN).count() >= MOST_WAITING:
        raise NotReady(_("Several evaluations of this study are waiting already. Please let them end first."))
    row = EvaluationRun.objects.create(
        id=id,
        study=study,
        plan=plan,
        blind=not can(by, Permission.READ_ARMS, arms),
        asked_by=by if isinstance(by, Person) else None,
        asked_at=at,
    )
    audit.record(
        "run.asked", by=by, at=at, on=row, study=str(study.pk), version=plan.version, blind=row.blind
    )
    return row


def _same(known: EvaluationRun, study: Study, plan: EvaluationPlan) -> EvaluationRun:
    if known.study_id != study.pk:
        raise NotYours
    if known.plan_id != plan.pk:
        raise DifferentContent
    return known


@transaction.atomic
def stop(*, run: EvaluationRun, by: Actor, at: datetime) -> EvaluationRun:
    """Takes a waiting run back, and asks the worker to leave a running one. What is over stays as it is."""
    require(by, Permission.EVALUATE, run.study)
    waiting = EvaluationRun.objects.filter(pk=run.pk, state=EvaluationRun.State.QUEUED, stop_asked_at=None)
    running = EvaluationRun.objects.filter(pk=run.pk, state=EvaluationRun.State.RUNNING, stop_asked_at=None)
    stopped = waiting.update(stop_asked_at=at, ended_at=at, state=EvaluationRun.State.STOPPED)
    if stopped or running.update(stop_asked_at=at):
        audit.record("run.stop-asked", by=by, at=at, on=run, study=str(run.study_id))
    return EvaluationRun.objects.get(pk=run.pk)
