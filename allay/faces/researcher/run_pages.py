"""Runs: asked for, watched, stopped."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from allay.faces.researcher import asking, shelf, shipped
from allay.faces.shared import clock, gate
from allay.records.models import EvaluationPlan, EvaluationRun, Study
from allay.records.queries import blinding, plans, runs
from allay.records.services import plans as plan_verbs
from allay.records.services import runs as verbs


@gate.study
@require_POST
def ask(request: HttpRequest, study: Study) -> HttpResponse:
    """Queues a run of the version that the form names; the shipped plan is kept as a version first."""
    at = clock.now(request)
    version = asking.a_version(request.POST.get("version", ""))
    with transaction.atomic():
        plan = plans.one(study, version) if version else _shipped(request, study, at)
        row = verbs.ask(
            id=asking.an_id(request.POST.get("id", "")), study=study, plan=plan, by=request.user, at=at
        )
    return redirect("study-run", study.pk, row.pk)


def _shipped(request: HttpRequest, study: Study, at: datetime) -> EvaluationPlan:
    text = shipped.plan_of(study)
    return plan_verbs.keep(id=uuid5(study.pk, text), study=study, text=text, by=request.user, at=at)


@gate.study
@require_safe
def run(request: HttpRequest, study: Study, run: UUID) -> HttpResponse:
    """Context: study, run, percent, waits (nothing works on it), ask (asking.Ask, to run it again), area."""
    at = clock.now(request)
    row = runs.one(study, run, request.user, blinding.arms_of(study, at))
    context = {
        "study": study,
        "run": row,
        "percent": round(100 * row.share),
        "waits": not row.over and not shelf.worked_on(clock.machine()),
        "ask": asking.ask(study, row.plan, request.user, at),
        "area": "studies",
    }
    return render(request, "researcher/run.html", context)


@gate.study
@require_POST
def stop(request: HttpRequest, study: Study, run: UUID) -> HttpResponse:
    row: EvaluationRun = runs.one(study, run, request.user, blinding.arms_of(study, clock.now(request)))
    verbs.stop(run=row, by=request.user, at=clock.now(request))
    return redirect("study-run", study.pk, row.pk)
