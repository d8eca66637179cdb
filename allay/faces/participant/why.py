""" "Why am I seeing this?": the rules behind a page in plain words, each with a way to change it, and noted as shown.

Noting is a courtesy: a page is shown all the same while the disk is full. A page opened again on the same day writes
nothing, and a page that the phone fetches only to keep it was not seen by anybody.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from allay.content import library
from allay.faces.shared import clock
from allay.records.queries import rules as queries
from allay.records.services import rules as services
from allay.science.rules import Effect

ASK_THE_FACILITATOR = ("pain-understanding", "online")


@dataclass(frozen=True)
class Why:
    """One rule as its person reads it. `change` is the address where it can be changed, or empty."""

    rule: str
    words: str
    change: str
    change_words: str


def why(request: HttpRequest, effects: Iterable[Effect]) -> tuple[Why, ...]:
    """The reasons for what a page shows, each rule once, in the order of the rules; and notes them as shown."""
    shown = tuple(effects)
    _note(request, [(effect.rule, effect.place) for effect in shown])
    return tuple(_words(rule) for rule in dict.fromkeys(effect.rule for effect in shown))


def _words(rule: str) -> Why:
    change, words = _way(rule)
    return Why(rule, library.load().phrases[f"rule.{rule}"], change, words)


def _way(rule: str) -> tuple[str, str]:
    if rule in ASK_THE_FACILITATOR:
        return "", _("Your facilitator can change this. Please say so if it does not fit.")
    if rule in ("flare", "flare-asks"):
        return reverse("flare"), _("Say that it has eased")
    if rule == "away":
        return "", _("It goes away by itself.")
    if rule == "not-for-me":
        return reverse("practices"), _("Bring it back on Practices")
    if rule == "voice-first":
        return reverse("me-look"), _("Change it on How pages look")
    return reverse("suits"), _("Change what suits me")


def _note(request: HttpRequest, shown: list[tuple[str, str]]) -> None:
    if not shown or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return
    at = clock.now(request)
    noted = queries.standing(request.enrolment, at).noted
    fresh = [pair for pair in shown if pair not in noted]
    with suppress(DatabaseError):  # the page matters more than the note
        if fresh:
            services.note_shown(enrolment=request.enrolment, shown=fresh, by=request.user, at=at)
