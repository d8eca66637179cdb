"""A flare: the page for its first minutes, open to everybody; for those who take part also the word that it is one."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from allay.content import library
from allay.faces.participant.ids import random_id
from allay.faces.shared import clock, gate
from allay.faces.shared.sheets import flare_plan_lines
from allay.records.access import Permission, can
from allay.records.errors import Invalid
from allay.records.models import Enrolment, HelpNumber
from allay.records.queries import consents, practices
from allay.records.queries import flares as queries
from allay.records.queries.people import enrolment_of
from allay.records.services import flares


@require_safe
def flare(request: HttpRequest) -> HttpResponse:
    """Context: page (content.HelpPage), numbers, tab; taking_part, and then flare (records.Flare or None), flare_plan,
    asks_whether_on, entry_id (a fresh id for the form), walk_through (the practice for a flare may be opened)."""
    context: dict[str, object] = {
        "page": library.load().help["flare"],
        "numbers": list(HelpNumber.objects.all()),
        "tab": "flare",
    }
    enrolment = enrolment_of(request.user) if request.user.is_authenticated else None
    if enrolment is not None and _takes_part(request, enrolment):
        on = queries.current(enrolment)
        context |= {"taking_part": True, "flare": on, "entry_id": uuid4()}
        context |= {"flare_plan": flare_plan_lines(enrolment)}
        context |= {"walk_through": practices.may_open(enrolment, practices.FOR_A_FLARE, clock.now(request))}
        context |= {"asks_whether_on": queries.asks_whether_on(on, clock.now(request))}
    return render(request, "shared/flare.html", context)


def _takes_part(request: HttpRequest, enrolment: Enrolment) -> bool:
    return can(request.user, Permission.TAKE_PART, enrolment) and consents.standing(enrolment).get(
        "programme", False
    )


def _own_id(request: HttpRequest, field: str = "id") -> object:
    found = random_id(request.POST.get(field))
    if found is None:
        raise Invalid(field=field)
    return found


@gate.participant
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """This is a flare, said by an ordinary form."""
    flares.declare(
        id=_own_id(request),
        enrolment=request.enrolment,
        tell_facilitator=request.POST.get("tell_facilitator") == "yes",
        by=request.user,
        at=clock.now(request),
    )
    return redirect("today")


@gate.participant
@require_POST
def ease(request: HttpRequest) -> HttpResponse:
    """It has eased, said by an ordinary form."""
    return _say(request, flares.ease)


@gate.participant
@require_POST
def still_on(request: HttpRequest) -> HttpResponse:
    """It is still a flare, said by an ordinary form."""
    return _say(request, flares.still_on)


def _say(request: HttpRequest, verb: object) -> HttpResponse:
    verb(  # type: ignore[operator]
        id=_own_id(request),
        flare=random_id(request.POST.get("flare")),
        enrolment=request.enrolment,
        by=request.user,
        at=clock.now(request),
    )
    return redirect("today")
