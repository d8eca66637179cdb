"""Reminders: what a person chooses, the feed that a calendar fetches, and the way out of an e-mail."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allay.faces.participant import calendar, notes
from allay.faces.participant.reminder_forms import WEEKDAYS, CalendarForm, EmailForm
from allay.faces.shared import clock, gate
from allay.records.access import SYSTEM
from allay.records.errors import Invalid, NotYours
from allay.records.queries import reminders as queries
from allay.records.queries.today import zone_of
from allay.records.services import reminders


@gate.participant
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(
    request: HttpRequest,
    *,
    calendar_form: CalendarForm | None = None,
    email_form: EmailForm | None = None,
    address: str = "",
    status: int = 200,
) -> HttpResponse:
    """Context: feed (CalendarFeed or None), calendar_form, address (of a feed just made: shown this once),
    reminder (EmailReminder or None), email_form, weekdays (value and words), quiet, mail_ready, tab."""
    feed, reminder = queries.chosen(request.enrolment)
    context = {
        "feed": feed,
        "calendar_form": calendar_form or (CalendarForm(feed) if feed else None),
        "address": address,
        "webcal": address.partition("://")[2],
        "reminder": reminder,
        "email_form": email_form or EmailForm(reminder, zone_of(request.enrolment).key),
        "weekdays": WEEKDAYS,
        "quiet": reminder is not None and reminder.ignored >= queries.QUIET_AFTER,
        "mail_ready": settings.EMAIL_READY,
        "tab": "me",
    }
    return render(request, "participant/reminders.html", context, status=status)


@gate.participant
@require_POST
def in_calendar(request: HttpRequest) -> HttpResponse:
    """`do`: make (a new address, shown this once), end, or save what stands in it."""
    who = {"enrolment": request.enrolment, "by": request.user, "at": clock.now(request)}
    do = request.POST.get("do")
    if do == "make":
        secret = reminders.make_feed(zone=zone_of(request.enrolment).key, **who)
        return _page(request, address=settings.URL + reverse("calendar-feed", args=[secret]))
    if do == "end":
        reminders.end_feed(**who)
        messages.success(request, _("Done. The address works no more. You can take it out of your calendar."))
        return redirect("me-reminders")
    feed, _reminder = queries.chosen(request.enrolment)
    if feed is None:
        return redirect("me-reminders")
    form = CalendarForm(feed, request.POST)
    if not form.is_valid():
        return _page(request, calendar_form=form, status=422)
    reminders.choose_feed(**form.chosen(), **who)
    messages.success(request, _("Saved. Your calendar will show it when it next looks."))
    return redirect("me-reminders")


@gate.participant
@require_POST
def by_email(request: HttpRequest) -> HttpResponse:
    """`do`: stop, or save. Where the service sends no e-mail, nothing is kept."""
    who = {"enrolment": request.enrolment, "by": request.user, "at": clock.now(request)}
    if request.POST.get("do") == "stop":
        reminders.stop_email(**who)
        messages.success(request, _("Done. No more notes come."))
        return redirect("me-reminders")
    if not settings.EMAIL_READY:
        return redirect("me-reminders")
    form = EmailForm(None, zone_of(request.enrolment).key, request.POST)
    try:
        if form.is_valid():
            reminders.choose_email(**form.chosen(), **who)
            messages.success(request, _("Saved. One note comes on each day you chose."))
            return redirect("me-reminders")
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
    return _page(request, email_form=form, status=422)


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a secret address, for whoever holds it. A wrong one is not found."""
    found = queries.calendar_of(secret)
    if found is None:
        raise NotYours
    with translation.override(found.enrolment.person.language):
        text = calendar.feed_text(found)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the token is all that it takes, and all it can do
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ends somebody's notes. A look alone ends nothing: mail scanners follow links. Context: done, tab."""
    enrolment = notes.enrolment_of(token)
    if enrolment is None:
        raise NotYours
    if request.method == "POST":
        reminders.stop_email(enrolment=enrolment, by=SYSTEM, at=clock.now(request))
    response = render(request, "participant/stop_notes.html", {"done": request.method == "POST", "tab": ""})
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
