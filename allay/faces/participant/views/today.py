"""Today: this week's session, one practice, how the day is. And the door of the phone's outbox."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from allay.content.schema import PracticeText
from allay.faces.participant import checking, kept, outbox, why
from allay.faces.participant.forms import CheckInForm
from allay.faces.shared import clock, gate
from allay.faces.shared.sheets import flare_plan_lines
from allay.records.errors import Invalid
from allay.records.queries import flares, two_week_tries, weekly_note
from allay.records.queries import today as queries
from allay.science import rules


@gate.participant
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The first page of every day."""
    return _page(request, CheckInForm(weekly_note.asked_daily(request.enrolment)))


@gate.participant
@require_POST
def check_in(request: HttpRequest) -> HttpResponse:
    """Keeps a check-in sent as an ordinary form. What does not fit is said beside its question."""
    form = checking.form_of(request, weekly_note.asked_daily(request.enrolment))
    status = checking.keep(request, form)
    return redirect("today") if status == checking.KEPT else _page(request, form, status=status)


def _page(request: HttpRequest, form: CheckInForm, status: int = 200) -> HttpResponse:
    """Context: today (queries.today.Today), session_title, practice (content.PracticeText), lengths (its
    minutes), path (the weeks), zone and place (of the group), kept_offline (addresses the phone keeps), tab;
    for the check-in: questions, problems (sentences), entry_id (a fresh id for the form), again (it is one more);
    flare (records.Flare that is on, or None), flare_plan (ShownLine each), asks_whether_on; why, back (after two weeks away);
    two_week_try (queries.two_week_tries.Line or None); weekly (content.CheckInForm while the week is asked about, or None; not in a flare).
    """
    enrolment, language = request.enrolment, request.user.language
    today = queries.today(enrolment, at := clock.now(request))
    zone = queries.zone_of(enrolment)
    practice = queries.wording(today.practice.text, language) if today.practice else None
    context = {
        "today": today,
        "session_title": queries.wording(today.session.text, language).title if today.session else "",
        "practice": practice,
        "lengths": _lengths(practice, today),
        "path": range(1, today.weeks + 1),
        "zone": zone,
        "place": zone.key.rpartition("/")[2].replace("_", " "),
        "kept_offline": kept.addresses(today),
        "questions": form.questions(),
        "weekly": None if today.flare else weekly_note.offered(enrolment, at),
        "two_week_try": two_week_tries.line(enrolment, at),
        "problems": form.non_field_errors(),
        "entry_id": uuid4(),
        "again": today.checked_in and not form.is_bound,
        "why": why.why(request, today.effects),
        "back": any(effect.does == "one-message" for effect in today.effects),
        "flare": today.flare,
        "flare_plan": flare_plan_lines(enrolment) if today.flare else [],
        "asks_whether_on": flares.asks_whether_on(today.flare, at),
        "tab": "today",
    }
    return render(request, "participant/today.html", context, status=status)


def _lengths(practice: PracticeText | None, today: queries.Today) -> list[int]:
    """The shortest alone where a rule says so."""
    lengths = sorted(int(minutes) for minutes in practice.forms) if practice else []
    return lengths[:1] if rules.only_shortest(today.effects) else lengths


@gate.own
@require_POST
def sync(request: HttpRequest) -> JsonResponse:
    """Takes a parcel of entries from a phone's outbox; answers {"results": [...]}, one for each entry.

    400 when it is no parcel, 413 when it is too large, 415 when it is not JSON.
    """
    if request.content_type != "application/json":
        return JsonResponse({"code": "invalid", "field": "body"}, status=415)
    try:
        entries = outbox.entries(request.body)
    except Invalid as refusal:
        return JsonResponse({"code": refusal.code, "field": refusal.field}, status=400)
    at = clock.now(request)
    results = [outbox.keep(entry, enrolment=request.enrolment, by=request.user, at=at) for entry in entries]
    return JsonResponse({"results": results})
