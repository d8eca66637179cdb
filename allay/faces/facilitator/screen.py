"""What the group's screen says, made from the caseload: words only, nothing left to compute in a template."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from allay.content import library
from allay.faces.facilitator import reasons, words
from allay.faces.shared import support
from allay.records.models import Arm, Attendance, Contact, Enrolment, Group, Meeting, Person
from allay.records.queries.caseload import Caseload, Member, QuestionState
from allay.records.queries.today import wording
from allay.science import schedule

Choice = tuple[str, str]  # value, words


def modes() -> tuple[Choice, ...]:
    return (
        (Contact.Mode.CALL, _("Called")),
        (Contact.Mode.MESSAGE, _("Messaged")),
        (Contact.Mode.IN_PERSON, _("Talked in person")),
        (Contact.Mode.NOT_REACHED, _("Could not reach")),
    )


def marks() -> tuple[Choice, ...]:
    return (
        (Attendance.State.HERE, _("Here")),
        (Attendance.State.ONLINE, _("Online")),
        (Attendance.State.MESSAGE, _("Sent a message")),
        (Attendance.State.ABSENT, _("Not there")),
    )


@dataclass(frozen=True)
class MeetingLine:
    """A meeting in words."""

    week: int
    title: str  # of its session
    when: str  # tonight at 19:00
    day: str  # 3 Mar
    hours: str
    place: str
    cancelled: bool = False


@dataclass(frozen=True)
class Line:
    """One person of "needs contact", with the reasons, or with what was done today about them."""

    enrolment: UUID
    name: str
    reasons: tuple[reasons.Reason, ...]
    tried: str  # the last contact or try, in words
    settled: str  # how the person was reached today; then there is nothing more to tap
    id: UUID = field(default_factory=uuid4)  # of the contact to come: a second tap is the same contact


@dataclass(frozen=True)
class Mark:
    enrolment: UUID
    name: str
    state: str


@dataclass(frozen=True)
class Register:
    """The attendance of one meeting."""

    week: int
    title: str
    meeting: UUID
    marks: tuple[Mark, ...]
    weeks: tuple[tuple[int, bool], ...]  # of all meetings that may be marked, with whether it is this one

    @property
    def open(self) -> int:
        return sum(not mark.state for mark in self.marks)


@dataclass(frozen=True)
class Row:
    """One person in the table of answers."""

    enrolment: UUID
    name: str
    standing: str  # "", or why there is nothing from this person
    last_sign: str
    answers: tuple[tuple[str, str], ...]  # state, words


@dataclass(frozen=True)
class Screen:
    group: Group
    week: str
    waiting: bool
    next_meeting: MeetingLine | None
    guide_week: int | None
    lines: tuple[Line, ...]
    well: tuple[tuple[UUID, str], ...]
    flares: tuple[tuple[UUID, str, str], ...]  # enrolment, name, since when: who wished it to be known
    register: Register | None
    timepoints: tuple[tuple[str, str], ...]  # title, when its questions are open
    rows: tuple[Row, ...]
    left: tuple[tuple[UUID, str, str], ...]  # enrolment, name, when
    meetings: tuple[MeetingLine, ...]  # all of them
    looking_in: str  # who looks in and when, as people of the group read it

    @property
    def open_lines(self) -> int:
        return sum(not line.settled for line in self.lines)


def screen(load: Caseload, at: datetime, viewer: Person, week: int | None = None) -> Screen:
    """The whole screen; `week` chooses the meeting whose attendance is marked."""
    zone = load.group.zone
    waiting = load.group.arm.kind != Arm.Kind.PROGRAMME
    lines = tuple(line for member in load.members if (line := _line(member, at, zone, viewer)))
    needing = {line.enrolment for line in lines}
    return Screen(
        group=load.group,
        week=words.week(load.week, weeks_of(load.group), waiting=waiting),
        waiting=waiting,
        next_meeting=meeting_line(load.next_meeting, load.group, at) if load.next_meeting else None,
        guide_week=_guide_week(load),
        lines=lines,
        well=tuple(
            (member.enrolment.pk, member.name)
            for member in load.members
            if member.joined and member.enrolment.pk not in needing
        ),
        flares=tuple(
            (member.enrolment.pk, member.name, words.ago(member.flare.declared_at, at, zone))
            for member in load.members
            if member.flare
        ),
        register=_register(load, at, week),
        timepoints=tuple((window.title, _open_when(window, at, zone)) for window in load.windows),
        rows=tuple(row(member, at, zone) for member in load.members),
        left=tuple(_gone(enrolment, at, zone) for enrolment in load.left),
        meetings=tuple(meeting_line(meeting, load.group, at) for meeting in load.meetings),
        looking_in=support.line(load.group),
    )


def weeks_of(group: Group) -> int:
    return library.load().programmes[group.study.programme].weeks


def session_title(group: Group, week: int, language: str = "en") -> str:
    session = library.load().programmes[group.study.programme].session(week)
    return wording(session.text, language).title if session else ""


def meeting_line(meeting: Meeting, group: Group, at: datetime) -> MeetingLine:
    zone = group.zone
    there = words.local(meeting.starts_at, zone)
    return MeetingLine(
        week=meeting.week,
        title=session_title(group, meeting.week),
        when=_when(meeting, at, zone),
        day=words.brief_day(there.date()),
        hours=words.hours(meeting.starts_at, meeting.minutes, zone),
        place=meeting.place,
        cancelled=meeting.cancelled_at is not None,
    )


def _when(meeting: Meeting, at: datetime, zone: str) -> str:
    if meeting.cancelled_at is not None:
        return _("does not take place")
    if meeting.starts_at > at:
        return words.ahead(meeting.starts_at, at, zone)
    over = meeting.starts_at + timedelta(minutes=meeting.minutes) <= at
    return words.ago_at(meeting.starts_at, at, zone) if over else _("Going on now")


def _guide_week(load: Caseload) -> int | None:
    meeting = load.next_meeting or load.current_meeting
    return meeting.week if meeting else None


def _line(member: Member, at: datetime, zone: str, viewer: Person) -> Line | None:
    """Somebody with open reasons, or reached today because of some: the line stays till the day is over."""
    last = member.last_contact
    today = last is not None and words.ago(last.at, at, zone) == _("today")
    found = reasons.all_in_words(member, at, zone)
    settled = last.mode if not found and today and last.reasons else ""
    if not found and not settled:
        return None
    return Line(
        enrolment=member.enrolment.pk,
        name=member.name,
        reasons=found or tuple(reasons.past(kind) for kind in last.reasons),
        tried=contact_words(last, at, zone, viewer) if last else "",
        settled=settled,
    )


def contact_words(contact: Contact, at: datetime, zone: str, viewer: Person) -> str:
    """Called today at 14:05, by you"""
    who = _("you") if contact.by_id == viewer.pk else (contact.by.name if contact.by else _("somebody"))
    what, when = dict(modes())[contact.mode], words.ago_at(contact.at, at, zone)
    return _("%(what)s %(when)s, by %(who)s") % {"what": what, "when": when, "who": who}


def _register(load: Caseload, at: datetime, week: int | None) -> Register | None:
    begun = _markable(load, at)
    meeting = next((meeting for meeting in begun if meeting.week == week), load.current_meeting)
    if meeting is None:
        return None
    return Register(
        week=meeting.week,
        title=words.day(words.local(meeting.starts_at, load.group.zone).date(), at.date()),
        meeting=meeting.pk,
        marks=tuple(
            Mark(member.enrolment.pk, member.name, member.attendance.get(meeting.week, ""))
            for member in load.members
        ),
        weeks=tuple((other.week, other.week == meeting.week) for other in begun),
    )


def _markable(load: Caseload, at: datetime) -> Sequence[Meeting]:
    """Meetings up to the one of today; attendance of a meeting to come is nobody's to know."""
    last = load.current_meeting
    return [
        meeting
        for meeting in load.meetings
        if meeting.cancelled_at is None and last is not None and meeting.starts_at <= last.starts_at
    ]


