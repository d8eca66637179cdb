"""One questionnaire: one form class and one template for all. Each answer is kept as it is given."""

import json
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from allay.content import library
from allay.faces.participant.ids import random_id
from allay.faces.shared import clock, gate
from allay.faces.shared.forms import InstrumentForm
from allay.records.errors import Invalid
from allay.records.queries import questionnaire as queries
from allay.records.queries.today import wording
from allay.records.services import responses


@gate.participant
@require_http_methods(["GET", "POST"])
def questionnaire(request: HttpRequest, timepoint: str, instrument: str) -> HttpResponse:
    """The questions where they were left; POST keeps what is there, and finishes when asked to."""
    standing = queries.standing(request.enrolment, timepoint, instrument, clock.now(request))
    if request.method == "POST":
        return _sent(request, standing)
    if standing.done or standing.state != "open":
        return _closed(request, standing)
    return _page(request, standing, _form(request, standing))


def _form(request: HttpRequest, standing: queries.Standing, data: QueryDict | None = None) -> InstrumentForm:
    definition = standing.definition
    words = wording(definition.wording, request.user.language)
    return InstrumentForm(definition, words=words, given=standing.given, data=data)


def _page(
    request: HttpRequest,
    standing: queries.Standing,
    form: InstrumentForm,
    *,
    status: int = 200,
    ask: bool = False,
) -> HttpResponse:
    """Context: standing (queries.questionnaire.Standing), words (content.Wording), questions, problems
    (sentences), wrong (whether anything did not fit), response_id, ask (whether to ask about questions without an answer), unanswered (their
    number), first_open (the first of them), tab.
    """
    context = {
        "standing": standing,
        "words": form.words,
        "questions": form.questions(),
        "problems": form.non_field_errors(),
        "wrong": bool(form.errors),
        "response_id": standing.response.pk if standing.response else uuid4(),
        "ask": ask,
        "unanswered": len(form.missing) if ask else 0,
        "first_open": form.missing[0] if ask else "",
        "tab": "",
    }
    return render(request, "participant/questionnaire.html", context, status=status)


def _closed(request: HttpRequest, standing: queries.Standing) -> HttpResponse:
    """Why these questions cannot be answered now. Context: standing, words, tab."""
    words = wording(standing.definition.wording, request.user.language)
    context = {"standing": standing, "words": words, "tab": ""}
    return render(
        request, "participant/questionnaire_closed.html", context, status=200 if standing.done else 409
    )


def _sent(request: HttpRequest, standing: queries.Standing) -> HttpResponse:
    form = _form(request, standing, request.POST)
    if not form.is_valid():
        return _page(request, standing, form, status=422)
    step = request.POST.get("next_step", "finish")
    if step == "later" or (step == "finish" and form.missing):
        responses.answer(
            **_response(request, standing, request.POST.get("response_id")), answers=form.answers
        )
        if step == "finish":  # nothing is required, but a question may have been passed over unseen
            return _page(request, standing, form, status=422, ask=True)
        messages.success(request, _("Kept. You can go on here whenever you like."))
        return redirect("today")
    responses.record(**_response(request, standing, request.POST.get("response_id")), answers=form.answers)
    messages.success(request, library.load().phrases["questions.done"])
    return redirect("today")


def _response(request: HttpRequest, standing: queries.Standing, sent_id: object) -> dict[str, Any]:
    """Whose response to what this is, as the verbs take it. A client that sends no id gets one."""
    own_id = uuid4() if sent_id in (None, "") else random_id(sent_id)
    if own_id is None:
        raise Invalid(field="response_id")
    return {
        "id": own_id,
        "enrolment": request.enrolment,
        "timepoint": standing.timepoint,
        "instrument": standing.definition.id,
        "by": request.user,
        "at": clock.now(request),
    }


@gate.participant
@require_POST
def answer(request: HttpRequest, timepoint: str, instrument: str) -> JsonResponse:
    """Keeps answers as they are given: the form's own fields, or JSON {"id", "item", "value"}; null is a skip.

    Replies {"status": "kept"}; an answer that does not fit gives 422 and {"code", "field", "why"}.
    """
    standing = queries.standing(request.enrolment, timepoint, instrument, clock.now(request))
    sent = _json(request) if request.content_type == "application/json" else request.POST
    form = _form(request, standing, sent)
    if not form.is_valid() or not form.answers:
        field, (why, *_more) = next(iter(form.errors.items()), ("item", [""]))
        return JsonResponse({"code": Invalid.code, "field": field, "why": why}, status=Invalid.status)
    responses.answer(**_response(request, standing, sent.get("response_id")), answers=form.answers)
    return JsonResponse({"status": "kept"})


def _json(request: HttpRequest) -> QueryDict:
    """One answer sent as JSON, as the form would have sent it. Raises Invalid when it is none."""
    try:
        sent = json.loads(request.body)
        item, value = str(sent["item"]), sent["value"]
        typed = "" if value is None else str(value)
    except (ValueError, RecursionError, TypeError, KeyError):
        raise Invalid(field="item") from None
    as_form = QueryDict(mutable=True)
    as_form[item] = typed
    as_form["response_id"] = str(sent.get("id") or "")
    return as_form
