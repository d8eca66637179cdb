"""What the phone keeps for a day without signal: pages, and script files that only some of them need.

Today lists the addresses; the service worker fetches them in the background. A part of the participant's face that
has pages or scripts to keep says so where its views are:

    @kept.offline
    def _letters(today: Today) -> list[str]:
        return [reverse("letters"), static("participant/letter.js")]

Pages must lie under one of the addresses that the worker may keep (OWN_PAGES in sw.js).
"""

from collections.abc import Callable, Iterable

from django.templatetags.static import static
from django.urls import reverse

from allay.content import library
from allay.records.queries.practices import FOR_A_FLARE
from allay.records.queries.today import Today, wording

PLAYER = ("practice", "pace", "pacer", "voice", "voice-first")  # the scripts that play a practice
Offer = Callable[[Today], Iterable[str]]
_offers: list[Offer] = []


def offline(offer: Offer) -> Offer:
    """Registers a function of what is on Today that gives addresses to keep. It asks the database for nothing."""
    _offers.append(offer)
    return offer


def addresses(today: Today) -> list[str]:
    """Every address once, in the order in which the parts offer them."""
    return list(dict.fromkeys(address for offer in _offers for address in offer(today)))


@offline
def _the_day(today: Today) -> Iterable[str]:
    """This page, the session, its practice and the one for a flare, help."""
    yield from map(reverse, ("today", "sessions", "practices", "flare", "help", "signs"))
    if today.session and today.session_ready:
        yield reverse("session", args=[today.session.week])
    language = today.enrolment.person.language
    for practice in (*([today.practice.id] if today.practice else ()), FOR_A_FLARE):
        yield reverse("practice", args=[practice])
        for minutes in wording(library.load().practices[practice].text, language).forms:
            yield reverse("practice-play", args=[practice, minutes])
    yield from (static(f"participant/{name}.js") for name in (*PLAYER, "stuck"))
