"""Looking back: what tends to go together on one's own days. Off until somebody turns it on."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from allay.content import library
from allay.faces.participant.ids import random_id
from allay.faces.shared import clock, gate
from allay.records.errors import Invalid
from allay.records.models import Verdict
from allay.records.queries import looking_back as queries
from allay.records.services import lookingback
from allay.science.looking_back import Link, strength


@dataclass(frozen=True)
class Answer:
    """A button with an id of its own, so that a tap that is sent twice counts once."""

    says: str
    words: str
    id: UUID
    chosen: bool


@dataclass(frozen=True)
class Statement:
    key: str
    sentence: str
    behind: tuple[str, ...]
    answers: tuple[Answer, ...]


@gate.participant
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Context: state (off, quiet, soon, nothing or found), statements (Statement), tab."""
    state, statements = "off", ()
    if request.enrolment.looks_back_since is not None:
        own = queries.own(request.enrolment, clock.now(request))
        statements = tuple(_statement(link, own.said) for link in own.found.shown)
        state = "quiet" if own.quiet else "soon" if own.found.soon else "found" if statements else "nothing"
    context = {"state": state, "statements": statements, "tab": "me"}
    return render(request, "participant/looking_back.html", context)


@gate.participant
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Turns it on or off."""
    if request.POST.get("on") not in ("yes", "no"):
        raise Invalid(field="on")
    on = request.POST["on"] == "yes"
    lookingback.choose(enrolment=request.enrolment, on=on, by=request.user, at=clock.now(request))
    messages.success(request, _("It is on. You can turn it off at any time.") if on else _("It is off."))
    return redirect("looking-back")


@gate.participant
@require_POST
def say(request: HttpRequest) -> HttpResponse:
    """The person's word on one statement."""
    own_id = random_id(request.POST.get("id"))
    if own_id is None:
        raise Invalid(field="id")
    word, new = lookingback.say(
        id=own_id,
        enrolment=request.enrolment,
        statement=request.POST.get("statement", ""),
        says=request.POST.get("says", ""),
        by=request.user,
        at=clock.now(request),
    )
    if new:
        hidden = word.says == Verdict.Says.HIDE
        messages.success(request, _("It will not come back.") if hidden else _("Thank you. That is kept."))
    return redirect("looking-back")


def _statement(link: Link, said: dict[str, str]) -> Statement:
    things, phrases = library.load().things, library.load().phrases
    about = things[link.pair.about]
    tended = about.more if link.direction == "more" else about.less
    sentence = phrases["looking-back.sentence"].format(beside=things[link.pair.beside].beside, tended=tended)
    words = ((says, phrases[f"looking-back.{says}"]) for says in Verdict.Says.values)
    answers = (Answer(says, word, uuid4(), said.get(link.pair.key) == says) for says, word in words)
    return Statement(link.pair.key, sentence, _behind(link), tuple(answers))


def _behind(link: Link) -> tuple[str, ...]:
    """Days, medians where they tell the same, the interval in words and then in numbers."""
    phrases = library.load().phrases
    near, far = sorted((link.low, link.high), key=abs)
    weak, close = (phrases[f"looking-back.link-{strength(end)}"] for end in (near, far))
    between = "looking-back.one-size" if weak == close else "looking-back.two-sizes"
    said = [phrases["looking-back.days"].format(days=link.days)]
    if link.medians_agree:
        medians = {"with_it": f"{link.with_it:g}", "without_it": f"{link.without_it:g}"}
        said.append(phrases["looking-back.middles"].format(**medians))
    said.append(phrases[between].format(weak=weak, close=close))
    numbers = {"low": _number(link.low), "high": _number(link.high), "middle": _number(link.estimate)}
    return (*said, phrases["looking-back.numbers"].format(**numbers), phrases["looking-back.chosen-few"])


def _number(correlation: float) -> str:
    """With a true minus. Never rounded to nought or to one: neither is ever known."""
    size = f"{min(max(abs(correlation), 0.01), 0.99):.2f}"
    return f"−{size}" if correlation < 0 else size
