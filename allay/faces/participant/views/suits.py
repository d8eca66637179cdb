"""What suits me: a page of taps, each optional, each saying what it changes; and a practice chosen all the same."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from allay.content import library
from allay.faces.participant import kept
from allay.faces.participant.outbox.shapes import shaped
from allay.faces.participant.outbox.suits import SKIP, Said
from allay.faces.shared import clock, gate
from allay.records.errors import Invalid
from allay.records.queries.circumstances import said_of, skipped_areas
from allay.records.queries.today import Today
from allay.records.services import circumstances, ownpractices

FIELDS = (*circumstances.TICKS, "doing", "pain_word", "own_word")


@dataclass(frozen=True)
class Tick:
    """Something that may be so, and what the pages do then."""

    name: str
    words: str
    changes: str
    ticked: bool


@kept.offline
def _page(today: Today) -> list[str]:
    return [reverse("suits")]


@gate.participant
@require_http_methods(["GET", "POST"])
def suits(request: HttpRequest) -> HttpResponse:
    """Context: ticks (Tick), doings and words (value and words), doing, areas (field, words, ticked), pain_word, own_word,
    problem, tab."""
    problem = ""
    if request.method == "POST":
        try:
            _keep(request)
            messages.success(request, _("Saved. Pages follow it from now on."))
            return redirect("suits")
        except Invalid as refusal:
            problem = str(refusal.sentence)
    context = {**_context(request), "problem": problem, "tab": "me"}
    return render(request, "participant/suits.html", context, status=422 if problem else 200)


def _keep(request: HttpRequest) -> None:
    fields = (*FIELDS, *(name for name in request.POST if name.startswith(SKIP)))
    typed = {name: request.POST[name] for name in fields if request.POST.get(name)}
    said = shaped(Said, typed).said()
    circumstances.say(enrolment=request.enrolment, said=said, by=request.user, at=clock.now(request))


def _context(request: HttpRequest) -> dict[str, object]:
    phrases, said = library.load().phrases, said_of(request.enrolment)
    word = said.pain_word if said else ""
    words = [(word, word) for word in phrases["suits.pain-words"].split(", ")]
    return {
        "ticks": [
            Tick(
                name,
                phrases[f"suits.{name.replace('_', '-')}"],
                phrases[f"suits.{name.replace('_', '-')}-changes"],
                bool(said and getattr(said, name)),
            )
            for name in circumstances.TICKS
        ],
        "doings": [(value, phrases[f"suits.doing-{value}"]) for value in ("over", "under", "both")],
        "doing": said.doing if said else "",
        "areas": _areas(request),
        "words": words,
        "pain_word": word,
        "own_word": "" if (word, word) in words else word,
    }


def _areas(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """Field, words and whether it is ticked, of every place of the body that practices turn to."""
    skipped = skipped_areas(request.enrolment)
    named = [key.split(".", 1) for key in library.load().phrases if key.startswith("area.")]
    return [(SKIP + name, library.load().phrases[f"area.{name}"], name in skipped) for _area, name in named]


@gate.participant
@require_POST
def choose(request: HttpRequest, practice: str) -> HttpResponse:
    """Shows a practice that a rule had set aside."""
    ownpractices.choose(
        enrolment=request.enrolment, practice=practice, by=request.user, at=clock.now(request)
    )
    return redirect("practice", practice)
