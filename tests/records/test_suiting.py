"""What suits a person: who may say it, what it changes, and that it can be looked up."""

from datetime import timedelta
from uuid import uuid4

import pytest

from allay.records.access import SYSTEM
from allay.records.errors import Invalid, NotYours
from allay.records.models import AuditEvent, Circumstances, RuleShown
from allay.records.queries import practices, rules, sessions
from allay.records.queries import reminders as reminder_queries
from allay.records.queries.caseload import caseload
from allay.records.queries.own_data import own_data
from allay.records.queries.people import enrolment_of
from allay.records.queries.today import today
from allay.records.services import (
    circumstances,
    contacts,
    flares,
    groups,
    ownpractices,
    practicelogs,
    reminders,
)
from allay.records.services import rules as verbs


@pytest.fixture
def say(cast, at):
    def said(when=at, **more):
        words = {name: value for name, value in more.items() if name not in ("by", "device_time")}
        known = {name: value for name, value in more.items() if name in ("by", "device_time")}
        return circumstances.say(
            **{"enrolment": cast.ana_enrolment, "said": words, "by": cast.ana, "at": when, **known}
        )

    return said


@pytest.fixture
def ana(cast):
    """As a page gets the enrolment: read anew."""
    return lambda: enrolment_of(cast.ana)


def test_what_is_said_stays_until_it_is_said_otherwise(say, cast, at):
    say(energy_limited=True, doing="both")
    say(at + timedelta(hours=1), touch_sensitive=True)
    kept = Circumstances.objects.get()
    assert (kept.energy_limited, kept.touch_sensitive, kept.doing) == (True, True, "both")
    assert AuditEvent.objects.filter(name="circumstances.said").count() == 2


def test_the_same_word_twice_is_one(say):
    assert say(breath_hard=True)[1]
    assert not say(breath_hard=True)[1]
    assert AuditEvent.objects.filter(name="circumstances.said").count() == 1


def test_an_older_word_that_arrives_late_changes_nothing(say, at):
    say(breath_hard=True)
    assert not say(at + timedelta(hours=2), breath_hard=False, device_time=at - timedelta(hours=1))[1]
    assert Circumstances.objects.get().breath_hard


@pytest.mark.parametrize(
    "words",
    [
        {"doing": "sideways"},
        {"pain_word": "x" * 41},
        {"energy_limited": 1},
        {"pain_understanding": "primary"},
    ],
)
def test_what_does_not_fit_is_refused(say, words):
    with pytest.raises(Invalid):
        say(**words)


def test_nobody_says_it_for_somebody_else(say, cast):
    for other in (cast.ben, cast.fay, cast.ada):
        with pytest.raises(NotYours):
            say(breath_hard=True, by=other)


def test_only_who_runs_the_group_says_what_is_understood_of_the_pain(cast, at, ana):
    change = {"enrolment": cast.ana_enrolment, "pain_understanding": "secondary", "at": at}
    for other in (cast.finn, cast.ana, cast.rae):
        with pytest.raises(NotYours):
            circumstances.understand(**change, by=other)
    circumstances.understand(**change, by=cast.fay)
    text = sessions.own_session(ana(), 2, at)
    assert "Your illness and the alarm" in [passage.heading for passage in text.passages]


def test_a_facilitators_entry_never_outdates_what_the_person_said_before_on_the_phone(cast, at, say):
    circumstances.understand(enrolment=cast.ana_enrolment, pain_understanding="mixed", by=cast.fay, at=at)
    assert say(at + timedelta(hours=1), breath_hard=True, device_time=at - timedelta(hours=1))[1]


def test_a_group_that_meets_online_reads_about_that(cast, at, ana):
    groups.set_online(group=cast.group, online=True, by=cast.fay, at=at)
    own = sessions.own_session(ana(), 2, at)
    assert "When we meet online" in [passage.heading for passage in own.passages]
    assert "online" in [effect.rule for effect in own.effects]


