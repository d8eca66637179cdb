"""Who needs to hear from a facilitator, and why.

Seven plain rules over what is known of a person. Every reason has one event (`since`) and goes away when the
person is reached at or after it. Nothing is weighed, added up or guessed, no text is read, and no level of risk is
given: the list says what happened, people decide what it means.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from typing import Literal

SILENCE = timedelta(days=10)  # without any sign of life, while the programme runs

ReasonKind = Literal[
    "missed-meeting", "missed-twice", "silence", "had-to-stop", "harder-twice", "worse-score", "kindness-hard"
]


@dataclass(frozen=True)
class MeetingMark:
    """A planned or past meeting and the person's attendance; None while nobody has marked it."""

    week: int
    at: datetime
    state: str | None  # here, online, message (not there, and said so), absent


@dataclass(frozen=True)
class PracticeMark:
    """A practice that was tried, and how it felt afterwards; None or "" where the person did not say."""

    at: datetime
    practice: str
    after: str | None  # easier, same, harder, had-to-stop


@dataclass(frozen=True)
class WorseMark:
    """A score that is reliably worse than the person's first."""

    at: datetime
    score: str  # for example phq-8.total


@dataclass(frozen=True)
class PersonHistory:
    """What is known of one person, in any order. All datetimes are aware; those after `at` are not looked at,
    except that planned meetings tell how long the programme runs."""

    meetings: tuple[MeetingMark, ...] = ()  # all of the group's, past and planned
    last_sign: datetime | None = None  # a check-in, practice, answer or sign-in
    practices: tuple[PracticeMark, ...] = ()
    worse: tuple[WorseMark, ...] = ()
    kindness_hard_since: datetime | None = None  # the person said that kindness to themself is hard
    contacts: tuple[datetime, ...] = ()  # when the person was reached; an attempt is not a contact
    joined_at: datetime | None = None
    ended_at: datetime | None = None  # withdrew or left: from then on nobody is asked to call
    in_programme: bool = True  # False in a waiting group or usual care: silence means nothing there


@dataclass(frozen=True)
class ContactReason:
    """One reason, with the events behind it for the words; only the tuple that fits the kind is filled."""

    kind: ReasonKind
    since: datetime  # the event, or the last sign of life; a later contact clears the reason
    meetings: tuple[MeetingMark, ...] = ()
    practices: tuple[PracticeMark, ...] = ()
    worse: tuple[WorseMark, ...] = ()
    silent_days: int | None = None  # whole days without a sign of life


def contact_reasons(history: PersonHistory, at: datetime) -> tuple[ContactReason, ...]:
    """Why this person should be contacted, at most one reason of each kind, always in the same order."""
    if history.ended_at is not None and history.ended_at <= at:
        return ()
    known = _until(history, at)
    found = (rule(known, at) for rule in RULES)
    return tuple(reason for reason in found if reason)


def _missed_meeting(history: PersonHistory, at: datetime) -> ContactReason | None:
    """Not at the last meeting that was marked, and no word sent."""
    missed = _missed_in_a_row(history, at)
    if len(missed) != 1 or missed[0].state != "absent" or _reached(history, missed[0].at):
        return None
    return ContactReason("missed-meeting", missed[0].at, meetings=missed)


def _missed_twice(history: PersonHistory, at: datetime) -> ContactReason | None:
    """Not at the last two meetings or more, word sent or not: time to offer a pause or a catch-up."""
    missed = _missed_in_a_row(history, at)
    if len(missed) < 2 or _reached(history, missed[-1].at):
        return None
    return ContactReason("missed-twice", missed[-1].at, meetings=missed)


def _silence(history: PersonHistory, at: datetime) -> ContactReason | None:
    """No sign of life for `SILENCE` while the programme runs. Reaching the person starts the count anew."""
    if not (history.in_programme and history.meetings):
        return None
    first, final = history.meetings[0].at, history.meetings[-1].at
    last = max(moment for moment in (first, history.joined_at, *_signs(history, at)) if moment)
    if at - last < SILENCE or at >= final + SILENCE:
        return None
    return ContactReason("silence", last, silent_days=(at - last).days)


def _had_to_stop(history: PersonHistory, at: datetime) -> ContactReason | None:
    all_stopped = (mark for mark in history.practices if mark.after == "had-to-stop")
    stopped = tuple(mark for mark in all_stopped if not _reached(history, mark.at))
    return ContactReason("had-to-stop", stopped[-1].at, practices=stopped) if stopped else None


def _harder_twice(history: PersonHistory, at: datetime) -> ContactReason | None:
    """Two practices after one another were harder; those without an answer are passed over."""
    told = [mark for mark in history.practices if mark.after]
    pairs = [pair for pair in pairwise(told) if pair[0].after == pair[1].after == "harder"]
    if not pairs or _reached(history, pairs[-1][1].at):
        return None
    return ContactReason("harder-twice", pairs[-1][1].at, practices=pairs[-1])


def _worse_score(history: PersonHistory, at: datetime) -> ContactReason | None:
    worse = tuple(mark for mark in history.worse if not _reached(history, mark.at))
    return ContactReason("worse-score", worse[-1].at, worse=worse) if worse else None


def _kindness_hard(history: PersonHistory, at: datetime) -> ContactReason | None:
    since = history.kindness_hard_since
    if since is None or since > at or _reached(history, since):
        return None
    return ContactReason("kindness-hard", since)


Rule = Callable[[PersonHistory, datetime], ContactReason | None]
RULES: tuple[Rule, ...] = (
    _missed_meeting,
    _missed_twice,
    _silence,
    _had_to_stop,
    _harder_twice,
    _worse_score,
    _kindness_hard,
)


def _until(history: PersonHistory, at: datetime) -> PersonHistory:
    """The history in order of time, without what lies after `at`; planned meetings stay."""
    return replace(
        history,
        meetings=tuple(sorted(history.meetings, key=_when)),
        practices=tuple(sorted((mark for mark in history.practices if mark.at <= at), key=_when)),
        worse=tuple(sorted((mark for mark in history.worse if mark.at <= at), key=_when)),
        contacts=tuple(sorted(contact for contact in history.contacts if contact <= at)),
    )


def _when(mark: MeetingMark | PracticeMark | WorseMark) -> datetime:
    return mark.at


def _reached(history: PersonHistory, event: datetime) -> bool:
    return any(contact >= event for contact in history.contacts)


def _missed_in_a_row(history: PersonHistory, at: datetime) -> tuple[MeetingMark, ...]:
    """The unbroken run of missed meetings up to the last one that was marked, in order of time."""
    marked = [mark for mark in history.meetings if mark.state and mark.at <= at]
    run = takewhile(lambda mark: mark.state in ("absent", "message"), reversed(marked))
    return tuple(run)[::-1]


def _signs(history: PersonHistory, at: datetime) -> Iterator[datetime]:
    """Every moment up to `at` at which the person was heard of."""
    if history.last_sign and history.last_sign <= at:
        yield history.last_sign
    yield from (mark.at for mark in history.practices)
    yield from history.contacts
    seen = (mark for mark in history.meetings if mark.state in ("here", "online", "message"))
    yield from (mark.at for mark in seen if mark.at <= at)
