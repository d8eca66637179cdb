"""A two-week try: choosing two, the plan of days, stopping, and what came out."""

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from allay.faces.participant import kept
from allay.faces.participant.ids import random_id
from allay.faces.shared import clock, gate
from allay.records.errors import Invalid, NotYours
from allay.records.queries import rules
from allay.records.queries import two_week_tries as queries
from allay.records.queries.today import Today, wording
from allay.records.services import two_week_tries
from allay.science.two_week_try import Reading


@kept.offline
def _page_of_tries(today: Today) -> list[str]:
    return [reverse("two-weeks")] if today.in_programme else []


@gate.participant
@require_safe
def two_weeks(request: HttpRequest) -> HttpResponse:
    return _choosing(request)


def _choosing(request: HttpRequest, problem: str = "") -> HttpResponse:
    """Context: told (queries.Shown of the one that is on, or None), past (Shown each), choices (id and name),
    outcomes (id, name, question), chosen (what was tapped), problem, flare, entry_id, tab."""
    enrolment, at = request.enrolment, clock.now(request)
    told = [queries.shown(row, at) for row in queries.of(enrolment)]
    language = request.user.language
    context = {
        "told": next((one for one in told if one.stage in ("before", "on")), None),
        "past": [one for one in told if one.stage in ("over", "stopped")],
        "choices": [(one.id, wording(one.text, language).name) for one in queries.choices(enrolment, at)],
        "outcomes": queries.outcomes(enrolment),
        "chosen": request.POST,
        "problem": problem,
        "flare": rules.standing(enrolment, at).flare,
        "entry_id": random_id(request.POST.get("id")) or uuid4(),
        "tab": "practices",
    }
    return render(request, "participant/two_weeks.html", context, status=422 if problem else 200)


@gate.participant
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Draws the days and shows them; what does not fit is said above the form, with the taps kept."""
    own_id = random_id(request.POST.get("id"))
    if own_id is None:
        raise Invalid(field="id")
    taps = {name: request.POST.get(name, "") for name in ("first", "second", "outcome")}
    try:
        row, _new = two_week_tries.begin(
            id=own_id, enrolment=request.enrolment, **taps, by=request.user, at=clock.now(request)
        )
    except Invalid as refusal:
        return _choosing(request, str(refusal.sentence))
    return redirect("two-week-try", row.pk)


@gate.participant
@require_safe
def two_week_try(request: HttpRequest, meant: UUID) -> HttpResponse:
    """Context: told (queries.Shown), reading (science Reading, or None before the end), names (of the first and the
    second), better and other (names, the way round that fits the reading), low and high (points, the same way round),
    entry_id, tab."""
    at = clock.now(request)
    row = next((one for one in queries.of(request.enrolment) if one.pk == meant), None)
    if row is None:
        raise NotYours
    told = queries.shown(row, at)
    reading = queries.reading(row) if told.stage == "over" else None
    context = {"told": told, "reading": reading, "entry_id": uuid4(), "tab": "practices"}
    context |= _words(told, reading) if reading else {}
    return render(request, "participant/two_week_try.html", context)


def _words(told: queries.Shown, reading: Reading) -> dict[str, object]:
    names = (told.first, told.second or _("no practice"))
    turned = reading.with_first is False
    better, other = names[::-1] if turned else names
    low, high = reading.low, reading.high
    if turned and low is not None and high is not None:
        low, high = -high, -low
    return {
        "better": better,
        "other": other,
        "days": reading.days[::-1] if turned else reading.days,
        "low": low,
        "high": high,
        "worse": -low if low is not None and low < 0 else None,
    }


@gate.participant
@require_POST
def stop(request: HttpRequest, meant: UUID) -> HttpResponse:
    """Ends it; nothing is asked."""
    row, _ended = two_week_tries.stop(
        id=uuid4(), enrolment=request.enrolment, meant=meant, by=request.user, at=clock.now(request)
    )
    if row is None:
        raise NotYours
    return redirect("two-weeks")
