"""A try begins with a draw, is one at a time, and ends by one word, by a flare, or by itself."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from allay.records.errors import Invalid, NotYours, Withdrawn
from allay.records.models import AuditEvent, TwoWeekTry
from allay.records.queries import two_week_tries as queries
from allay.records.queries.own_data import own_data
from allay.records.queries.people import enrolment_of
from allay.records.services import checkins, circumstances, enrolments, flares, ownpractices, two_week_tries

ARRIVING, ANCHOR, RHYTHM, KIND_PLACE = (
    "p01-arriving",
    "p02-anchor",
    "p04-soothing-rhythm-breathing",
    "p09-kind-place",
)


@pytest.fixture
def begin(cast, at):
    def begun(when=at, **more):
        given = {"id": uuid4(), "first": ARRIVING, "second": "", "outcome": "mood", **more}
        return two_week_tries.begin(enrolment=cast.ana_enrolment, by=cast.ana, at=when, **given)

    return begun


def offered(cast, at, who="ana"):
    """As a later request would read it."""
    enrolment = enrolment_of(getattr(cast, who))
    return [practice.id for practice in queries.choices(enrolment, at)]


def test_the_days_are_drawn_once_and_begin_tomorrow(begin, at):
    row, new = begin(seed=5)
    assert new
    assert row.began_on == at.date() + timedelta(days=1)
    assert [block["arm"] for block in row.blocks] == ["first", "second", "second", "first"]
    assert sum(block["days"] for block in row.blocks) == 14
    assert queries.stage(row, at.date()) == "before"
    assert queries.stage(row, at.date() + timedelta(days=14)) == "on"
    assert queries.stage(row, at.date() + timedelta(days=15)) == "over"


def test_without_a_seed_one_is_drawn_and_kept(begin):
    from dataclasses import asdict

    from allay.science.two_week_try import draw

    row, _ = begin()
    row.refresh_from_db()
    assert [asdict(block) for block in draw(row.seed)] == row.blocks


def test_sent_twice_and_from_two_phones_it_is_one(begin, new_id):
    one = new_id()
    row, _ = begin(id=one)
    assert begin(id=one) == (row, False)
    assert begin(first=ANCHOR) == (row, False)
    assert TwoWeekTry.objects.count() == 1
    assert AuditEvent.objects.filter(name="two-week-try.begun").count() == 1


@pytest.mark.parametrize(
    ("taps", "field"),
    [
        ({"first": ""}, "first"),
        ({"first": "p08-movement-as-a-kindness"}, "first"),
        ({"first": "p15-first-five-minutes"}, "first"),
        ({"first": "p22-kind-body-tour"}, "first"),
        ({"second": "p24-stopping-is-part-of-it"}, "second"),
        ({"second": ARRIVING}, "second"),
        ({"outcome": "helped"}, "outcome"),
        ({"outcome": "outlook"}, "outcome"),  # of the week, not of the day
    ],
)
def test_what_is_not_offered_is_refused_and_named(begin, taps, field):
    with pytest.raises(Invalid) as refusal:
        begin(**taps)
    assert refusal.value.field == field
    assert not TwoWeekTry.objects.exists()


def test_what_a_rule_or_the_person_sets_aside_is_not_offered(cast, at):
    assert {ARRIVING, ANCHOR, RHYTHM} <= set(offered(cast, at))
    who = {"enrolment": cast.ana_enrolment, "by": cast.ana, "at": at}
    circumstances.say(said={"breath_hard": True, "go_gently": True}, **who)
    ownpractices.mark(practice=ANCHOR, mark="not-for-me", **who)
    left = offered(cast, at)
    assert ARRIVING in left
    assert not {RHYTHM, KIND_PLACE, ANCHOR} & set(left)


def test_a_waiting_group_has_nothing_to_choose(cast, at):
    assert offered(cast, at, "wim") == []


def test_what_is_set_aside_later_is_asked_of_nobody(cast, at, begin):
    row, _ = begin(first=RHYTHM)
    assert not queries.shown(row, at).set_aside
    circumstances.say(
        enrolment=cast.ana_enrolment, said={"breath_hard": True}, by=cast.ana, at=at + timedelta(hours=1)
    )
    again = queries.of(enrolment_of(cast.ana))[0]
    assert queries.shown(again, at + timedelta(days=1)).set_aside
    line = queries.line(again.enrolment, at + timedelta(days=1))
    assert line.plain


def stopped(cast, row, at, **more):
    given = {"id": uuid4(), "enrolment": cast.ana_enrolment, "meant": row.pk, "by": cast.ana, "at": at}
    return two_week_tries.stop(**given | more)


def test_one_word_ends_it_and_another_may_begin_at_once(cast, at, begin):
    row, _ = begin()
    ended, new = stopped(cast, row, at + timedelta(days=3))
    assert new
    assert (ended.stopped_on, ended.stopped_why) == (date(2026, 3, 7), "own-wish")
    assert stopped(cast, row, at + timedelta(days=4)) == (ended, False)
    other, new = begin(at + timedelta(days=3))
    assert new
    assert other != row


def test_stopped_before_it_began_another_may_begin_on_the_same_day(cast, at, begin):
    row, _ = begin()
    stopped(cast, row, at)
    assert begin()[1]


def test_what_is_over_is_not_stopped_any_more(cast, at, begin):
    row, _ = begin()
    assert stopped(cast, row, at + timedelta(days=20))[1] is False
    late, new = stopped(cast, row, at + timedelta(days=20), device_time=at + timedelta(days=5))
    assert new  # said in time, without signal
    assert late.stopped_on == date(2026, 3, 9)


def test_a_try_of_somebody_else_cannot_be_stopped_or_taken(cast, at, begin, new_id):
    row, _ = begin()
    him = {"enrolment": cast.ben_enrolment, "by": cast.ben, "at": at}
    with pytest.raises(NotYours):
        two_week_tries.stop(id=new_id(), meant=row.pk, **him)
    with pytest.raises(NotYours):
        two_week_tries.begin(id=row.pk, first=ARRIVING, second="", outcome="mood", **him)
    with pytest.raises(NotYours):
        two_week_tries.stop(id=new_id(), meant=row.pk, enrolment=cast.ana_enrolment, by=cast.fay, at=at)


def flare(cast, at, **more):
    return flares.declare(id=uuid4(), enrolment=cast.ana_enrolment, by=cast.ana, at=at, **more)


def test_a_flare_ends_it_and_none_begins_while_it_is_on(cast, at, begin):
    row, _ = begin()
    flare(cast, at + timedelta(days=2))
    row.refresh_from_db()
    assert (row.stopped_on, row.stopped_why) == (date(2026, 3, 6), "flare")
    with pytest.raises(Invalid):
        begin(at + timedelta(days=3))
    flares.ease(id=uuid4(), enrolment=cast.ana_enrolment, by=cast.ana, at=at + timedelta(days=4))
    assert begin(at + timedelta(days=4))[1]


def test_a_flare_that_arrives_late_ends_what_was_on_when_it_was_said(cast, at, begin):
    row, _ = begin()
    flare(cast, at + timedelta(days=20), device_time=at + timedelta(days=10))
    row.refresh_from_db()
    assert row.stopped_on == date(2026, 3, 14)


def test_a_flare_after_the_end_changes_nothing(cast, at, begin):
    row, _ = begin()
    flare(cast, at + timedelta(days=20))
    row.refresh_from_db()
    assert row.stopped_on is None


def check_in(cast, row, day, **answers):
    when = row.received_at + (day - row.received_at.date())
    checkins.record(id=uuid4(), enrolment=cast.ana_enrolment, day=day, by=cast.ana, at=when, **answers)


def test_what_came_out_is_read_from_the_daily_check_ins_alone(cast, at, begin):
    row, _ = begin(seed=0)
    for part in queries.shown(row, at).parts:
        for day in (
            part.starts + timedelta(days=count) for count in range((part.ends - part.starts).days + 1)
        ):
            value = (8 if part.practice else 2) + day.day % 2
            check_in(cast, row, day, mood=value - 1)
            check_in(cast, row, day, mood=value + 1)  # twice a day: their mean
            check_in(cast, row, day, form="weekly", mood=5)
    reading = queries.reading(row)
    assert reading.days == (7, 7)
    assert (reading.verdict, reading.with_first) == ("better", True)
    assert reading.means[0] - reading.means[1] == pytest.approx(6, abs=0.5)


def test_a_row_that_nothing_asks_any_more_gives_too_few_days(cast, at, begin):
    row, _ = begin()
    check_in(cast, row, row.began_on, mood=4)
    TwoWeekTry.objects.update(outcome="gone")
    row.refresh_from_db()
    told = queries.shown(row, at)
    assert (told.outcome, told.asked) == (None, False)
    assert queries.reading(row).verdict == "too-few"


def test_the_clocks_change_within_and_the_day_is_that_of_the_group(cast, at, begin):
    before_midnight = at.replace(day=28, hour=23, minute=30)  # the last of winter time in London
    row, _ = begin(before_midnight)
    assert row.began_on == date(2026, 3, 29)
    later = at.replace(month=4, day=11, hour=23, minute=30)  # 00:30 there: the fifteenth day
    queries_row = queries.of(enrolment_of(cast.ana))[0]
    assert queries.shown(queries_row, later).stage == "over"
    assert queries.shown(queries_row, later - timedelta(hours=1)).stage == "on"


def test_begun_on_the_last_day_of_the_programme_it_runs_its_days(cast, at, begin):
    last = cast.group.weeks_count_from + timedelta(weeks=12) - timedelta(minutes=1)
    row, new = begin(last)
    assert new
    check_in(cast, row, queries.last_day(row), mood=4)
    assert queries.stage(row, queries.last_day(row)) == "on"


def test_after_leaving_none_begins_and_the_audit_says_nothing_private(cast, at, begin):
    row, _ = begin()
    kept = own_data(cast.ana, at)["taking_part"][0]["two_week_tries"]
    assert [(one["first"], one["outcome"], one["seed"]) for one in kept] == [(ARRIVING, "mood", row.seed)]
    event = AuditEvent.objects.get(name="two-week-try.begun")
    assert ARRIVING not in str(vars(event))
    assert "mood" not in str(vars(event))
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    cast.ana_enrolment.refresh_from_db()
    with pytest.raises(Withdrawn):
        begin()
