"""Studies under numbers instead of names: how complete they are, and the table to download."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from allay.faces.researcher import reports, tables
from allay.faces.shared import clock, gate
from allay.records.models import Role, Study
from allay.records.queries import analysis
from allay.records.services import audit


@gate.role(Role.Kind.RESEARCHER)
@require_safe
def studies(request: HttpRequest) -> HttpResponse:
    """Context: studies (analysis.Overview), area."""
    found = analysis.overviews(request.user)
    return render(request, "researcher/studies.html", {"studies": found, "area": "studies"})


@gate.study
@require_safe
def study(request: HttpRequest, study: Study) -> HttpResponse:
    """Context: study, arms, timepoints, lines (tables.Line), reports (reports.Report), area."""
    context = {
        "study": study,
        "arms": analysis.arms(study),
        "timepoints": tables.timepoints(study),
        "lines": tables.completeness(study, clock.now(request)),
        "reports": reports.listing(study),
        "area": "studies",
    }
    return render(request, "researcher/study.html", context)


@gate.study
@require_safe
def table(request: HttpRequest, study: Study) -> StreamingHttpResponse:
    """The analysis table as CSV, a few thousand rows at a time; that it was taken is noted."""
    at = clock.now(request)
    if request.method == "GET":
        audit.record("study.table-taken", by=request.user, at=at, on=study)
    lines = tables.lines(analysis.complete_rows(study, at)) if request.method == "GET" else iter(())
    response = StreamingHttpResponse(tables.stream(request, lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="allay-table-{at:%Y-%m-%d}.csv"'
    return response
