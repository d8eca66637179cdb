"""Diary entries: kept once however often they are sent, refused when they do not fit."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection

from allay.records.errors import DifferentContent, Invalid, NotConsented, NotYours, Withdrawn
from allay.records.models import AuditEvent, CheckIn, PracticeLog
from allay.records.services import checkins, enrolments, practicelogs
from tests.conftest import make_cast


def check_in(cast, at, **changes):
    values = {"id": uuid4(), "enrolment": cast.ana_enrolment, "day": at.date(), "mood": 5, "comfort": 4}
    return checkins.record(**(values | {"by": cast.ana, "at": at} | changes))


def practice(cast, at, **changes):
    values = {"id": uuid4(), "enrolment": cast.ana_enrolment, "practice": "p01-arriving", "minutes": 3}
    return practicelogs.record(
        **(values | {"after": "easier", "day": at.date(), "by": cast.ana, "at": at} | changes)
    )


def test_the_same_entry_twice_is_one_row_and_one_event(cast, at):
    id = uuid4()
    first, new = check_in(cast, at, id=id)
    again, new_again = check_in(cast, at + timedelta(hours=1), id=id)
    assert (new, new_again) == (True, False)
    assert first == again
    assert CheckIn.objects.count() == 1
    assert AuditEvent.objects.filter(name="check-in.recorded").count() == 1


def test_two_check_ins_on_one_day_are_two(cast, at):
    check_in(cast, at)
    check_in(cast, at)
    assert CheckIn.objects.count() == 2


def test_an_id_with_other_content_is_refused_and_the_first_stands(cast, at):
    id = uuid4()
    check_in(cast, at, id=id, mood=5)
    with pytest.raises(DifferentContent):
        check_in(cast, at, id=id, mood=6)
    assert CheckIn.objects.get().mood == 5


def test_an_id_of_somebody_else_is_refused(cast, at):
    id = uuid4()
    check_in(cast, at, id=id)
    with pytest.raises(NotYours):
        check_in(cast, at, id=id, enrolment=cast.ben_enrolment, by=cast.ben)
    assert CheckIn.objects.get().enrolment == cast.ana_enrolment


@pytest.mark.parametrize(
    "field, value", [("mood", 11), ("mood", -1), ("comfort", 10.5), ("comfort", True), ("helped", "nonsense")]
)
def test_what_does_not_fit_is_refused_with_the_field_named(cast, at, field, value):
    with pytest.raises(Invalid) as refusal:
        check_in(cast, at, **{field: value})
    assert refusal.value.field == field
    assert not CheckIn.objects.exists()


def test_not_today_is_a_full_answer(cast, at):
    row, _new = check_in(cast, at, mood=None, comfort=None, not_today=True)
    assert row.not_today


def test_nothing_at_all_is_not_an_entry(cast, at):
    with pytest.raises(Invalid):
        check_in(cast, at, mood=None, comfort=None)


def test_a_day_far_away_is_refused(cast, at):
    with pytest.raises(Invalid):
        check_in(cast, at, day=(at - timedelta(days=120)).date())


def test_a_phone_from_a_drawer_may_bring_last_months_entries(cast, at):
    check_in(cast, at, day=(at - timedelta(days=40)).date())
    assert CheckIn.objects.count() == 1


def test_nobody_writes_for_somebody_else(cast, at):
    with pytest.raises(NotYours):
        check_in(cast, at, by=cast.ben)
    with pytest.raises(NotYours):
        check_in(cast, at, by=cast.fay)


def test_nothing_is_kept_without_consent(cast, at):
    from allay.records.queries import consents

    text = consents.current_text(cast.ana_enrolment, "en")
    enrolments.decide(
        enrolment=cast.ana_enrolment, text=text, programme=False, evaluation=False, by=cast.ana, at=at
    )
    with pytest.raises(NotConsented):
        check_in(cast, at)


def test_nothing_is_kept_after_leaving(cast, at):
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    with pytest.raises(Withdrawn):
        check_in(cast, at)


@pytest.mark.parametrize(
    "field, value", [("practice", "p99-unknown"), ("minutes", 7), ("minutes", "3"), ("after", "great")]
)
def test_a_practice_that_does_not_exist_is_refused(cast, at, field, value):
    with pytest.raises(Invalid) as refusal:
        practice(cast, at, **{field: value})
    assert refusal.value.field == field
    assert not PracticeLog.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_ten_times_by_two_clients_at_once_is_one_row_and_one_answer(at):
    cast, id, answers = make_cast(at), uuid4(), []
    start = Barrier(2)

    def client():
        start.wait()
        for _ in range(10):
            row, _new = check_in(cast, at, id=id)
            answers.append((row.pk, row.mood, row.comfort))
        connection.close()

    threads = [Thread(target=client) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [(id, 5, 4)] * 20
    assert CheckIn.objects.count() == 1
    assert AuditEvent.objects.filter(name="check-in.recorded").count() == 1
