"""How pages look, sound and speak for the person: a page of its own, and what it sends."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf.locale import LANG_INFO
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from allay.content import library
from allay.faces.shared import clock, gate
from allay.records.models import Person
from allay.records.services import enrolments

YES = "yes"


@dataclass(frozen=True)
class Setting:
    """One question about the pages, with its choices (value and words)."""

    name: str
    words: str
    choices: tuple[tuple[str, str], ...]
    answer: str
    hint: str = ""


@gate.own
@require_safe
def look(request: HttpRequest) -> HttpResponse:
    """Context: settings (Setting, in order), tab."""
    context = {"settings": [*_settings(request.user)], "tab": "me"}
    return render(request, "participant/look.html", context)


@gate.own
@require_POST
def settings(request: HttpRequest) -> HttpResponse:
    """Keeps what was chosen; what the form does not name stays as it is."""
    known = {*enrolments.LOOK, "language"}
    chosen: dict[str, object] = {name: value for name, value in request.POST.items() if name in known}
    if "audio_first" in chosen:
        chosen["audio_first"] = chosen["audio_first"] == YES
    enrolments.set_preferences(person=request.user, chosen=chosen, by=request.user, at=clock.now(request))
    messages.success(request, _("Saved. Pages look like this now."))
    return redirect("me-look")


def _settings(person: Person) -> Iterator[Setting]:
    yield Setting(
        "text_size",
        _("Size of words"),
        (("normal", _("Normal")), ("large", _("Large")), ("largest", _("Largest"))),
        person.text_size,
    )
    yield Setting(
        "theme",
        _("Colours"),
        (("system", _("Like my phone")), ("light", _("Light")), ("dark", _("Dark"))),
        person.theme,
    )
    yield Setting(
        "contrast",
        _("Contrast"),
        (("system", _("Like my phone")), ("more", _("Stronger"))),
        person.contrast,
        _("Stronger makes words darker or brighter, and draws every edge."),
    )
    yield Setting(
        "hand",
        _("Which hand do you hold the phone in?"),
        (("either", _("Either")), ("left", _("Left")), ("right", _("Right"))),
        person.hand,
        _("Main buttons move to where that thumb can reach."),
    )
    yield Setting(
        "motion",
        _("Movement"),
        (("system", _("Like my phone")), ("still", _("Keep it still"))),
        person.motion,
    )
    yield Setting(
        "audio_first",
        _("Practices"),
        (("no", _("Words first")), (YES, _("Voice first"))),
        YES if person.audio_first else "no",
        _(
            "The words are always there too. The voice is your phone's own; where it has none, there are the words."
        ),
    )
    yield _language(person)


def _language(person: Person) -> Setting:
    """A choice where there is one; else the one language, said plainly."""
    known = library.load().languages
    several = len(known) > 1
    return Setting(
        "language",
        _("Language"),
        tuple((language, _name(language)) for language in known),
        person.language,
        _("What is not written in a language yet stands in English.")
        if several
        else _("More are listed here once your service adds them."),
    )


def _name(language: str) -> str:
    """What its own speakers call it."""
    known = LANG_INFO.get(language.lower()) or LANG_INFO.get(language.partition("-")[0]) or {}
    return str(known.get("name_local") or language).capitalize()
