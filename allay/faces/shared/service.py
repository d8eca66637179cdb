"""The administrator's page: the numbers of the help card, and what is set up."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allay.content import library
from allay.faces.shared import clock, gate
from allay.records.access import Permission, require
from allay.records.errors import Invalid
from allay.records.models import Role
from allay.records.queries import blinding
from allay.records.queries import service as queries
from allay.records.services import staff

FIELDS = ("kind", "label", "number", "hours")
SPARE_ROWS = 3


@gate.role(Role.Kind.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def service(request: HttpRequest) -> HttpResponse:
    """Context: setup (queries.service.Setup), rows (of the number form), blinded (access.Arms of studies whose
    plan blinds somebody now), unreviewed, problem, area."""
    require(request.user, Permission.MANAGE)
    problem = ""
    setup = queries.setup()
    rows = [[getattr(number, field) for field in FIELDS] for number in setup.numbers]
    if request.method == "POST":
        rows = _typed(request)
        try:
            staff.set_help_numbers(numbers=rows, by=request.user, at=clock.now(request))
        except Invalid as refusal:
            problem = str(refusal.sentence)
        else:
            messages.success(request, _("The help card shows these numbers now."))
            return redirect("service")
    context = {
        "setup": setup,
        "rows": rows + [["", "", "", ""]] * SPARE_ROWS,
        "blinded": blinding.standing(clock.now(request)),
        "unreviewed": library.load().unreviewed,
        "problem": problem,
        "area": "service",
    }
    return render(request, "shared/service.html", context, status=422 if problem else 200)


def _typed(request: HttpRequest) -> list[tuple[str, str, str, str]]:
    columns = [request.POST.getlist(field) for field in FIELDS]
    rows = [tuple(cell.strip()[:80] for cell in row) for row in zip(*columns, strict=False)]
    return [row for row in rows if row[1] or row[2]]
