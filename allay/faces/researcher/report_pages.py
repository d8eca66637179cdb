"""The reports that were kept: their list, one of them, its files."""

from pathlib import PurePosixPath
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from allay.faces.researcher import report_lines, shelf
from allay.faces.shared import clock, gate
from allay.records.models import EvaluationReport, Study
from allay.records.queries import blinding, runs

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".svg": "image/svg+xml",
    ".toml": "text/plain; charset=utf-8",
}


@gate.study
@require_safe
def reports(request: HttpRequest, study: Study) -> HttpResponse:
    """Context: study, lines (report_lines.Line), hidden (kept from this person for now), arms, area."""
    arms = blinding.arms_of(study, clock.now(request))
    context = {
        "study": study,
        "lines": report_lines.lines(runs.reports(study, request.user, arms)),
        "hidden": runs.hidden(study, request.user, arms),
        "arms": arms,
        "area": "studies",
    }
    return render(request, "researcher/reports.html", context)


@gate.study
@require_safe
def report(request: HttpRequest, study: Study, report: UUID) -> HttpResponse:
    """Context: study, report, line (report_lines.Line), files (shelf.File), changed (names), area."""
    arms = blinding.arms_of(study, clock.now(request))
    found = runs.report(study, report, request.user, arms)
    lines = report_lines.lines(runs.reports(study, request.user, arms))
    context = {
        "study": study,
        "report": found,
        "line": next(line for line in lines if line.report == found),
        "files": shelf.files(found),
        "changed": shelf.changed(found),
        "area": "studies",
    }
    return render(request, "researcher/report.html", context)


@gate.study
@require_safe
def file(request: HttpRequest, study: Study, report: UUID, name: str) -> HttpResponse:
    """One file of a report. The report itself is read here under a policy of its own; the rest is downloaded."""
    found: EvaluationReport = runs.report(
        study, report, request.user, blinding.arms_of(study, clock.now(request))
    )
    content = shelf.content(found, name)
    kind = KINDS.get(PurePosixPath(name).suffix, "application/octet-stream")
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Security-Policy"] = shelf.policy(content)
    if name != "report.html":
        response.headers["Content-Disposition"] = f'attachment; filename="{PurePosixPath(name).name}"'
    return response
