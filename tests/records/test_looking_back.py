"""Looking back: turned on by the person alone, what they say of it, and which days are looked at."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from allay.records.errors import DifferentContent, Invalid, NotYours, Withdrawn
from allay.records.models import AuditEvent, Verdict
from allay.records.queries import looking_back, own_data
from allay.records.queries.people import enrolment_of
from allay.records.services import checkins, enrolments, flares, lookingback, practicelogs

KEY = "mood~practice:any"


@pytest.fixture
def turned(cast, at):
    return lambda on: lookingback.choose(enrolment=cast.ana_enrolment, on=on, by=cast.ana, at=at)


@pytest.fixture
def say(cast, at):
    def word(says="fits", *, id=None, statement=KEY, later=0, by=None, enrolment=None):
        return lookingback.say(
            id=id or uuid4(),
            enrolment=enrolment or cast.ana_enrolment,
            statement=statement,
            says=says,
            by=by or cast.ana,
            at=at + timedelta(minutes=later),
        )

    return word


@pytest.fixture
def diary(cast, at):
    """Sixty days: mood is high where there was a practice, and low otherwise."""

    def keep(days=60, practice="p01-arriving"):
        who = {"enrolment": cast.ana_enrolment, "by": cast.ana}
        for number in range(days):
            then = at - timedelta(days=number)
            high = number * 7 % 11 > 4
            tapped = {"mood": 7 + number % 3 if high else 2 + number % 3, "comfort": (number * 5) % 9}
            checkins.record(id=uuid4(), day=then.date(), at=then, **who, **tapped)
            if high:
                practicelogs.record(
                    id=uuid4(), practice=practice, minutes=3, after="", day=then.date(), at=then, **who
                )

    return keep


def events():
    return list(AuditEvent.objects.filter(name__startswith="looking-back").values_list("name", flat=True))


def test_it_is_off_until_it_is_chosen_and_can_be_taken_back(cast, turned):
    assert cast.ana_enrolment.looks_back_since is None
    assert [turned(True), turned(True), turned(False), turned(False)] == [True, False, True, False]
    cast.ana_enrolment.refresh_from_db()
    assert cast.ana_enrolment.looks_back_since is None
    assert events() == ["looking-back.chosen", "looking-back.ended"]


def test_nobody_else_turns_it_on_or_has_a_word(cast, at, say):
    for other in (cast.ben, cast.fay, cast.ada):
        with pytest.raises(NotYours):
            lookingback.choose(enrolment=cast.ana_enrolment, on=True, by=other, at=at)
        with pytest.raises(NotYours):
            say(by=other)
    assert not events()


def test_a_word_is_kept_once(say):
    id = uuid4()
    assert [say(id=id)[1], say(id=id)[1]] == [True, False]
    assert Verdict.objects.count() == 1
    assert events() == ["looking-back.said"]


def test_an_id_is_nobody_elses_and_means_one_thing(cast, say):
    id = uuid4()
    say(id=id)
    with pytest.raises(DifferentContent):
        say("hide", id=id)
    with pytest.raises(NotYours):
        say(id=id, by=cast.ben, enrolment=cast.ben_enrolment)


@pytest.mark.parametrize(
    "wrong",
    [
        {"statement": "mood"},
        {"statement": "mood~"},
        {"statement": "x~y"},
        {"statement": "~" * 200},
        {"says": "no"},
    ],
)
def test_what_is_no_statement_and_no_word_is_refused(say, wrong):
    with pytest.raises(Invalid):
        say(**wrong)
    assert not Verdict.objects.exists()


def test_the_last_word_counts_and_hidden_stays_hidden(cast, at, say, diary):
    diary()
    for number, word in enumerate(("fits", "does-not-fit")):
        say(word, later=number)
    shown = looking_back.own(cast.ana_enrolment, at)
    assert [link.pair.key for link in shown.found.shown] == [KEY]
    assert shown.said == {KEY: "does-not-fit"}
    for number, word in enumerate(("hide", "fits"), start=5):
        say(word, later=number)
    assert looking_back.own(cast.ana_enrolment, at).found.shown == ()


def test_the_audit_says_nothing_of_what_was_found(say):
    say("does-not-fit")
    event = AuditEvent.objects.get(name="looking-back.said")
    assert "mood" not in str(event.__dict__)
    assert "fit" not in str(event.__dict__)


def test_after_leaving_nothing_is_kept(cast, at, turned, say):
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    for act in (lambda: turned(True), say):
        with pytest.raises(Withdrawn):
            act()


def test_it_rests_while_a_flare_is_on(cast, at, diary):
    diary()
    flares.declare(id=uuid4(), enrolment=cast.ana_enrolment, tell_facilitator=False, by=cast.ana, at=at)
    found = looking_back.own(cast.ana_enrolment, at)
    assert found.quiet
    assert found.found.shown == ()


def test_statements_are_few_and_the_same_for_any_number_of_days(cast, at, diary):
    counts = []
    for days in (15, 80):
        diary(days)
        enrolment = enrolment_of(cast.ana)
        with CaptureQueriesContext(connection) as asked:
            looking_back.own(enrolment, at)
        counts.append(len(asked))
    assert counts == [4, 4]


def test_the_latest_of_a_day_counts_and_the_week_is_not_a_day(cast, at):
    who = {"enrolment": cast.ana_enrolment, "by": cast.ana, "day": at.date()}
    for number, mood in enumerate((2, 9)):
        checkins.record(id=uuid4(), mood=mood, at=at + timedelta(minutes=number), **who)
    checkins.record(id=uuid4(), not_today=True, at=at + timedelta(minutes=8), **who)
    checkins.record(id=uuid4(), form="weekly", mood=1, at=at + timedelta(minutes=9), **who)
    (noted,) = looking_back.days(cast.ana_enrolment, at.date())
    assert noted.rows == {"mood": 9}
    assert not noted.practised


def test_days_are_those_of_the_phone(cast, at):
    """A check-in late in the evening far to the west stands on the day it was there."""
    who = {"enrolment": cast.ana_enrolment, "by": cast.ana, "at": at}
    yesterday = at.date() - timedelta(days=1)
    checkins.record(id=uuid4(), day=yesterday, mood=3, **who)
    practicelogs.record(id=uuid4(), day=yesterday, practice="p01-arriving", minutes=1, after="", **who)
    (noted,) = looking_back.days(cast.ana_enrolment, at.date())
    assert (noted.day, noted.practised) == (yesterday, True)


def test_practices_of_moving_are_not_set_beside_ease(cast, at, diary):
    diary(practice="p08-movement-as-a-kindness")
    keys = {link.pair.key for link in looking_back.own(cast.ana_enrolment, at).found.links}
    assert KEY in keys
    assert "comfort~practice:any" not in keys


def test_it_is_in_the_own_file(cast, at, turned, say):
    turned(True)
    say("fits")
    (kept,) = own_data.own_data(cast.ana, at)["taking_part"]
    assert kept["looks_back_since"] == at
    assert [(word["statement"], word["says"]) for word in kept["said_when_looking_back"]] == [(KEY, "fits")]
