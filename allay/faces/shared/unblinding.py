"""Where an administrator ends the blinding of a study, with a reason."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allay.faces.shared import clock, gate
from allay.records.access import Permission, require
from allay.records.errors import Invalid, NotYours
from allay.records.models import Role, Study, Unblinding
from allay.records.queries import blinding
from allay.records.services import blinding as verbs


@gate.role(Role.Kind.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, study: UUID) -> HttpResponse:
    """Context: study, arms (access.Arms), ended (Unblinding or None), id, kind, reason, problem, area."""
    found = Study.objects.filter(pk=study).first()
    if found is None:
        raise NotYours
    at, problem = clock.now(request), ""
    arms = blinding.arms_of(found, at)
    require(request.user, Permission.UNBLIND, arms)
    kind, reason = request.POST.get("kind", ""), request.POST.get("reason", "")
    if request.method == "POST":
        try:
            verbs.end(id=_id(request), study=found, kind=kind, reason=reason, by=request.user, at=at)
        except Invalid as refusal:
            problem = str(refusal.sentence)
        else:
            messages.success(
                request, _("The blinding of this study has ended. That and the reason are kept.")
            )
            return redirect("service")
    context = {
        "study": found,
        "arms": arms,
        "ended": blinding.ending(found),
        "id": uuid4(),
        "kinds": Unblinding.Kind,
        "kind": kind,
        "reason": reason,
        "problem": problem,
        "area": "service",
    }
    return render(request, "shared/unblinding.html", context, status=422 if problem else 200)


def _id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("id", ""))
    except ValueError:
        raise NotYours from None
