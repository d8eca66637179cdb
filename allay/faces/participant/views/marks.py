"""Own marks on practices: kept close, which also means kept on the phone, and not for me."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from allay.content import library
from allay.faces.participant import kept
from allay.faces.participant.outbox.marks import MarkContent
from allay.faces.participant.outbox.shapes import shaped
from allay.faces.shared import clock, gate
from allay.records.queries.today import Today, wording
from allay.records.services import ownpractices


@kept.offline
def _favourites(today: Today) -> Iterator[str]:
    """Every practice kept close, with all its lengths, the shortest first."""
    for practice in today.favourites:
        yield reverse("practice", args=[practice])
        forms = wording(library.load().practices[practice].text, today.enrolment.person.language).forms
        for minutes in sorted(map(int, forms)):
            yield reverse("practice-play", args=[practice, minutes])


@gate.participant
@require_POST
def mark(request: HttpRequest, practice: str) -> HttpResponse:
    """Keeps a mark sent as an ordinary form; from the list of practices or from the page of one."""
    said = shaped(MarkContent, {"practice": practice, "mark": request.POST.get("mark")})
    ownpractices.mark(
        enrolment=request.enrolment,
        practice=practice,
        mark=said.mark,
        by=request.user,
        at=clock.now(request),
    )
    messages.success(request, library.load().phrases[f"practice.marked-{said.mark}"])
    return redirect("practices")
