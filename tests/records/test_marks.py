"""Marks on practices: kept close, not for me; whose word counts, and what it changes on lists and on Today."""

from datetime import timedelta
from uuid import uuid4

import pytest

from allay.records.errors import Invalid, NotYours, Withdrawn
from allay.records.models import AuditEvent, OwnPractice
from allay.records.queries import practices
from allay.records.queries.own_data import own_data
from allay.records.queries.people import enrolment_of
from allay.records.queries.today import today
from allay.records.services import circumstances, enrolments, flares, ownpractices

ARRIVING, ANCHOR, PLACE, FLARE = (
    "p01-arriving",
    "p02-anchor",
    "p09-kind-place",
    "p15-first-five-minutes",
)


@pytest.fixture
def mark(cast, at):
    def tap(practice, mark, when=at, **more):
        enrolment = more.pop("enrolment", None) or enrolment_of(cast.ana)
        said = {"enrolment": enrolment, "practice": practice, "mark": mark, "by": cast.ana, "at": when}
        return ownpractices.mark(**{**said, **more})

    return tap


@pytest.fixture
def offered(cast):
    return lambda when: practices.offered(enrolment_of(cast.ana), when)


def names(found):
    return [practice.id for practice in found]


def test_a_favourite_comes_first_and_can_be_taken_back(mark, offered, at):
    assert names(offered(at).practices)[0] != FLARE
    assert mark(FLARE, "favourite")[1]
    assert names(offered(at).practices)[0] == FLARE
    assert offered(at).favourites == {FLARE}
    assert mark(FLARE, "open", at + timedelta(hours=1))[1]
    assert names(offered(at).practices)[0] != FLARE
    assert not offered(at).favourites


def test_the_same_tap_twice_is_one_and_says_nothing_private(mark):
    assert [mark(ANCHOR, "not-for-me")[1] for _ in range(2)] == [True, False]
    event = AuditEvent.objects.get(name="practice.marked")
    assert ANCHOR not in str(vars(event)) and "not-for-me" not in str(vars(event))


def test_an_older_word_that_arrives_late_changes_nothing(mark, at):
    mark(ANCHOR, "favourite", at)
    mark(ANCHOR, "open", at + timedelta(hours=1))
    late = mark(ANCHOR, "favourite", at + timedelta(hours=3), device_time=at + timedelta(minutes=5))
    assert not late[1]
    assert OwnPractice.objects.get().mark == "open"


def test_what_is_not_for_somebody_is_folded_away_with_a_way_back(mark, offered, at):
    mark(ARRIVING, "not-for-me")
    assert ARRIVING not in names(offered(at).practices)
    assert names(offered(at).not_for_me) == [ARRIVING]
    mark(ARRIVING, "open", at + timedelta(hours=1))
    assert ARRIVING in names(offered(at).practices)
    assert not offered(at).not_for_me


def test_today_shows_another_one_and_says_that_it_was_the_persons_own_word(mark, cast, at):
    before = today(enrolment_of(cast.ana), at).practice.id
    mark(before, "not-for-me")
    now = today(enrolment_of(cast.ana), at)
    assert now.practice.id != before
    assert "not-for-me" in {effect.rule for effect in now.effects}


def test_in_a_flare_something_calm_stands_in_for_a_practice_that_is_not_wanted(mark, cast, at):
    flares.declare(id=uuid4(), enrolment=cast.ana_enrolment, by=cast.ana, at=at)
    mark(FLARE, "not-for-me")
    found = today(enrolment_of(cast.ana), at)
    assert found.practice.id == ANCHOR
    assert {effect.does for effect in found.effects} >= {"plan-first", "shortest"}


def test_with_everything_set_aside_today_is_calm_and_empty(mark, cast, at):
    for practice in practices.come(enrolment_of(cast.ana), at):
        mark(practice.id, "not-for-me")
    assert today(enrolment_of(cast.ana), at).practice is None


def test_what_somebody_keeps_close_no_rule_takes_away(mark, offered, cast, at):
    late = at + timedelta(weeks=4)
    mark(PLACE, "favourite", late)
    circumstances.say(enrolment=cast.ana_enrolment, said={"go_gently": True}, by=cast.ana, at=late)
    assert names(offered(late).practices)[0] == PLACE
    mark(PLACE, "open", late + timedelta(hours=1))
    assert PLACE in names(offered(late).set_aside)


def test_a_rule_puts_nothing_forward_that_is_not_wanted(mark, offered, cast, at):
    circumstances.say(enrolment=cast.ana_enrolment, said={"go_gently": True}, by=cast.ana, at=at)
    mark(ANCHOR, "not-for-me")
    assert ANCHOR not in names(offered(at).practices)


def test_without_breath_stays_so_when_its_stand_in_is_not_wanted(mark, cast, at):
    """The own word never brings back what a rule keeps away for a reason."""
    circumstances.say(enrolment=cast.ana_enrolment, said={"breath_hard": True}, by=cast.ana, at=at)
    ana, late = enrolment_of(cast.ana), at
    for week in range(12):
        late = at + timedelta(weeks=week - 2)
        if today(ana, late).practice.id == "p05-rhythm-without-breath":
            break
    else:
        pytest.fail("no week came to the practice")
    mark("p05-rhythm-without-breath", "not-for-me", late)
    shown = today(enrolment_of(cast.ana), late).practice.id
    assert shown not in ("p04-soothing-rhythm-breathing", "p05-rhythm-without-breath")


def test_no_mark_opens_a_practice_before_its_session(mark, at):
    with pytest.raises(NotYours):
        mark("p13-two-chairs-one-breath", "favourite", at - timedelta(days=20))
    assert not OwnPractice.objects.exists()


@pytest.mark.parametrize(("practice", "word"), [("p99-none", "favourite"), (ANCHOR, "chosen"), (ANCHOR, "")])
def test_what_does_not_fit_is_refused(mark, practice, word):
    with pytest.raises((Invalid, NotYours)):
        mark(practice, word)


def test_nobody_marks_for_somebody_else(mark, cast):
    for other in (cast.ben, cast.fay, cast.ada):
        with pytest.raises(NotYours):
            mark(ANCHOR, "favourite", by=other)


def test_after_leaving_nothing_is_marked(mark, cast, at):
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    with pytest.raises(Withdrawn):
        mark(ANCHOR, "favourite")


def test_marks_stand_in_the_file_of_everything(mark, cast, at):
    mark(ANCHOR, "favourite")
    kept = own_data(cast.ana, at)["taking_part"][0]
    assert [(row["practice"], row["mark"]) for row in kept["practices_marked"]] == [(ANCHOR, "favourite")]
