"""Me: own weeks, own scores, a way back, everything as a file, and leaving."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allay.faces.participant import keeping, pictures
from allay.faces.shared import clock, gate, support
from allay.records.errors import Invalid
from allay.records.queries import consents, own_data, progress, weekly_note
from allay.records.services import audit, codes, enrolments


@gate.own
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Everything about the person, for the person; it stays open after leaving.

    Context: pictures (pictures.Weeks; none without a check-in), scores (pictures.OverTime, one for each instrument),
    agreed (latest decision by purpose), left_at, looks_back (whether that is on), looking_in (who is there,
    as a sentence), tab.

    A score that is reliably worse stands in `scores` only after somebody has talked with the person, and with
    it everything else of that timepoint. The page says nothing about a single timepoint that waits: "we would
    like to talk with you first" tells the very thing it holds back, to somebody alone with a phone, and
    promises a talk that nobody has arranged yet. Leaving it out without a word would be a trick on whoever
    notices. So one sentence stands under everybody's scores, always: new answers may take a while, some are
    looked at together first, and the person can ask at any time. The file of everything holds all scores.
    """
    enrolment, size = request.enrolment, request.user.text_size
    context = {
        "pictures": pictures.own_weeks(
            progress.days(enrolment),
            weekly_note.asked_daily(enrolment),
            weekly_note.asked_weekly(enrolment),
            size,
        ),
        "scores": pictures.over_time(progress.own_scores(enrolment, request.user.language), size),
        "agreed": consents.standing(enrolment),
        "left_at": enrolment.withdrawn_at,
        "looks_back": enrolment.looks_back_since is not None,
        "looking_in": support.line(enrolment.group),
        "tab": "me",
    }
    return render(request, "participant/me.html", context)


@gate.own
@require_http_methods(["GET", "POST"])
def way_back(request: HttpRequest) -> HttpResponse:
    """What the code is for; POST makes one and shows it, this once. Context: code ("" before), tab."""
    if request.enrolment.withdrawn_at is not None:
        return redirect("me")
    code = ""
    if request.method == "POST":
        code = codes.way_back(enrolment=request.enrolment, by=request.user, at=clock.now(request))
    return render(request, "participant/way_back.html", {"code": code, "tab": "me"})


@gate.own
@require_safe
def keep(request: HttpRequest) -> HttpResponse:
    """Everything as a file, to read or for programs. Context: tab."""
    return render(request, "participant/keep/page.html", {"tab": "me"})


@gate.own
@require_safe
def keep_file(request: HttpRequest) -> HttpResponse:
    """One page that needs nothing but itself: own data, sessions reached, practices, letters (still sealed)."""
    at = clock.now(request)
    context = {
        "style": keeping.style(),
        "chapters": keeping.chapters(request.user, request.enrolment, at),
        "at": at,
    }
    response = render(request, "participant/keep/file.html", context)
    audit.record("own-data.taken", by=request.user, at=at, on=request.enrolment)
    response.headers["Content-Disposition"] = 'attachment; filename="my-allay.html"'
    return response


@gate.own
@require_safe
def export(request: HttpRequest) -> JsonResponse:
    """Everything kept about the person, as one file. Its name says nothing about anybody."""
    at = clock.now(request)
    everything = own_data.own_data(request.user, at)
    audit.record("own-data.taken", by=request.user, at=at, on=request.enrolment)
    response = JsonResponse(everything, json_dumps_params={"indent": 1, "ensure_ascii": False})
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@gate.own
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """What leaving means, then a tap. Context: agreed (latest decision by purpose), left_at, tab."""
    if request.method == "POST":
        return _leave(request, request.POST.get("leave", ""))
    context = {
        "agreed": consents.standing(request.enrolment),
        "left_at": request.enrolment.withdrawn_at,
        "tab": "me",
    }
    return render(request, "participant/withdraw.html", context)


def _leave(request: HttpRequest, what: str) -> HttpResponse:
    if what not in ("evaluation", "altogether"):
        raise Invalid(field="leave")
    evaluation_only = what == "evaluation"
    enrolments.withdraw(
        enrolment=request.enrolment,
        evaluation_only=evaluation_only,
        by=request.user,
        at=clock.now(request),
    )
    if evaluation_only:
        messages.success(
            request, _("Done. Your answers are left out of new reports. Your place stays yours.")
        )
    else:
        messages.success(request, _("Done. You have left. Thank you for the time you gave."))
    return redirect("me")
