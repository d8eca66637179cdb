"""Studies under numbers instead of names: how complete they are, and the table to download."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from allay.faces.researcher import asking, report_lines, tables
from allay.faces.shared import clock, gate
from allay.records.access import Permission, can
from allay.records.models import Role, Study
from allay.records.queries import analysis, blinding, plans, runs
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
    """Context: study, arms (access.Arms), blind, timepoints, lines (tables.Line), people (flow.ArmFlow),
    plan, ask (asking.Ask), open (runs), reports (report_lines.Line), hidden, area."""
    at, person = clock.now(request), request.user
    arms = blinding.arms_of(study, at)
    blind = not can(person, Permission.READ_ARMS, arms)
    plan = plans.newest(study)
    context = {
        "study": study,
        "arms": arms,
        "blind": blind,
        "timepoints": tables.timepoints(study),
        "lines": tables.completeness(study, at, together=blind),
        "people": tables.people(study, together=blind),
        "plan": plan,
        "ask": asking.ask(study, plan, person, at),
        "open": runs.of_study(study, person, arms),
        "reports": report_lines.lines(runs.reports(study, person, arms)),
        "hidden": runs.hidden(study, person, arms),
        "area": "studies",
    }
    return render(request, "researcher/study.html", context)


@gate.study
@require_safe
def table(request: HttpRequest, study: Study) -> StreamingHttpResponse:
    """The analysis table as CSV, a few thousand rows at a time; that it was taken is noted.

    Whom the plan blinds gets it without arms and groups.
    """
    at = clock.now(request)
    blind = not can(request.user, Permission.READ_ARMS, blinding.arms_of(study, at))
    lines: Iterator[str] = iter(())
    if request.method == "GET":
        audit.record("study.table-taken", by=request.user, at=at, on=study, blind=blind)
        lines = tables.blind_lines(study, at) if blind else tables.lines(analysis.complete_rows(study, at))
    response = StreamingHttpResponse(tables.stream(request, lines), content_type="text/csv; charset=utf-8")
    kind = "blind-table" if blind else "table"
    response.headers["Content-Disposition"] = f'attachment; filename="allay-{kind}-{at:%Y-%m-%d}.csv"'
    return response
