"""Letters to oneself. The pages hand out and take in what is sealed; words exist on the person's phone alone."""

from collections.abc import Iterable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from allay.content import library
from allay.faces.participant import kept
from allay.faces.shared import clock, gate
from allay.records.models import SealedLetter
from allay.records.queries import letters as queries
from allay.records.queries.today import Today
from allay.records.services import letters as services

PARTS = ("code", "crypto", "draw", "fetch", "key", "lost", "new", "sheet", "show", "voice")
SCRIPTS = ("letters", *(f"letter-{part}" for part in PARTS))

# Only here may the browser ask for the microphone; everywhere else the middleware says that nobody may.
MICROPHONE = "camera=(), geolocation=(), microphone=(self), payment=()"


@kept.offline
def _kept(today: Today) -> Iterable[str]:
    """Letters can be read and made without signal."""
    yield from map(reverse, ("me", "letters", "letter-new"))
    yield from (static(f"participant/{script}.js") for script in SCRIPTS)


@gate.own
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """The person's letters, still sealed; a script opens them where the key is. It stays open after leaving.

    Context: letters (queries.letters.LetterLine), left_at, tab.
    """
    context = {
        "letters": queries.lines(request.enrolment),
        "left_at": request.enrolment.withdrawn_at,
        "tab": "me",
    }
    return render(request, "participant/letters.html", context)


@gate.participant
@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """Writing a letter. Context: groups (content.LetterGroup), key_ids (of the letters there are), tab."""
    context = {
        "groups": library.load().letters["phrases"].groups,
        "key_ids": sorted({line.key_id for line in queries.lines(request.enrolment)}),
        "tab": "me",
    }
    response = render(request, "participant/letter_new.html", context)
    response.headers["Permissions-Policy"] = MICROPHONE
    return response


def own_letter(view: gate.View) -> gate.View:
    """A door: one of the person's own letters. The view gets the letter in place of its id."""

    @wraps(view)
    def door(request: HttpRequest, letter: UUID) -> HttpResponse:
        return view(request, queries.sealed(request.enrolment, letter))

    return gate.own(door)


@own_letter
@require_safe
def sealed(request: HttpRequest, letter: SealedLetter) -> JsonResponse:
    """One letter as it is kept: {"id", "key_id", "nonce", "sealed"}, the last two in base64."""
    return JsonResponse(queries.as_kept(letter))


@gate.own
@require_POST
def delete(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Deletes a letter for good, sent as an ordinary form."""
    services.delete(letter=letter, enrolment=request.enrolment, by=request.user, at=clock.now(request))
    messages.success(request, _("The letter is gone for good."))
    return redirect("letters")
