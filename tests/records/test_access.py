"""Who may do what, written out by hand for each permission."""

import pytest

from allay.records.access import SYSTEM, Arms, Permission, can
from allay.records.errors import NotYours
from allay.records.services import enrolments, groups

STAFF = ("fay", "finn", "rae", "ada", "sam")
EVERYBODY = ("ana", "ben", "wim", *STAFF)
WHO_MAY = {
    (Permission.TAKE_PART, "ana_enrolment"): {"ana"},
    (Permission.OWN_DATA, "ana_enrolment"): {"ana"},
    (Permission.RUN_GROUP, "group"): {"fay"},
    (Permission.RUN_GROUP, "other_group"): {"finn"},
    (Permission.READ_SHARED, "ana_enrolment"): {"fay"},
    (Permission.READ_GUIDE, None): set(STAFF),
    (Permission.READ_STUDY, "study"): {"rae"},
    (Permission.EVALUATE, "study"): {"rae"},
    (Permission.READ_ARMS, "arms"): {"rae"},
    (Permission.READ_ARMS, "blinded"): set(),
    (Permission.READ_ARMS, "blinded_facilitators"): {"rae"},
    (Permission.UNBLIND, "blinded"): {"ada"},
    (Permission.MANAGE, None): {"ada"},
}


@pytest.mark.parametrize("permission, thing", WHO_MAY)
def test_each_permission(cast, permission, thing):
    arms = {
        "arms": Arms(cast.study),
        "blinded": Arms(cast.study, frozenset({"researcher", "facilitator"}), "later"),
        "blinded_facilitators": Arms(cast.study, frozenset({"facilitator"}), "later"),
    }
    about = arms.get(thing) or getattr(cast, thing) if thing else None
    allowed = {name for name in EVERYBODY if can(getattr(cast, name), permission, about)}
    assert allowed == WHO_MAY[permission, thing]


def test_every_permission_stands_in_the_table():
    assert {permission for permission, _thing in WHO_MAY} == set(Permission)


def test_nobody_and_nothing_get_a_no(cast):
    from django.contrib.auth.models import AnonymousUser

    for permission in Permission:
        assert not can(AnonymousUser(), permission, cast.group)
        assert not can(None, permission, None)
    assert not can(cast.fay, Permission.RUN_GROUP, None)
    assert not can(cast.fay, Permission.RUN_GROUP, cast.study)


def test_a_role_that_ended_is_gone_with_the_next_request(cast, at):
    from allay.records.models import Person

    cast.fay.roles.update(ended_at=at)
    assert not can(Person.objects.get(pk=cast.fay.pk), Permission.RUN_GROUP, cast.group)


def test_somebody_switched_off_may_nothing(cast):
    cast.fay.is_active = False
    assert not can(cast.fay, Permission.RUN_GROUP, cast.group)


def test_the_command_line_takes_part_in_nothing(cast):
    assert can(SYSTEM, Permission.MANAGE)
    assert not can(SYSTEM, Permission.TAKE_PART, cast.ana_enrolment)
    assert not can(SYSTEM, Permission.READ_SHARED, cast.ana_enrolment)


def test_attendance_of_another_groups_person_is_refused(cast, at):
    meeting = cast.group.meetings.first()
    with pytest.raises(NotYours):
        groups.mark_attendance(meeting=meeting, states={cast.ben_enrolment: "here"}, by=cast.fay, at=at)


def test_leaving_the_evaluation_only_keeps_the_programme(cast, at):
    from allay.records.queries import analysis, consents

    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=True, by=cast.ana, at=at)
    assert consents.standing(cast.ana_enrolment) == {"programme": True, "evaluation": False}
    assert cast.ana_enrolment not in analysis.consenting(cast.study)
    assert can(cast.ana, Permission.TAKE_PART, cast.ana_enrolment)
