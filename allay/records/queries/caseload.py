"""One group on one screen: who is there, who has answered what, and who might need a call and why."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Prefetch

from allay.records.errors import NotYours
from allay.records.models import (
    Attendance,
    Contact,
    Enrolment,
    Flare,
    Group,
    Meeting,
    Person,
    PracticeLog,
    Response,
    Role,
    Timepoint,
)
from allay.records.queries import consents, due, flares, histories
from allay.science import safety, schedule


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
    last_sign: datetime | None  # last check-in, practice, answer or meeting
    last_contact: Contact | None
    attendance: Mapping[int, str]  # by week
    questions: tuple[QuestionState, ...]
    reasons: tuple[safety.ContactReason, ...]
    flare: Flare | None  # that is on, only where the person wished it to be known


@dataclass(frozen=True)
class Caseload:
    group: Group
    week: int
    meetings: tuple[Meeting, ...]  # in order of time, those that do not take place as well
    next_meeting: Meeting | None  # the one going on, or the next one
    current_meeting: Meeting | None  # the one to mark: today's, else the last that has begun
    windows: tuple[schedule.Window, ...]
    members: tuple[Member, ...]
    left: tuple[Enrolment, ...]

    @property
    def needing_contact(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.reasons)

    def member(self, enrolment_id: object) -> Member:
        """Raises NotYours for somebody who is not, or no longer, in this group."""
        found = next((member for member in self.members if member.enrolment.pk == enrolment_id), None)
        if found is None:
            raise NotYours
        return found


def groups_of(person: Person) -> list[Group]:
    """The groups that a facilitator runs."""
    return list(
        Group.objects.filter(roles__person=person, roles__kind=Role.Kind.FACILITATOR, roles__ended_at=None)
        .select_related("study", "arm")
        .order_by("weeks_count_from", "name")
        .distinct()
    )


def caseload(group: Group, at: datetime) -> Caseload:
    """Everything on the group's screen, in a fixed number of statements."""
    return caseloads([group], at)[0]


def caseloads(groups: list[Group], at: datetime) -> list[Caseload]:
    """The screens of several groups, in the same number of statements as one."""
    meetings = _by_group(Meeting.objects.filter(group__in=groups).order_by("starts_at", "week"))
    rows = _by_group(_rows(groups))
    planned: dict[object, list[Timepoint]] = defaultdict(list)
    for timepoint in Timepoint.objects.filter(study__in={group.study_id for group in groups}):
        planned[timepoint.study_id].append(timepoint)
    known = flares.told(groups)
    return [
        _one(group, meetings[group.pk], planned[group.study_id], rows[group.pk], known, at)
        for group in groups
    ]


def enrolment(group: Group, enrolment_id: object) -> Enrolment:
    """One person of the group. Raises NotYours for anybody else."""
    found = (
        Enrolment.objects.filter(group=group, pk=enrolment_id)
        .select_related("person", "group", "arm", "circumstances")
        .first()
    )
    if found is None:
        raise NotYours
    return found


def taking_part(group: Group, enrolment_id: object) -> Enrolment:
    """As `enrolment`, for somebody who has not left."""
    found = enrolment(group, enrolment_id)
    if found.withdrawn_at is not None:
        raise NotYours
    return found


def meeting(group: Group, **which: object) -> Meeting:
    """One meeting of the group, by `pk` or `week`. Raises NotYours where there is none."""
    found = Meeting.objects.filter(group=group, **which).select_related("group").first()
    if found is None:
        raise NotYours
    return found


def meeting_of_week(group: Group, week: int) -> Meeting | None:
    """The planned meeting of a session; None in a waiting group."""
    return Meeting.objects.filter(group=group, week=week).first()


def without_mark(meeting: Meeting) -> list[Enrolment]:
    """Those of the group whose attendance of this meeting is not noted yet."""
    return list(
        Enrolment.objects.filter(group=meeting.group_id, withdrawn_at=None)
        .exclude(attendance__meeting=meeting)
        .order_by("number")
    )


def _by_group(rows: Iterable) -> defaultdict[object, list]:  # type: ignore[type-arg]
    found: defaultdict[object, list] = defaultdict(list)  # type: ignore[type-arg]
    for row in rows:
        found[row.group_id].append(row)
    return found


