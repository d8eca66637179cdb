"""Responses: answers as they are given, finished once, scored by the frozen edition."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection

from allay.content import library
from allay.records.errors import AlreadyAnswered, Invalid, NotYours, WindowClosed
from allay.records.models import Answer, AuditEvent, Response, Score, Timepoint
from allay.records.services import editions, responses
from tests.conftest import make_cast

ITEMS = [item.id for item in library.load().instruments["phq-8"].items]
ALL_ONE = dict.fromkeys(ITEMS, 1)


@pytest.fixture
def then(cast):
    """A moment in the baseline window."""
    return cast.group.weeks_count_from - timedelta(days=3)


@pytest.fixture
def baseline(cast):
    return Timepoint.objects.get(study=cast.study, key="baseline")


def values(cast, timepoint, at, **changes):
    common = {"id": uuid4(), "enrolment": cast.ana_enrolment, "timepoint": timepoint, "instrument": "phq-8"}
    return common | {"answers": ALL_ONE, "by": cast.ana, "at": at} | changes


def test_finishing_keeps_answers_scores_and_event(cast, baseline, then):
    response, new = responses.record(**values(cast, baseline, then))
    assert new
    assert response.completed_at == then
    assert Answer.objects.filter(response=response).count() == 8
    assert Score.objects.get(response=response).value == 8
    assert AuditEvent.objects.filter(name="response.recorded").count() == 1


def test_answers_given_one_by_one_are_there_when_finished(cast, baseline, then):
    id = uuid4()
    for item in ITEMS[:4]:
        responses.answer(**values(cast, baseline, then, id=id, answers={item: 3}))
    assert Response.objects.get().completed_at is None
    response, _new = responses.record(
        **values(cast, baseline, then, id=id, answers=dict.fromkeys(ITEMS[4:], 0))
    )
    assert response.pk == id
    assert Score.objects.get(response=response).value == 12


def test_two_pages_that_began_one_each_write_into_the_first(cast, baseline, then):
    first = responses.answer(**values(cast, baseline, then, answers={ITEMS[0]: 1}))
    second = responses.answer(**values(cast, baseline, then, answers={ITEMS[1]: 2}))
    assert first.pk == second.pk
    assert Response.objects.count() == 1


def test_the_first_complete_answer_stands(cast, baseline, then):
    id = uuid4()
    responses.record(**values(cast, baseline, then, id=id))
    _response, new = responses.record(**values(cast, baseline, then, id=id))
    assert not new
    with pytest.raises(AlreadyAnswered):
        responses.record(**values(cast, baseline, then, id=id, answers=dict.fromkeys(ITEMS, 2)))
    with pytest.raises(AlreadyAnswered):
        responses.answer(**values(cast, baseline, then, id=id, answers={ITEMS[0]: 3}))
    assert Score.objects.get().value == 8


@pytest.mark.parametrize(
    "answers, field",
    [
        ({ITEMS[0]: 4}, ITEMS[0]),
        ({ITEMS[0]: -1}, ITEMS[0]),
        ({ITEMS[0]: 1.5}, ITEMS[0]),
        ({ITEMS[0]: "2"}, ITEMS[0]),
        ({ITEMS[0]: True}, ITEMS[0]),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_impossible_answers_are_refused_whole_and_the_item_is_named(cast, baseline, then, answers, field):
    with pytest.raises(Invalid) as refusal:
        responses.record(**values(cast, baseline, then, answers=ALL_ONE | answers))
    assert refusal.value.field == field
    assert not Response.objects.exists()
    assert not Answer.objects.exists()


def test_skipped_items_are_kept_as_skipped(cast, baseline, then):
    response, _new = responses.record(**values(cast, baseline, then, answers={ITEMS[0]: 2}))
    assert Answer.objects.filter(response=response, value=None).count() == 7
    assert Score.objects.get(response=response).value is None


def test_an_id_of_somebody_else_is_refused(cast, baseline, then):
    id = uuid4()
    responses.record(**values(cast, baseline, then, id=id))
    with pytest.raises(NotYours):
        responses.record(**values(cast, baseline, then, id=id, enrolment=cast.ben_enrolment, by=cast.ben))
    assert Response.objects.count() == 1


def test_nothing_outside_the_window(cast, baseline, then):
    with pytest.raises(WindowClosed):
        responses.record(**values(cast, baseline, then + timedelta(days=30)))
    week_six = Timepoint.objects.get(study=cast.study, key="week-6")
    with pytest.raises(WindowClosed):
        responses.record(**values(cast, week_six, then))


def test_an_instrument_that_is_not_asked_then_is_refused(cast, baseline, then):
    with pytest.raises(NotYours):
        responses.record(**values(cast, baseline, then, instrument="global-change", answers={}))


def test_a_changed_file_under_an_old_version_is_refused(cast, at):
    from allay.records.access import SYSTEM

    changed = library.load().instruments["phq-8"].model_copy(update={"fingerprint": "0" * 64})
    with pytest.raises(editions.EditionChanged):
        editions.register(instruments=[changed], by=SYSTEM, at=at)


@pytest.mark.django_db(transaction=True)
def test_ten_times_by_two_clients_at_once_is_one_row_and_one_answer(at):
    cast, id, replies = make_cast(at), uuid4(), []
    then = cast.group.weeks_count_from - timedelta(days=3)
    timepoint = Timepoint.objects.get(study=cast.study, key="baseline")
    start = Barrier(2)

    def client():
        start.wait()
        for _ in range(10):
            response, _new = responses.record(**values(cast, timepoint, then, id=id))
            replies.append((response.pk, response.completed_at))
        connection.close()

    threads = [Thread(target=client) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == [(id, then)] * 20
    assert Response.objects.count() == 1
    assert Score.objects.count() == 1
