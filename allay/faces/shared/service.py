"""The administrator's page: the numbers of the help card, and what is set up."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from allay.content import library
from allay.faces.shared import clock, gate
from allay.records.access import Permission, require
from allay.records.errors import Invalid
from allay.records.models import Role
from allay.records.queries import blinding
from allay.records.queries import reviewing as review_queries
from allay.records.queries import service as queries
from allay.records.services import reviewing as review_verbs
from allay.records.services import staff

FIELDS = ("kind", "label", "number", "hours")
SPARE_ROWS = 3


@gate.role(Role.Kind.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def service(request: HttpRequest) -> HttpResponse:
    """Context: setup (queries.service.Setup), rows (of the number form), blinded (access.Arms of studies whose
    plan blinds somebody now), unreviewed (names of texts), accepted
    (records.UnreviewedAccepted or None), problem, area."""
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
        "accepted": review_queries.accepted(),
        "problem": problem,
        "area": "service",
    }
    return render(request, "shared/service.html", context, status=422 if problem else 200)


@gate.role(Role.Kind.ADMINISTRATOR)
@require_POST
def reviewing(request: HttpRequest) -> HttpResponse:
    """Accepts texts without a review mark for participants, or ends that."""
    if request.POST.get("accept") == "yes":
        review_verbs.accept_unreviewed(by=request.user, at=clock.now(request))
        messages.success(request, _("Participants see unreviewed texts now. That it was you is noted."))
    else:
        review_verbs.end_acceptance(by=request.user, at=clock.now(request))
        messages.success(request, _("Participants see only reviewed sessions and practices now."))
    return redirect(f"{reverse('service')}#reviewing")


def _typed(request: HttpRequest) -> list[tuple[str, str, str, str]]:
    columns = [request.POST.getlist(field) for field in FIELDS]
    rows = [tuple(cell.strip()[:80] for cell in row) for row in zip(*columns, strict=False)]
    return [row for row in rows if row[1] or row[2]]
