"""What is known of a person, as the safety rules want it. Works on rows that were fetched already."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from allay.records.models import Arm, Contact, Enrolment, Meeting, Response
from allay.records.queries import editions, progress
from allay.records.queries.circumstances import said_of
from allay.science import safety


def last_sign(enrolment: Enrolment) -> datetime | None:
    """The last check-in, practice or answer, or the day the phone was signed in.

    Needs the rows as `caseload` fetches them: responses, practices_in_order, last_check_in.
    """
    times = [enrolment.last_check_in, enrolment.joined_at]
    times += [log.received_at for log in enrolment.practices_in_order[-1:]]
    for response in enrolment.responses.all():
        times += [response.started_at, response.completed_at]
    return max((time for time in times if time is not None), default=None)


def history(
    enrolment: Enrolment, meetings: Sequence[Meeting], marks: Mapping[int, str], contacts: Sequence[Contact]
) -> safety.PersonHistory:
    return safety.PersonHistory(
        meetings=tuple(
            safety.MeetingMark(meeting.week, meeting.starts_at, marks.get(meeting.week))
            for meeting in meetings
        ),
        last_sign=last_sign(enrolment),
        practices=tuple(
            safety.PracticeMark(log.received_at, log.practice, log.after)
            for log in enrolment.practices_in_order
        ),
        worse=tuple(_worse(enrolment)),
        kindness_hard_since=said.kindness_hard_since if (said := said_of(enrolment)) else None,
        contacts=tuple(contact.at for contact in contacts if contact.mode != Contact.Mode.NOT_REACHED),
        joined_at=enrolment.joined_at,
        ended_at=enrolment.withdrawn_at,
        in_programme=enrolment.arm.kind == Arm.Kind.PROGRAMME,
    )


def _worse(enrolment: Enrolment) -> list[safety.WorseMark]:
    """Scores that are reliably worse than at the start, by `instrument.score`."""
    by_instrument: dict[str, list[Response]] = defaultdict(list)
    for response in enrolment.responses.all():
        if response.completed_at is not None:
            by_instrument[response.instrument].append(response)
    return [
        safety.WorseMark(response.completed_at, f"{response.instrument}.{rule.id}")
        for responses in by_instrument.values()
        for rule in editions.instrument(responses[-1].edition).scores
        for response, _value in progress.worse_since(rule, responses)
    ]
