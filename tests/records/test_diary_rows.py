"""The researcher's diary table: consented people, numbers instead of names, a row for every day that was asked."""

from datetime import timedelta
from uuid import uuid4

from allay.records.queries import consents, diary
from allay.records.services import checkins, enrolments


def check_in(enrolment, at, *, ago=0, **values):
    day = (at - timedelta(days=ago)).date()
    checkins.record(id=uuid4(), enrolment=enrolment, day=day, by=enrolment.person, at=at, **values)


def of(rows, enrolment):
    return [row for row in rows if row[0] == f"{enrolment.number:04d}"]


def test_every_asked_day_has_a_row(cast, at):
    check_in(cast.ana_enrolment, at, ago=2, mood=4, comfort=6)
    check_in(cast.ana_enrolment, at, ago=1, not_today=True)
    own = of(diary.rows(cast.study, at), cast.ana_enrolment)
    assert len(own) == 24  # from the first meeting, three weeks and two days ago, to today
    assert own[0][1] == (at - timedelta(days=23)).date()
    assert [row[3:] for row in own[-3:]] == [(False, 4, 6), (True, None, None), (False, None, None)]
    assert {row[2] for row in own} == {"programme"}


def test_the_last_answer_of_a_day_stands(cast, at):
    check_in(cast.ana_enrolment, at, mood=2, comfort=2)
    check_in(cast.ana_enrolment, at + timedelta(minutes=1), mood=7, comfort=3)
    check_in(cast.ana_enrolment, at + timedelta(minutes=2), not_today=True)
    own = of(diary.rows(cast.study, at), cast.ana_enrolment)
    assert own[-1][3:] == (False, 7, 3)


def test_nobody_who_takes_back_their_consent_stands_in_it(cast, at):
    enrolment = cast.ana_enrolment
    check_in(enrolment, at, mood=4, comfort=6)
    text = consents.current_text(enrolment, "en")
    enrolments.decide(
        enrolment=enrolment, text=text, programme=True, evaluation=False, by=enrolment.person, at=at
    )
    found = list(diary.rows(cast.study, at))
    assert not of(found, enrolment)
    assert of(found, cast.ben_enrolment)
    assert not any(name in str(found) for name in ("Ana", "Ben", "Wim", "North", "South"))


def test_the_table_ends_with_the_programme(cast, at):
    own = of(diary.rows(cast.study, at + timedelta(weeks=30)), cast.ana_enrolment)
    assert len(own) == 84


def test_the_number_of_statements_does_not_grow(cast, at, django_assert_num_queries):
    for ago in range(5):
        check_in(cast.ana_enrolment, at, ago=ago, mood=ago, comfort=5)
        check_in(cast.ben_enrolment, at, ago=ago, mood=ago, comfort=5)
    with django_assert_num_queries(2):
        list(diary.rows(cast.study, at))


def test_the_table_goes_into_the_evaluation(cast, at):
    from allay.science.diary.entries import Columns, read
    from allay.science.diary.pairs import pairs
    from allay.science.diary.staging import TABLE, stage_rows, staged_source
    from allay.science.evaluation import open_workspace

    for ago in (1, 2, 3, 6):
        check_in(cast.ana_enrolment, at, ago=ago, mood=ago, comfort=5)
    columns = Columns(diary.VARIABLES, "participant", "day", "arm", "not_today")
    connection = open_workspace()
    stage_rows(connection, diary.rows(cast.study, at), columns, "the service")
    assert staged_source(connection)[0] == "the service"
    with read((connection, TABLE), columns) as entries:
        sums = pairs(entries)
    connection.close()
    assert sums.usable.tolist() == [2, 0, 0]
