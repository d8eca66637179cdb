"""Groups and their meetings, and who came."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from allay.content import library
from allay.records.access import Actor, Permission, require
from allay.records.errors import Invalid, NotYours
from allay.records.models import Arm, Attendance, Enrolment, Group, Meeting, Person, Role, Study
from allay.records.services import audit


@transaction.atomic
def create(
    *,
    study: Study,
    arm: str,
    name: str,
    zone: str,
    first_meeting: datetime,
    place: str = "",
    by: Actor,
    at: datetime,
) -> Group:
    """A group; in a programme arm with its weekly meetings at the same local time, clock changes included."""
    require(by, Permission.MANAGE)
    if zone not in available_timezones():
        raise Invalid(_("There is no such time zone. One example: Europe/London."), field="zone")
    chosen = Arm.objects.filter(study=study, key=arm).first()
    if chosen is None:
        raise Invalid(_("This study has no such arm."), field="arm")
    if study.groups.filter(name=name).exists():
        raise Invalid(_("There is a group of this name already."), field="name")
    group = Group.objects.create(
        study=study, arm=chosen, name=name, zone=zone, weeks_count_from=first_meeting, created_at=at
    )
    if chosen.kind == Arm.Kind.PROGRAMME:
        _plan(group, first_meeting, place)
    audit.record("group.created", by=by, at=at, on=group)
    return group


def _plan(group: Group, first: datetime, place: str) -> None:
    programme = library.load().programmes[group.study.programme]
    local = first.astimezone(ZoneInfo(group.zone))
    Meeting.objects.bulk_create(
        Meeting(
            group=group,
            week=week + 1,
            starts_at=local + timedelta(weeks=week),  # wall-clock arithmetic: 10:00 stays 10:00
            minutes=programme.meeting_minutes,
            place=place,
        )
        for week in range(programme.weeks)
    )


@transaction.atomic
def move(*, meeting: Meeting, starts_at: datetime, by: Actor, at: datetime) -> Meeting:
    """Gives one meeting another time; the other meetings and the windows of the questions stay.

    A meeting that was cancelled takes place again with a time of its own.
    """
    require(by, Permission.RUN_GROUP, meeting.group)
    if meeting.starts_at != starts_at or meeting.cancelled_at is not None:
        meeting.starts_at, meeting.cancelled_at = starts_at, None
        _changed(meeting, at)
        audit.record("meeting.moved", by=by, at=at, on=meeting)
    return meeting


@transaction.atomic
def cancel(*, meeting: Meeting, by: Actor, at: datetime) -> Meeting:
    """It does not take place. It stays in the list and in calendars, marked so; its session stays open to read."""
    require(by, Permission.RUN_GROUP, meeting.group)
    if meeting.cancelled_at is None:
        meeting.cancelled_at = at
        _changed(meeting, at)
        audit.record("meeting.cancelled", by=by, at=at, on=meeting)
    return meeting


def _changed(meeting: Meeting, at: datetime) -> None:
    meeting.revision, meeting.changed_at = meeting.revision + 1, at
    meeting.save(update_fields=["starts_at", "cancelled_at", "revision", "changed_at"])


LONGEST_TIMES = 120


@transaction.atomic
def set_answer_times(*, group: Group, words: str, by: Actor, at: datetime) -> Group:
    """When the facilitators of a group look in, as its people read it after their names; "" takes it back."""
    require(by, Permission.RUN_GROUP, group)
    times = "".join(c for c in " ".join(words.split()) if c.isprintable()).rstrip(". ")
    if len(times) > LONGEST_TIMES:
        raise Invalid(_("Please say it in at most %d characters.") % LONGEST_TIMES, field="answer_times")
    if group.answer_times != times:
        group.answer_times = times
        group.save(update_fields=["answer_times"])
        audit.record("group.answer-times.set", by=by, at=at, on=group)
    return group


@transaction.atomic
def set_online(*, group: Group, online: bool, by: Actor, at: datetime) -> Group:
    """Whether a group meets by video: sessions then have a part about that."""
    require(by, Permission.RUN_GROUP, group)
    if group.online != online:
        group.online = online
        group.save(update_fields=["online"])
        audit.record("group.online.set", by=by, at=at, on=group, online=online)
    return group


@transaction.atomic
def assign(*, person: Person, group: Group, by: Actor, at: datetime) -> Role:
    """Lets a facilitator run a group."""
    require(by, Permission.MANAGE)
    role, new = Role.objects.get_or_create(
        person=person, kind=Role.Kind.FACILITATOR, group=group, ended_at=None, defaults={"granted_at": at}
    )
    if new:
        audit.record("role.granted", by=by, at=at, on=role, person=str(person.pk), group=str(group.pk))
    return role


@transaction.atomic
def mark_attendance(
    *, meeting: Meeting, states: Mapping[Enrolment, str], by: Actor, at: datetime
) -> list[Attendance]:
    """Notes who came. Marking again replaces the mark; the same mark again changes nothing."""
    require(by, Permission.RUN_GROUP, meeting.group)
    return [_mark(meeting, enrolment, state, by, at) for enrolment, state in states.items()]


def _mark(meeting: Meeting, enrolment: Enrolment, state: str, by: Actor, at: datetime) -> Attendance:
    if enrolment.group_id != meeting.group_id:
        raise NotYours
    if state not in Attendance.State.values:
        raise Invalid(_("This is not one of the choices."), field="state")
    mark, new = Attendance.objects.get_or_create(
        meeting=meeting, enrolment=enrolment, defaults={"state": state, "marked_at": at}
    )
    if not new and mark.state != state:
        mark.state, mark.marked_at, new = state, at, True
        mark.save(update_fields=["state", "marked_at"])
    if new:
        audit.record("attendance.marked", by=by, at=at, on=mark, enrolment=str(enrolment.pk), state=state)
    return mark
