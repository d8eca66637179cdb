"""The guide of a session, to read on a screen or to print on A4."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from allay.faces.facilitator.guide import guide_of
from allay.faces.shared import clock, gate
from allay.records.models import Group
from allay.records.queries import caseload as queries


@gate.group
@require_safe
def guide(request: HttpRequest, group: Group, week: int) -> HttpResponse:
    """Context: guide (guide.Guide), area."""
    meeting = queries.meeting_of_week(group, week)
    page = guide_of(group, week, meeting, clock.now(request), request.user.language)
    return render(request, "facilitator/guide.html", {"guide": page, "area": "groups"})
