"""Making a report, and reading the ones that were made."""

from pathlib import PurePosixPath

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from allay.faces.researcher import reports
from allay.faces.shared import clock, gate
from allay.records.models import Study
from allay.records.services import audit

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".svg": "image/svg+xml",
    ".toml": "text/plain; charset=utf-8",
}


@gate.study
@require_POST
def make(request: HttpRequest, study: Study) -> HttpResponse:
    """Makes a report from the study's own rows. Context (where that cannot be): study, why, area."""
    from allay.science.evaluation import BadInput

    at = clock.now(request)
    try:
        made = reports.make(study, at)
    except BadInput as fault:
        context = {"study": study, "why": _why(fault.reason), "area": "studies"}
        return render(request, "researcher/too_little.html", context, status=422)
    audit.record("report.made", by=request.user, at=at, on=study, report=made)
    return redirect("study-report", study.pk, made)


def _why(reason: str) -> str:
    return _("What is missing: %s.") % reason.rstrip(".")


@gate.study
@require_safe
def report(request: HttpRequest, study: Study, made: str) -> HttpResponse:
    """Context: study, report (reports.Report), area."""
    context = {"study": study, "report": reports.one(study, made), "area": "studies"}
    return render(request, "researcher/report.html", context)


@gate.study
@require_safe
def file(request: HttpRequest, study: Study, made: str, name: str) -> HttpResponse:
    """One file of a report. The report itself is read here under a policy of its own; the rest is downloaded."""
    content = reports.content(study, made, name)
    kind = KINDS.get(PurePosixPath(name).suffix, "application/octet-stream")
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Security-Policy"] = reports.policy(content)
    if name != "report.html":
        response.headers["Content-Disposition"] = f'attachment; filename="{PurePosixPath(name).name}"'
    return response