def _open_when(window: schedule.Window, at: datetime, zone: str) -> str:
    state, today = schedule.state(window, at), words.local(at, zone).date()
    if state == "not-yet":
        return _("from %s") % words.short_day(window.opens_on, today)
    if state == "open":
        return _("open until %s") % words.short_day(window.closes_on, today)
    return _("closed")


def row(member: Member, at: datetime, zone: str) -> Row:
    return Row(
        enrolment=member.enrolment.pk,
        name=member.name,
        standing=standing(member),
        last_sign=words.ago(member.last_sign, at, zone) if member.last_sign else _("none yet"),
        answers=tuple((question.state, answer_words(question)) for question in member.questions),
    )


def standing(member: Member) -> str:
    if not member.joined:
        return _("has not joined yet")
    return "" if member.consented else _("has not agreed to take part")


def answer_words(question: QuestionState) -> str:
    part = {"done": question.done, "of": question.of}
    match question.state:
        case "done":
            return _("done")
        case "begun":
            return _("begun, %(done)d of %(of)d done") % part
        case "open":
            return _("open")
        case "not-yet":
            return _("not yet")
        case _other:
            return _("closed, %(done)d of %(of)d done") % part if question.done else _("closed")


def _gone(enrolment: Enrolment, at: datetime, zone: str) -> tuple[UUID, str, str]:
    return enrolment.pk, enrolment.person.name, words.ago(enrolment.withdrawn_at, at, zone)


@dataclass(frozen=True)
class GroupLine:
    """One group in the list."""

    group: Group
    week: str
    people: int
    next_meeting: MeetingLine | None
    needing_contact: int


def group_lines(loads: Sequence[Caseload], at: datetime) -> list[GroupLine]:
    """Groups that meet next come first; those without a meeting ahead follow, the youngest first."""
    latest = sorted(loads, key=lambda load: load.group.weeks_count_from, reverse=True)
    ahead = [load for load in latest if load.next_meeting]
    ahead.sort(key=lambda load: load.next_meeting.starts_at)
    return [group_line(load, at) for load in [*ahead, *(load for load in latest if not load.next_meeting)]]


def group_line(load: Caseload, at: datetime) -> GroupLine:
    return GroupLine(
        group=load.group,
        week=words.week(load.week, weeks_of(load.group), waiting=load.group.arm.kind != Arm.Kind.PROGRAMME),
        people=len(load.members),
        next_meeting=meeting_line(load.next_meeting, load.group, at) if load.next_meeting else None,
        needing_contact=len(load.needing_contact),
    )
