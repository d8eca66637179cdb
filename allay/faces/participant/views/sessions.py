"""The twelve sessions: those whose week has come are open, the others are named."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allay.faces.participant import why
from allay.faces.shared import clock, gate
from allay.records.errors import NotReady
from allay.records.queries import sessions as queries
from allay.records.queries import sheets


@gate.participant
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Context: programme (queries.sessions.OwnProgramme), tab."""
    programme = queries.own_programme(request.enrolment, clock.now(request))
    return render(request, "participant/sessions.html", {"programme": programme, "tab": "sessions"})


@gate.participant
@require_safe
def session(request: HttpRequest, week: int) -> HttpResponse:
    """Context: own (queries.sessions.OwnSession), growing (queries.sheets.Growing: own pages to add to), why, tab.

    A session still to come has a kind page of its own (404).
    """
    own = queries.own_session(request.enrolment, week, clock.now(request))
    if own.open and not own.ready:
        raise NotReady(
            _("“%s” is not ready here yet. It will come; the meeting goes on all the same.") % own.text.title
        )
    template = "participant/session.html" if own.open else "participant/session_later.html"
    context = {
        "own": own,
        "growing": sheets.grown_in(week, request.user.language),
        "why": why.why(request, own.effects if own.open else ()),
        "tab": "sessions",
    }
    return render(request, template, context, status=200 if own.open else 404)
