"""Why somebody might need a call, in words beside the name. No scores, no numbers, nothing that was written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from allay.content import library
from allay.faces.facilitator import words
from allay.records.queries.caseload import Member
from allay.records.queries.today import wording
from allay.science.safety import ContactReason

ANSWER_WITHIN = timedelta(days=2)  # after a missed meeting


@dataclass(frozen=True)
class Reason:
    kind: str
    words: str
    since: str = ""  # when it happened
    act: str = ""  # what helps, and by when


def all_in_words(member: Member, at: datetime, zone: str) -> tuple[Reason, ...]:
    return tuple(_in_words(reason, member, at, zone) for reason in member.reasons)


def _in_words(reason: ContactReason, member: Member, at: datetime, zone: str) -> Reason:
    if reason.kind == "silence" and not member.joined:
        return Reason(
            reason.kind, _("Has not used the joining code yet"), act=_("Call; offer help with the phone.")
        )
    since = words.ago(reason.since, at, zone)
    if reason.kind == "silence":
        then, now = words.local(reason.since, zone).date(), words.local(at, zone).date()
        since = _("since %s") % words.short_day(then, now)
    return Reason(reason.kind, _told(reason), since, _act(reason, at, zone))


def past(kind: str) -> Reason:
    """A reason as it stood when somebody was reached."""
    return Reason(kind, _named().get(kind, kind))


def _named() -> dict[str, str]:
    return {
        "missed-meeting": _("Not at the last meeting, and no message"),
        "missed-twice": _("Not at two meetings running"),
        "silence": _("No sign of life"),
        "had-to-stop": _("Had to stop a practice"),
        "harder-twice": _("Practices felt harder twice running"),
        "worse-score": _("Has got harder since the start"),
        "kindness-hard": _("Finds being kind to themself hard, and knows that you read this"),
    }


def _told(reason: ContactReason) -> str:
    name = _named().get(reason.kind, reason.kind)
    match reason.kind:
        case "missed-twice" if len(reason.meetings) > 2:
            return _("Not at the last %d meetings") % len(reason.meetings)
        case "had-to-stop":
            return _with(name, (practice_name(mark.practice) for mark in reason.practices))
        case "harder-twice":
            return _with(name, (practice_name(mark.practice) for mark in reason.practices))
        case "worse-score":
            return _with(name, (score_name(mark.score) for mark in reason.worse))
    return name


def _with(name: str, what: Iterable[str]) -> str:
    """Had to stop a practice: Arriving, Find your anchor"""
    return f"{name}: {', '.join(dict.fromkeys(what))}"


def practice_name(practice: str) -> str:
    known = library.load().practice_index.get(practice)
    return known.name if known else practice


def score_name(score: str) -> str:
    """What a score is called, from its instrument and key: phq-8.total is “Low mood”."""
    instrument, _dot, key = score.partition(".")
    known = library.load().instruments.get(instrument)
    return wording(known.wording, "en").scores.get(key, score) if known else score


def _act(reason: ContactReason, at: datetime, zone: str) -> str:
    match reason.kind:
        case "missed-meeting":
            by = words.by_day(reason.since + ANSWER_WITHIN, at, zone)
            return _("Call or message %s, only to hear how they are.") % by
        case "missed-twice" | "silence":
            return _("Call; offer a pause, or to catch up one to one.")
        case "had-to-stop" | "harder-twice":
            return _("Ask how it was; offer another practice, or a shorter one.")
        case "worse-score":
            return _("Talk first: they see it in their own picture once you have been in touch.")
        case "kindness-hard":
            return _("Call; begin with kindness to others and from others. No need to talk about why.")
    return ""
