"""One person of a group, for those who run it: contacts, meetings, counts and codes; no answers, no diary."""

from dataclasses import dataclass
from datetime import datetime

from allay.records.models import Contact, Enrolment, Group, HelpNumber, JoiningCode, Meeting
from allay.records.queries.caseload import Member, caseload, enrolment


@dataclass(frozen=True)
class MemberPage:
    enrolment: Enrolment
    member: Member | None  # None for somebody who has left
    meetings: tuple[tuple[Meeting, str], ...]  # with the mark, or ""; in order of time
    contacts: tuple[Contact, ...]  # the newest first
    check_ins: int
    practices: int
    timepoints: tuple[str, ...]  # titles, in the order of the member's questions
    code: JoiningCode | None  # made by staff, not used yet, still good


def member_page(group: Group, enrolment_id: object, at: datetime) -> MemberPage:
    """Raises NotYours for anybody who is not of this group."""
    row = enrolment(group, enrolment_id)
    marks = {mark.meeting_id: mark.state for mark in row.attendance.all()}
    load = caseload(group, at)
    return MemberPage(
        enrolment=row,
        member=load.member(row.pk) if row.withdrawn_at is None else None,
        meetings=tuple((meeting, marks.get(meeting.pk, "")) for meeting in load.meetings),
        contacts=tuple(row.contacts.select_related("by").order_by("-at")),
        check_ins=row.check_ins.count(),
        practices=row.practice_logs.count(),
        timepoints=tuple(window.title for window in load.windows),
        code=_waiting(row, at),
    )


def _waiting(row: Enrolment, at: datetime) -> JoiningCode | None:
    return (
        row.codes.filter(used_at=None, revoked_at=None, expires_at__gt=at)
        .exclude(purpose=JoiningCode.Purpose.WAY_BACK)
        .order_by("-made_at")
        .first()
    )


def newest_code(row: Enrolment) -> JoiningCode | None:
    """The code that staff made last, used or not."""
    made = row.codes.exclude(purpose=JoiningCode.Purpose.WAY_BACK)
    return made.order_by("-made_at").first()


def may_invite() -> bool:
    """Whether the help card has its emergency number: nobody is invited before that."""
    return HelpNumber.objects.filter(kind=HelpNumber.Kind.EMERGENCY).exists()