def _one(
    group: Group,
    meetings: list[Meeting],
    timepoints: list[Timepoint],
    rows: list[Enrolment],
    known: Mapping[object, Flare],
    at: datetime,
) -> Caseload:
    windows = due.group_windows(group, timepoints)
    held = [meeting for meeting in meetings if meeting.cancelled_at is None]
    return Caseload(
        group=group,
        week=schedule.week_of(group.weeks_count_from, at, group.zone),
        meetings=tuple(meetings),
        next_meeting=next((meeting for meeting in held if _end(meeting) > at), None),
        current_meeting=_to_mark(group, held, at),
        windows=windows,
        members=tuple(
            _member(row, held, timepoints, windows, known.get(row.pk), at)
            for row in rows
            if row.withdrawn_at is None
        ),
        left=tuple(row for row in rows if row.withdrawn_at is not None),
    )


def _end(meeting: Meeting) -> datetime:
    return meeting.starts_at + timedelta(minutes=meeting.minutes)


def _to_mark(group: Group, meetings: list[Meeting], at: datetime) -> Meeting | None:
    today = schedule.local_day(at, group.zone)
    begun = [m for m in meetings if m.starts_at <= at or schedule.local_day(m.starts_at, group.zone) == today]
    return begun[-1] if begun else None


def _rows(groups: list[Group]) -> list[Enrolment]:
    return list(
        Enrolment.objects.filter(group__in=groups)
        .select_related("person", "arm", "circumstances")
        .annotate(last_check_in=Max("check_ins__received_at"))
        .prefetch_related(
            "consents",
            Prefetch("contacts", queryset=Contact.objects.select_related("by")),
            Prefetch("attendance", queryset=Attendance.objects.select_related("meeting")),
            Prefetch(
                "practice_logs",
                queryset=PracticeLog.objects.order_by("received_at", "pk"),
                to_attr="practices_in_order",
            ),
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
    meetings: list[Meeting],
    timepoints: list[Timepoint],
    windows: tuple[schedule.Window, ...],
    flare: Flare | None,
    at: datetime,
) -> Member:
    contacts = list(enrolment.contacts.all())
    marks = {mark.meeting.week: mark.state for mark in enrolment.attendance.all()}
    return Member(
        enrolment=enrolment,
        name=enrolment.person.name,
        joined=enrolment.joined_at is not None,
        consented=consents.standing(enrolment).get("programme", False),
        last_sign=_last_sign(enrolment, meetings, marks, at),
        last_contact=contacts[-1] if contacts else None,
        attendance=marks,
        questions=tuple(_questions(enrolment, timepoints, windows, at)),
        reasons=safety.contact_reasons(histories.history(enrolment, meetings, marks, contacts), at),
        flare=flare,
    )


def _last_sign(
    enrolment: Enrolment, meetings: list[Meeting], marks: Mapping[int, str], at: datetime
) -> datetime | None:
    """The last that was heard of somebody, on the phone or at a meeting."""
    heard = {Attendance.State.HERE, Attendance.State.ONLINE, Attendance.State.MESSAGE}
    times = [meeting.starts_at for meeting in meetings if marks.get(meeting.week) in heard]
    signs = (histories.last_sign(enrolment), *(min(time, at) for time in times))
    return max((time for time in signs if time is not None), default=None)


def _questions(
    enrolment: Enrolment, timepoints: list[Timepoint], windows: tuple[schedule.Window, ...], at: datetime
) -> Iterable[QuestionState]:
    standing: dict[tuple[int, str], bool] = {
        (response.timepoint_id, response.instrument): response.completed_at is not None
        for response in enrolment.responses.all()
    }
    for timepoint, window in zip(timepoints, windows, strict=True):
        answered = [standing.get((timepoint.pk, instrument)) for instrument in timepoint.instruments]
        state = schedule.state(window, at)
        if all(answered):
            state = "done"
        elif state == "open" and any(finished is not None for finished in answered):
            state = "begun"
        yield QuestionState(timepoint.key, state, sum(map(bool, answered)), len(answered))
