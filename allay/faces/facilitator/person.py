"""What the page of one person says. Counts and states; no answers, no diary, nothing that was missed."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from allay.faces.facilitator import reasons, words
from allay.faces.facilitator.screen import Row, contact_words, marks, row, session_title
from allay.records.models import Enrolment, Person
from allay.records.queries.circumstances import said_of
from allay.records.queries.member import MemberPage


@dataclass(frozen=True)
class PersonScreen:
    row: Enrolment
    group: UUID
    name: str
    joined: str  # when, in words; empty where nobody has used a code yet
    left: str
    answers: Row | None
    questions: tuple[tuple[str, str], ...]  # timepoint, how far its questions are
    reasons: tuple[reasons.Reason, ...]
    meetings: tuple[tuple[int, str, str, str], ...]  # week, day, session, mark
    contacts: tuple[str, ...]
    check_ins: int
    practices: int
    code_until: str  # of a code that waits to be used
    understanding: str  # of the pain: a value of Circumstances.PainUnderstanding
    understandings: tuple[tuple[str, str], ...]  # all values, in words
    flare: str  # since when one is on, where the person wished it to be known
    id: UUID = field(default_factory=uuid4)  # of the contact to come


def person_screen(page: MemberPage, at: datetime, viewer: Person) -> PersonScreen:
    enrolment, member = page.enrolment, page.member
    zone = enrolment.group.zone
    answers = row(member, at, zone) if member else None
    return PersonScreen(
        row=enrolment,
        group=enrolment.group_id,
        name=enrolment.person.name,
        joined=words.ago(enrolment.joined_at, at, zone) if enrolment.joined_at else "",
        left=words.ago(enrolment.withdrawn_at, at, zone) if enrolment.withdrawn_at else "",
        answers=answers,
        questions=tuple(zip(page.timepoints, [said for _state, said in answers.answers], strict=True))
        if answers
        else (),
        reasons=reasons.all_in_words(member, at, zone) if member else (),
        meetings=tuple(_meetings(page, at)),
        contacts=tuple(contact_words(contact, at, zone, viewer) for contact in page.contacts),
        check_ins=page.check_ins,
        practices=page.practices,
        understanding=said.pain_understanding if (said := said_of(enrolment)) else "unknown",
        understandings=_understandings(),
        flare=words.ago(member.flare.declared_at, at, zone) if member and member.flare else "",
        code_until=words.until(page.code.expires_at, at, zone) if page.code else "",
    )


def _understandings() -> tuple[tuple[str, str], ...]:
    return (
        ("unknown", _("Not known yet")),
        ("primary", _("Primary: it was looked into, and no other illness accounts for it")),
        ("secondary", _("Secondary: an illness or injury stands behind it")),
        ("mixed", _("Both together")),
    )


def _meetings(page: MemberPage, at: datetime) -> list[tuple[int, str, str, str]]:
    """Meetings up to now, with what was noted."""
    group, said = page.enrolment.group, dict(marks())
    return [
        (
            meeting.week,
            words.brief_day(words.local(meeting.starts_at, group.zone).date()),
            session_title(group, meeting.week),
            said.get(mark, _("not noted")),
        )
        for meeting, mark in page.meetings
        if mark or meeting.starts_at <= at
    ]
