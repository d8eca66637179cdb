"""One group on one screen: who is there, who has answered what, and who might need a call and why."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Prefetch

from allay.records.models import (
    Arm,
    Attendance,
    Contact,
    Enrolment,
    Group,
    Meeting,
    Person,
    PracticeLog,
    Response,
    Role,
    Timepoint,
)
from allay.records.queries import due, editions, progress
from allay.science import safety, schedule

RECENT_PRACTICES = 40  # more than enough to see "harder" twice running


@dataclass(frozen=True)
class QuestionState:
    """How far one person is with one timepoint: "done", "begun", "open", "not-yet", "closed"."""

    timepoint: str
    state: str
    done: int
    of: int


@dataclass(frozen=True)
class Member:
    enrolment: Enrolment
    name: str
    joined: bool
    consented: bool
    last_sign: datetime | None  # last check-in, practice or answer
    last_contact: Contact | None
    attendance: dict[int, str]  # by week
    questions: tuple[QuestionState, ...]
    reasons: tuple[safety.ContactReason, ...]


@dataclass(frozen=True)
class Caseload:
    group: Group
    week: int
    meetings: tuple[Meeting, ...]
    next_meeting: Meeting | None
    current_meeting: Meeting | None  # the one to mark: the last that has begun, or the first
    timepoints: tuple[Timepoint, ...]
    members: tuple[Member, ...]

    @property
    def needing_contact(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.reasons)

    @property
    def well(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.joined and not member.reasons)


def groups_of(person: Person) -> list[Group]:
    """The groups that a facilitator runs."""
    return list(
        Group.objects.filter(
            roles__person=person, roles__kind=Role.Kind.FACILITATOR, roles__ended_at=None
        )
        .select_related("study", "arm")
        .prefetch_related("meetings", "enrolments")
        .order_by("weeks_count_from", "name")
        .distinct()
    )


def caseload(group: Group, at: datetime) -> Caseload:
    """Everything on the group's screen, in a fixed number of statements."""
    meetings = tuple(group.meetings.all())
    timepoints = tuple(Timepoint.objects.filter(study=group.study_id))
    begun = [meeting for meeting in meetings if meeting.starts_at <= at]
    return Caseload(
        group=group,
        week=schedule.week_of(group.weeks_count_from, at, group.zone),
        meetings=meetings,
        next_meeting=next((meeting for meeting in meetings if meeting.starts_at > at), None),
        current_meeting=begun[-1] if begun else next(iter(meetings), None),
        timepoints=timepoints,
        members=tuple(_member(row, group, meetings, timepoints, at) for row in _rows(group)),
    )


def _rows(group: Group) -> list[Enrolment]:
    recent = PracticeLog.objects.order_by("-received_at")
    return list(
        Enrolment.objects.filter(group=group, withdrawn_at=None)
        .select_related("person", "group", "arm")
        .annotate(last_check_in=Max("check_ins__received_at"))
        .prefetch_related(
            "consents",
            "contacts",
            Prefetch("attendance", queryset=Attendance.objects.select_related("meeting")),
            Prefetch("practice_logs", queryset=recent, to_attr="recent_practices"),
            Prefetch(
                "responses",
                queryset=Response.objects.select_related("edition", "timepoint")
                .prefetch_related("scores")
                .order_by("timepoint__position", "completed_at"),
            ),
        )
        .order_by("person__name", "number")
    )


def _member(
    enrolment: Enrolment,
    group: Group,
    meetings: tuple[Meeting, ...],
    timepoints: tuple[Timepoint, ...],
    at: datetime,
) -> Member:
    contacts = list(enrolment.contacts.all())
    marks = {mark.meeting.week: mark.state for mark in enrolment.attendance.all()}
    return Member(
        enrolment=enrolment,
        name=enrolment.person.name,
        joined=enrolment.joined_at is not None,
        consented=any(c.purpose == "programme" and c.given for c in enrolment.consents.all()),
        last_sign=_last_sign(enrolment),
        last_contact=contacts[-1] if contacts else None,
        attendance=marks,
        questions=tuple(_questions(enrolment, timepoints, at)),
        reasons=safety.contact_reasons(_history(enrolment, group, meetings, marks, contacts), at),
    )


def _last_sign(enrolment: Enrolment) -> datetime | None:
    times = [response.started_at for response in enrolment.responses.all()]
    times += [response.completed_at for response in enrolment.responses.all() if response.completed_at]
    times += [log.received_at for log in enrolment.recent_practices[:1]]
    times += [time for time in (enrolment.last_check_in, enrolment.joined_at) if time]
    return max(times, default=None)


def _questions(enrolment: Enrolment, timepoints: tuple[Timepoint, ...], at: datetime):  # type: ignore[no-untyped-def]
    windows = due.windows(enrolment, list(timepoints))
    stand: dict[tuple[int, str], bool] = {
        (response.timepoint_id, response.instrument): response.completed_at is not None
        for response in enrolment.responses.all()
    }
    for timepoint in timepoints:
        answered = [stand.get((timepoint.pk, instrument)) for instrument in timepoint.instruments]
        done = sum(1 for value in answered if value)
        state = schedule.state(windows[timepoint.key], at) if timepoint.key in windows else "not-yet"
        if done == len(answered):
            state = "done"
        elif any(value is not None for value in answered):
            state = "begun" if state == "open" else state
        yield QuestionState(timepoint.key, state, done, len(answered))


def _history(enrolment, group, meetings, marks, contacts) -> safety.PersonHistory:  # type: ignore[no-untyped-def]
    programme = group.arm.kind == Arm.Kind.PROGRAMME
    by_instrument: dict[str, list[Response]] = {}
    for response in enrolment.responses.all():
        if response.completed_at is not None:
            by_instrument.setdefault(response.instrument, []).append(response)
    worse = [
        (response.completed_at, f"{response.instrument}.{rule.id}")
        for responses in by_instrument.values()
        for rule in editions.instrument(responses[-1].edition).scores
        for response, _value in progress.worse_since(rule, responses)
    ]
    return safety.PersonHistory(
        meetings=tuple(
            safety.MeetingMark(meeting.week, meeting.starts_at, marks.get(meeting.week)) for meeting in meetings
        ),
        last_sign=_last_sign(enrolment),
        practices=tuple(
            safety.PracticeMark(log.received_at, log.practice, log.after)
            for log in reversed(enrolment.recent_practices)
        ),
        worse=tuple(safety.WorseMark(when, score) for when, score in worse),
        contacts=tuple(c.at for c in contacts if c.mode != Contact.Mode.NOT_REACHED),
        joined_at=enrolment.joined_at,
        ended_at=enrolment.withdrawn_at,
        in_programme=programme,
    )
