"""Keeping a check-in that was sent as an ordinary form, about the day or about the week."""

from django.contrib import messages
from django.utils.translation import gettext as _

from allay.content import library
from allay.content.schema import CheckInForm as CheckInContent
from allay.faces.participant.forms import CheckInForm
from allay.faces.shared import clock, gate
from allay.records.errors import DifferentContent, Invalid
from allay.records.services import checkins

KEPT = 302


def form_of(request: gate.SignedIn, asked: CheckInContent) -> CheckInForm:
    """What was sent, read by the form that it names: a page may have been open while the study changed what it asks."""
    sent = library.load().checkins.get(request.POST.get("form", ""))
    return CheckInForm(sent if sent is not None and sent.about == asked.about else asked, request.POST)


def keep(request: gate.SignedIn, form: CheckInForm) -> int:
    """Keeps the form and leaves a word of thanks for the next page. Gives the status to answer with.

    KEPT, or 422 and 409 with what is to be said standing in the form's errors.
    """
    if not form.is_valid():
        return 422
    try:
        checkins.record(**form.entry(), enrolment=request.enrolment, by=request.user, at=clock.now(request))
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
        return 422
    except DifferentContent:
        # somebody went back, changed an answer and sent the page again: offer it as an entry of its own
        form.add_error(None, _("What you gave before is kept. Save once more to add this as well."))
        return 409
    thanks = form.content.thanks
    if form.entry()["not_today"]:
        thanks = library.load().phrases["check-in.not-today"]
    messages.success(request, thanks)
    return KEPT
