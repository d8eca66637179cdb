"""Setting up: meetings across a clock change, audit events that stay, staff that fit."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from allay.records.access import SYSTEM
from allay.records.errors import Invalid
from allay.records.models import AuditEvent, CheckIn, Role
from allay.records.services import groups, staff, studies


def test_twelve_meetings_keep_their_local_time_across_a_clock_change(cast, at):
    zone = ZoneInfo("Europe/London")
    first = datetime(2026, 3, 9, 18, 0, tzinfo=zone)
    group = groups.create(
        study=cast.study,
        arm="programme",
        name="Spring",
        zone="Europe/London",
        first_meeting=first,
        by=SYSTEM,
        at=at,
    )
    times = [meeting.starts_at.astimezone(zone) for meeting in group.meetings.all()]
    assert len(times) == 12
    assert {(time.hour, time.weekday()) for time in times} == {(18, 0)}
    assert len({time.utcoffset() for time in times}) == 2


@pytest.mark.parametrize(
    "change, field",
    [({"zone": "Mars/Base"}, "zone"), ({"arm": "placebo"}, "arm"), ({"name": "North"}, "name")],
)
def test_a_group_that_does_not_fit_is_refused(cast, at, change, field):
    fitting = {"study": cast.study, "arm": "programme", "name": "East", "zone": "UTC", "first_meeting": at}
    with pytest.raises(Invalid) as refusal:
        groups.create(**(fitting | change), by=SYSTEM, at=at)
    assert refusal.value.field == field


def test_a_waiting_group_has_no_meetings(cast):
    assert not cast.waiting_group.meetings.exists()


@pytest.mark.parametrize("email, password", [("nobody", "a long pass phrase 7"), ("a@example.org", "short")])
def test_staff_need_an_address_and_a_long_password(db, at, email, password):
    with pytest.raises(Invalid):
        staff.create(name="X", email=email, password=password, kind=Role.Kind.ADMINISTRATOR, by=SYSTEM, at=at)


def test_a_help_card_needs_an_emergency_number(db, at):
    with pytest.raises(Invalid):
        staff.set_help_numbers(numbers=[("helpline", "Line", "1", "")], by=SYSTEM, at=at)


def test_a_study_of_an_unknown_programme_is_refused(db, at):
    with pytest.raises(Invalid):
        studies.create(name="S", programme="nothing", by=SYSTEM, at=at)


def test_audit_events_are_neither_changed_nor_removed(cast):
    event = AuditEvent.objects.first()
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()


def test_the_database_itself_refuses_an_impossible_mood(cast, at):
    from uuid import uuid4

    with pytest.raises(IntegrityError), transaction.atomic():
        CheckIn.objects.create(
            id=uuid4(),
            enrolment=cast.ana_enrolment,
            day=at.date(),
            mood=11,
            received_at=at,
            fingerprint="x",
        )
