"""Practices: a list by the steps, one practice, playing it as text, and how it was."""

from collections.abc import Iterable
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from allay.content import library
from allay.faces.participant import why
from allay.faces.participant.forms import PracticeForm
from allay.faces.shared import clock, gate
from allay.records.errors import DifferentContent, Invalid, NotYours
from allay.records.models import PracticeLog
from allay.records.queries import practices as queries
from allay.records.queries import recordings, rules, sheets
from allay.records.queries.days import local_day
from allay.records.queries.today import wording
from allay.records.services import practicelogs
from allay.science import places
from allay.science import rules as science

TOO_MUCH = (PracticeLog.After.HARDER, PracticeLog.After.HAD_TO_STOP)


@gate.participant
@require_safe
def practices(request: HttpRequest) -> HttpResponse:
    """Context: favourites (queries.practices.PracticeLine), steps (StepShelf: the other practices open now under each
    of the steps), set_aside (id and name of those a rule hides until they are chosen), not_for_me (id and name of
    those the person set aside), not_ready (names), why, tab."""
    offered = queries.offered(request.enrolment, clock.now(request))
    language = request.user.language
    context = {
        "favourites": queries.lines(_either(offered, close=True), language),
        "steps": queries.by_step(_either(offered, close=False), language),
        "set_aside": _named(offered.set_aside, language),
        "not_for_me": _named(offered.not_for_me, language),
        "not_ready": [wording(other.text, language).name for other in offered.not_ready],
        "why": why.why(request, offered.effects),
        "tab": "practices",
    }
    return render(request, "participant/practices.html", context)


def _either(offered: queries.Offered, *, close: bool) -> list[queries.Practice]:
    """Those kept close, or the others."""
    return [one for one in offered.practices if (one.id in offered.favourites) is close]


def _named(practices: Iterable[queries.Practice], language: str) -> list[tuple[str, str]]:
    """Id and name of each."""
    return [(one.id, wording(one.text, language).name) for one in practices]


@gate.participant
@require_safe
def practice(request: HttpRequest, practice: str) -> HttpResponse:
    """One practice before it starts; with ?after=harder (and so on) the page that follows it.

    Context: practice (content.Practice), text (content.PracticeText), notes (its sentences for this person), lengths
    and longer (minutes; the second folded away), why, marked ("favourite", "not-for-me" or ""), recordings
    (records.Recording), voice_first (they come first), turns_to_places and left_out (places of the
    body), growing (own pages it
    leads to: queries.sheets.Growing), tab.
    """
    found = queries.one(request.enrolment, practice, clock.now(request))
    if (after := request.GET.get("after")) in PracticeLog.After.values:
        return _after(request, found, after)
    text = wording(found.text, request.user.language)
    here = rules.situation(request.enrolment, clock.now(request))
    effects = science.of_practice(practice, text.variants, here)
    lengths = sorted(int(minutes) for minutes in text.forms)
    shown = 1 if science.only_shortest(effects) else len(lengths)
    context = {
        "practice": found,
        "text": text,
        "notes": [variant.note for variant in text.variants if here.circumstances & set(variant.when)],
        "lengths": lengths[:shown],
        "longer": lengths[shown:],
        "why": why.why(request, effects),
        "recordings": recordings.of_practice(practice, request.user.language),
        "turns_to_places": places.turns_to(text),
        "left_out": _in_words(places.turns_to(text) & here.skipped),
        "voice_first": any(effect.does == "voice-first" for effect in effects),
        "marked": rules.mark_of(request.enrolment, practice, clock.now(request)),
        "growing": sheets.led_to_from(found.id, request.user.language),
        "tab": "practices",
    }
    return render(request, "participant/practice.html", context)


def _in_words(areas: Iterable[str]) -> list[str]:
    """Places of the body as people read them, in the order of the list."""
    named = set(areas)
    phrases = library.load().phrases
    return [words for key, words in phrases.items() if key.startswith("area.") and key[5:] in named]


def _after(request: HttpRequest, found: queries.Practice, after: str) -> HttpResponse:
    """Context: practice, text, after (an after-feel id), too_much (whether to offer something else), others, turns_to_places, tab."""
    context = {
        "practice": found,
        "text": wording(found.text, request.user.language),
        "after": after,
        "too_much": after in TOO_MUCH,
        "turns_to_places": places.turns_to(wording(found.text, request.user.language)),
        "others": _others(request, found),
        "tab": "practices",
    }
    return render(request, "participant/after.html", context)


@gate.participant
@require_safe
def play(request: HttpRequest, practice: str, minutes: int) -> HttpResponse:
    """A practice as text with calm timing, and how it was.

    Context: practice, text, minutes, steps (content.Step), left_out (places of the body, in words), shorter
    (seconds), why, recordings (of this length), turns_to_places, others (what to offer instead), entry_id (a fresh
    id for the form), day (in the group's zone), voice_first (chosen on Me), tab.
    """
    at = clock.now(request)
    found = queries.one(request.enrolment, practice, at)
    text = wording(found.text, request.user.language)
    if str(minutes) not in text.forms:
        raise NotYours
    kept = places.without(text.forms[str(minutes)].steps, rules.situation(request.enrolment, at).skipped)
    context = {
        "practice": found,
        "text": text,
        "minutes": minutes,
        "steps": kept.steps,
        "recordings": [
            one for one in recordings.of_practice(practice, request.user.language) if one.minutes == minutes
        ],
        "shorter": kept.shorter,
        "left_out": _in_words(kept.left_out),
        "turns_to_places": places.turns_to(text),
        "why": why.why(request, places.effects(practice, kept)),
        "others": _others(request, found),
        "entry_id": uuid4(),
        "day": local_day(request.enrolment, at),
        "voice_first": request.user.audio_first,
        "tab": "practices",
    }
    return render(request, "participant/play.html", context)


@gate.participant
@require_POST
def log(request: HttpRequest, practice: str) -> HttpResponse:
    """Keeps how a practice was, sent as an ordinary form, and goes on to the page after it."""
    form = PracticeForm(request.POST)
    if not form.is_valid():
        raise Invalid(field=next(iter(form.errors)))
    entry = form.cleaned_data
    try:
        practicelogs.record(
            **entry, practice=practice, enrolment=request.enrolment, by=request.user, at=clock.now(request)
        )
    except DifferentContent:  # somebody went back and tapped another answer
        messages.info(request, _("What you gave first is kept."))
    return redirect(f"{reverse('practice', args=[practice])}?after={entry['after']}")


def _others(request: HttpRequest, found: queries.Practice) -> list[tuple[str, str]]:
    """Id and name of what may be done instead."""
    offered = queries.instead_of(found, queries.offered(request.enrolment, clock.now(request)).practices)
    return _named(offered, request.user.language)
