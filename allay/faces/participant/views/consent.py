"""What taking part means, and two choices, each by itself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allay.faces.participant.forms import ConsentForm, consent_questions
from allay.faces.shared import clock, gate
from allay.records.errors import NotYours
from allay.records.models import ConsentText
from allay.records.queries import consents
from allay.records.services import enrolments


@gate.own
@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """The registered text with its choices; also the page to change one's mind.

    Context: text (the body of records.ConsentText), text_id, questions (faces.shared.forms.Question),
    standing (decisions so far by purpose), tab. Refusing the second choice never blocks the first.
    """
    if request.enrolment.withdrawn_at is not None:
        return redirect("me")
    text = consents.current_text(request.enrolment, request.user.language)
    if text is None:
        raise NotYours
    if request.method == "GET":
        return _page(request, text, ConsentForm(initial=_chosen(request)))
    form = ConsentForm(request.POST)
    if form.is_valid() and form.cleaned_data["text"] != text.pk:
        form.add_error(None, _("The text has been renewed since you opened it. Please read it once more."))
    if not form.is_valid():
        return _page(request, text, form, status=422)
    return _decide(request, text, form)


def _decide(request: HttpRequest, text: ConsentText, form: ConsentForm) -> HttpResponse:
    takes_part = form.decided("programme")
    enrolments.decide(
        enrolment=request.enrolment,
        text=text,
        programme=takes_part,
        evaluation=takes_part and form.decided("evaluation"),
        by=request.user,
        at=clock.now(request),
    )
    if not takes_part:
        return redirect("consent")
    messages.success(request, _("Thank you. You can change this at any time on the page Me."))
    return redirect("today")


def _chosen(request: HttpRequest) -> dict[str, str]:
    standing = consents.standing(request.enrolment)
    return {purpose: "yes" if given else "no" for purpose, given in standing.items()}


def _page(request: HttpRequest, text: ConsentText, form: ConsentForm, status: int = 200) -> HttpResponse:
    context = {
        "text": text.body,
        "text_id": text.pk,
        "questions": consent_questions(text.body, form),
        "problems": form.non_field_errors(),
        "wrong": form.is_bound and bool(form.errors),
        "standing": consents.standing(request.enrolment),
        "tab": "",
    }
    return render(request, "participant/consent.html", context, status=status)
