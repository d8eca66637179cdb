"""The researcher's diary table: consented people, numbers instead of names, a row for every day that was asked."""

from datetime import timedelta
from uuid import uuid4

from allay.records.queries import consents, diary
from allay.records.services import checkins, enrolments

BOTH = ("mood", "comfort")


def check_in(enrolment, at, *, ago=0, **values):
    day = (at - timedelta(days=ago)).date()
    checkins.record(id=uuid4(), enrolment=enrolment, day=day, by=enrolment.person, at=at, **values)


def of(rows, enrolment):
    return [row for row in rows if row[0] == f"{enrolment.number:04d}"]


def test_every_asked_day_has_a_row(cast, at):
    check_in(cast.ana_enrolment, at, ago=2, mood=4, comfort=6)
    check_in(cast.ana_enrolment, at, ago=1, not_today=True)
    own = of(diary.rows(cast.study, at, BOTH), cast.ana_enrolment)
    assert len(own) == 24  # from the first meeting, three weeks and two days ago, to today
    assert own[0][1] == (at - timedelta(days=23)).date()
    assert [row[3:] for row in own[-3:]] == [(False, 4, 6), (True, None, None), (False, None, None)]
    assert {row[2] for row in own} == {"programme"}


def test_the_last_answer_of_a_day_stands(cast, at):
    check_in(cast.ana_enrolment, at, mood=2, comfort=2)
    check_in(cast.ana_enrolment, at + timedelta(minutes=1), mood=7, comfort=3)
    check_in(cast.ana_enrolment, at + timedelta(minutes=2), not_today=True)
    own = of(diary.rows(cast.study, at, BOTH), cast.ana_enrolment)
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
    columns = Columns(BOTH, "participant", "day", "arm", "not_today")
    connection = open_workspace()
    stage_rows(connection, diary.rows(cast.study, at, BOTH), columns, "the service")
    assert staged_source(connection)[0] == "the service"
    with read((connection, TABLE), columns) as entries:
        sums = pairs(entries)
    connection.close()
    assert sums.usable.tolist() == [2, 0, 0]


def test_every_outcome_of_both_forms_is_a_column(cast):
    outcomes = ("mood", "outlook", "acceptance", "comfort", "connection")
    assert diary.columns(cast.study) == (
        *("participant", "day", "arm", "not_today"),
        *outcomes,
        *(f"week_{outcome}" for outcome in outcomes),
    )


def test_what_is_asked_is_what_the_forms_of_the_study_ask(cast):
    weekly = ("week_mood", "week_outlook", "week_acceptance", "week_comfort", "week_connection")
    assert diary.asked(cast.study) == (*BOTH, *weekly)
    cast.study.weekly_note = ""
    assert diary.asked(cast.study) == BOTH


def test_a_note_of_the_week_stands_beside_the_day_it_was_written_on_and_changes_nothing_there(cast, at):
    chosen = ("mood", "outlook", "week_mood", "week_outlook")
    check_in(cast.ana_enrolment, at, mood=4)
    check_in(cast.ana_enrolment, at, form="weekly", mood=7, outlook=2)
    check_in(cast.ana_enrolment, at + timedelta(minutes=1), form="weekly", outlook=3)
    check_in(cast.ana_enrolment, at, ago=1, form="weekly", not_today=True)
    own = of(diary.rows(cast.study, at, chosen), cast.ana_enrolment)
    assert [row[3:] for row in own[-2:]] == [
        (False, None, None, None, None),  # no note of the week says nothing about the day
        (False, 4, None, None, 3),
    ]
