"""A flare begins and ends when the person says so, however late or often that arrives."""

from datetime import timedelta
from uuid import uuid4

import pytest

from allay.records.errors import NotYours, Withdrawn
from allay.records.models import AuditEvent, Flare
from allay.records.queries import flares as queries
from allay.records.queries.caseload import caseload
from allay.records.queries.own_data import own_data
from allay.records.services import checkins, enrolments, flares


@pytest.fixture
def say(cast, at):
    def said(verb, when=at, **more):
        return verb(**{"id": uuid4(), "enrolment": cast.ana_enrolment, "by": cast.ana, "at": when, **more})

    return said


def test_it_is_on_from_the_word_to_the_word(cast, at, say):
    assert queries.current(cast.ana_enrolment) is None
    flare, new = say(flares.declare)
    assert new
    assert queries.current(cast.ana_enrolment) == flare
    _, ended = say(flares.ease, at + timedelta(hours=5))
    assert ended
    assert queries.current(cast.ana_enrolment) is None
    assert Flare.objects.get().ended_at == at + timedelta(hours=5)


def test_a_day_of_the_worst_answers_is_no_flare(cast, at, say):
    say(checkins.record, day=at.date(), mood=0, comfort=0)
    assert not Flare.objects.exists()


def test_the_same_entry_twice_and_a_second_word_are_the_same_flare(cast, at, say, new_id):
    one = new_id()
    first, _ = say(flares.declare, id=one)
    assert say(flares.declare, id=one) == (first, False)
    assert say(flares.declare) == (first, False)
    assert AuditEvent.objects.filter(name="flare.declared").count() == 1


def test_said_without_signal_it_counts_from_when_it_was_said(cast, at, say):
    flare, _ = say(flares.declare, device_time=at - timedelta(hours=9))
    assert flare.declared_at == at - timedelta(hours=9)
    assert flare.received_at == at


def test_a_phone_whose_clock_is_ahead_counts_by_the_service(at, say):
    flare, _ = say(flares.declare, device_time=at + timedelta(days=3))
    assert flare.declared_at == at


def test_eased_of_an_earlier_flare_does_not_end_the_one_now_on(at, say):
    first, _ = say(flares.declare)
    say(flares.ease, at + timedelta(hours=1))
    second, _ = say(flares.declare, at + timedelta(days=2))
    late = at + timedelta(days=3)
    assert say(flares.ease, late, device_time=at + timedelta(hours=1)) == (None, False)
    assert say(flares.ease, late, flare=first.pk) == (None, False)
    second.refresh_from_db()
    assert second.ended_at is None


def test_eased_by_a_phone_whose_clock_is_slow_still_ends_the_flare_it_names(at, say):
    flare, _ = say(flares.declare)
    ended, new = say(
        flares.ease, at + timedelta(hours=1), flare=flare.pk, device_time=at - timedelta(hours=1)
    )
    assert new
    assert ended.ended_at == flare.declared_at


def test_after_two_days_it_is_asked_and_two_days_after_a_yes_again(at, say):
    flare, _ = say(flares.declare)
    assert not queries.asks_whether_on(flare, at + timedelta(hours=47))
    assert queries.asks_whether_on(flare, at + timedelta(hours=48))
    flare, _ = say(flares.still_on, at + timedelta(hours=50))
    assert not queries.asks_whether_on(flare, at + timedelta(hours=97))
    assert queries.asks_whether_on(flare, at + timedelta(hours=98))
    assert not queries.asks_whether_on(None, at)


def test_facilitators_see_it_only_where_the_person_wished(cast, at, say):
    before = caseload(cast.group, at).member(cast.ana_enrolment.pk)
    flare, _ = say(flares.declare)
    assert caseload(cast.group, at).member(cast.ana_enrolment.pk) == before
    say(flares.ease, flare=flare.pk)
    told, _ = say(flares.declare, tell_facilitator=True)
    seen = caseload(cast.group, at).member(cast.ana_enrolment.pk)
    assert seen.flare == told
    assert seen.reasons == before.reasons  # a quiet line, no task


def test_nobody_says_it_for_somebody_else(cast, say, new_id):
    with pytest.raises(NotYours):
        say(flares.declare, by=cast.fay)
    one = new_id()
    say(flares.declare, id=one)
    with pytest.raises(NotYours):
        say(flares.declare, id=one, enrolment=cast.ben_enrolment, by=cast.ben)


def test_who_has_left_says_nothing_more(cast, at, say):
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    cast.ana_enrolment.refresh_from_db()
    with pytest.raises(Withdrawn):
        say(flares.declare)


def test_it_stands_in_the_file_of_everything(cast, at, say):
    flare, _ = say(flares.declare)
    kept = own_data(cast.ana, at)["taking_part"][0]["flares"]
    assert kept[0]["id"] == flare.pk
    assert kept[0]["tell_facilitator"] is False