def stop(cast, at, practice="p01-arriving"):
    return practicelogs.record(
        id=uuid4(),
        enrolment=cast.ana_enrolment,
        practice=practice,
        minutes=1,
        after="had-to-stop",
        day=at.date(),
        by=cast.ana,
        at=at,
    )


def names(offered):
    return [practice.id for practice in offered]


def test_after_having_to_stop_two_are_set_aside_until_chosen(cast, at, ana):
    late = at + timedelta(weeks=4)
    assert "p09-kind-place" in names(practices.offered(ana(), late).practices)
    stop(cast, at)
    offered = practices.offered(ana(), late)
    assert names(offered.practices)[0] == "p02-anchor"
    assert "p09-kind-place" in names(offered.set_aside)
    assert "p09-kind-place" not in names(offered.practices)
    ownpractices.choose(enrolment=cast.ana_enrolment, practice="p09-kind-place", by=cast.ana, at=late)
    assert "p09-kind-place" in names(practices.offered(ana(), late).practices)


def test_kindness_to_others_is_open_from_the_start_and_a_call_is_suggested_once(cast, at, say, ana):
    say(kindness_hard=True)
    assert names(practices.offered(ana(), at).practices)[:2] == [
        "p17-just-like-me",
        "p11-someone-or-something-kind",
    ]

    def reasons(when):
        return [reason.kind for reason in caseload(cast.group, when).member(cast.ana_enrolment.pk).reasons]

    assert "kindness-hard" in reasons(at)
    contacts.log(
        id=uuid4(),
        enrolment=cast.ana_enrolment,
        mode="call",
        reasons=[],
        by=cast.fay,
        at=at + timedelta(hours=1),
    )
    say(at + timedelta(hours=2), breath_hard=True)
    assert "kindness-hard" not in reasons(at + timedelta(hours=3))


def test_in_a_flare_today_offers_the_practice_for_it(cast, at, ana):
    flares.declare(id=uuid4(), enrolment=cast.ana_enrolment, by=cast.ana, at=at)
    found = today(ana(), at)
    assert found.practice.id == "p15-first-five-minutes"
    assert {effect.rule for effect in found.effects} == {"flare"}


def test_after_two_weeks_away_there_is_one_note_more_and_then_none(cast, at, ana):
    stop(cast, at - timedelta(days=14))
    assert rules.situation(ana(), at).away == timedelta(days=14)
    reminder = reminders.choose_email(
        enrolment=cast.ana_enrolment,
        address="ana@example.org",
        zone="UTC",
        clock=at.time(),
        weekdays=range(7),
        by=cast.ana,
        at=at - timedelta(days=15),
    )

    def sent(when):
        found = reminder_queries.due(when)
        for one in found:
            reminders.claim(reminder=one.reminder, day=one.day, by=SYSTEM, at=when)
        return len(found)

    days = [at - timedelta(days=14) + timedelta(days=number) for number in range(20)]
    assert [sent(day) for day in days] == [1, 1, 1, *[0] * 10, 1, *[0] * 6]
    reminders.returned(person=cast.ana, by=cast.ana, at=days[-1])
    assert sent(days[-1] + timedelta(days=1)) == 1
    assert reminder.pk == cast.ana_enrolment.pk


def test_what_was_shown_is_kept_once_a_day_and_stands_in_the_file_of_everything(cast, at):
    for _ in range(2):
        verbs.note_shown(
            enrolment=cast.ana_enrolment, shown=[("flare", "today"), ("flare", "today")], by=cast.ana, at=at
        )
    verbs.note_shown(
        enrolment=cast.ana_enrolment, shown=[("flare", "today")], by=cast.ana, at=at + timedelta(days=1)
    )
    assert RuleShown.objects.count() == 2
    kept = own_data(cast.ana, at)["taking_part"][0]
    assert [row["rule"] for row in kept["rules_shown"]] == ["flare", "flare"]


def test_what_suits_stands_in_the_file_of_everything(cast, at, say):
    say(pain_word="the burn")
    kept = own_data(cast.ana, at)["taking_part"][0]
    assert kept["what_suits_you"]["pain_word"] == "the burn"
