"""The plan of a study: read, written anew, locked."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allay.faces.researcher import asking, plan_words, shipped
from allay.faces.shared import clock, gate
from allay.records.errors import NotYours, PlanFault
from allay.records.models import EvaluationPlan, Study
from allay.records.queries import blinding, plans
from allay.records.services import plans as verbs


@gate.study
@require_safe
def plan(request: HttpRequest, study: Study, version: int = 0) -> HttpResponse:
    """One version, the newest unless another is named; before there is one, the plan that is shipped.

    Context: study, plan (EvaluationPlan or None), text, words or fault, versions, ask (asking.Ask), area.
    """
    versions = plans.versions(study)
    shown = plans.one(study, version) if version else next(iter(versions), None)
    text = shown.text if shown else shipped.plan_of(study)
    context = {
        "study": study,
        "plan": shown,
        "text": text,
        **_understood(study, text),
        "versions": versions,
        "ask": asking.ask(study, shown, request.user, clock.now(request)),
        "area": "studies",
    }
    return render(request, "researcher/plan.html", context)


def _understood(study: Study, text: str) -> dict[str, object]:
    """words (plan_words.PlanWords), or fault where a version from long ago can no longer be read."""
    try:
        return {"words": plan_words.words(study, verbs.understood(study, text)), "fault": None}
    except PlanFault as fault:
        return {"words": None, "fault": fault}


@gate.study
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, study: Study) -> HttpResponse:
    """Writes a new version. What was typed stays on the page whatever is said about it.

    Context: study, text, id, fault (PlanFault), line (its text), words (after "check"), blinds (asks whether to go
    on: keeping this plan blinds the person who keeps it), area.
    """
    newest = plans.newest(study)
    context = {
        "study": study,
        "text": newest.text if newest else shipped.plan_of(study),
        "id": uuid4(),
        "area": "studies",
    }
    if request.method == "POST":
        answer = _keep(request, study, context)
        if answer is not None:
            return answer
    status = 422 if context.get("fault") else 200
    return render(request, "researcher/plan_new.html", context, status=status)


def _keep(request: HttpRequest, study: Study, context: dict[str, object]) -> HttpResponse | None:
    """Keeps what was sent and goes to it; otherwise adds to the context what the page has to say."""
    at = clock.now(request)
    context["id"] = asking.an_id(request.POST.get("id", ""))
    try:
        context["text"] = request.POST.get("text", "")
        context["text"] = text = asking.typed_plan(request)
        understood = verbs.understood(study, text)
        context["words"] = plan_words.words(study, understood)
        if "check" in request.POST:
            return None
        opens = not blinding.arms_of(study, at).blinded and blinding.ending(study) is None
        if understood.blinding and opens and "blind" not in request.POST:
            context["blinds"] = True
            return None
        kept = verbs.keep(id=context["id"], study=study, text=text, by=request.user, at=at)
    except PlanFault as fault:
        context |= {"fault": fault, "line": asking.line(str(context["text"]), fault.line), "words": None}
        return None
    messages.success(request, _("Version %d is kept.") % kept.version)
    return redirect("study-plan-version", study.pk, kept.version)


@gate.study
@require_http_methods(["GET", "POST"])
def lock(request: HttpRequest, study: Study, version: int) -> HttpResponse:
    """Asks once, then locks. Context: study, plan, reports (how many were made by arm already), area."""
    shown = plans.one(study, version)
    if request.method == "POST":
        verbs.lock(plan=shown, by=request.user, at=clock.now(request))
        messages.success(request, _("Version %d is locked.") % version)
        return redirect("study-plan-version", study.pk, version)
    context = {"study": study, "plan": shown, "reports": plans.reports_by_arm(study), "area": "studies"}
    return render(request, "researcher/plan_lock.html", context)


@gate.study
@require_safe
def text(request: HttpRequest, study: Study, version: int) -> HttpResponse:
    """The version word for word: its SHA-256 is the one that stands on the page."""
    return _download(plans.one(study, version).text, f"plan-{version}.toml")


@gate.study
@require_safe
def lock_file(request: HttpRequest, study: Study, version: int) -> HttpResponse:
    """The lock, as `allay plan lock` writes it."""
    locked: EvaluationPlan = plans.one(study, version)
    if not locked.lock:
        raise NotYours
    return _download(locked.lock, f"plan-{version}.lock.json")


def _download(content: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
