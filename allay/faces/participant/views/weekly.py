"""The weekly note: how the week was, in a few taps."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from allay.faces.participant import checking, kept
from allay.faces.participant.forms import CheckInForm
from allay.faces.shared import clock, gate
from allay.records.errors import NotYours
from allay.records.queries import today as queries
from allay.records.queries import weekly_note


@kept.offline
def _weekly(today: queries.Today) -> list[str]:
    return [reverse("weekly-note")] if weekly_note.asked_weekly(today.enrolment) else []


@gate.participant
@require_http_methods(["GET", "POST"])
def weekly(request: HttpRequest) -> HttpResponse:
    """The note of the week, also where this week has one already: what is noted twice is kept twice.

    Context: form (content.CheckInForm), questions, problems (sentences), entry_id (a fresh id), day, tab.
    """
    content = weekly_note.asked_weekly(request.enrolment)
    if content is None:
        raise NotYours
    form, status = CheckInForm(content), 200
    if request.method == "POST":
        form = checking.form_of(request, content)
        status = checking.keep(request, form)
        if status == checking.KEPT:
            return redirect("today")
    context = {
        "form": content,
        "questions": form.questions(),
        "problems": form.non_field_errors(),
        "entry_id": uuid4(),
        "day": queries.local_day(request.enrolment, clock.now(request)),
        "tab": "today",
    }
    return render(request, "participant/weekly.html", context, status=status)
