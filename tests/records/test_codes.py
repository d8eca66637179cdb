"""Joining codes: single use, 72 hours, never stored readable."""

from datetime import timedelta

import pytest

from allay.records.access import SYSTEM
from allay.records.errors import CodeNotValid, NotReady, NotYours, TooManyTries
from allay.records.models import HelpNumber, JoiningCode
from allay.records.services import codes, enrolments, tries


@pytest.fixture
def newcomer(cast, at):
    return enrolments.enrol(name="New", group=cast.group, by=cast.fay, at=at)


def test_a_code_lets_in_once(cast, at, newcomer):
    code = codes.issue(enrolment=newcomer, by=cast.fay, at=at)
    assert codes.redeem(code=code, at=at).pk == newcomer.pk
    with pytest.raises(CodeNotValid):
        codes.redeem(code=code, at=at)


def test_it_may_be_typed_small_and_without_dashes(cast, at, newcomer):
    code = codes.issue(enrolment=newcomer, by=cast.fay, at=at)
    assert codes.redeem(code=f" {code.lower().replace('-', ' ')} ", at=at).pk == newcomer.pk


def test_it_holds_for_72_hours(cast, at, newcomer):
    code = codes.issue(enrolment=newcomer, by=cast.fay, at=at)
    with pytest.raises(CodeNotValid):
        codes.redeem(code=code, at=at + timedelta(hours=72))
    assert codes.redeem(code=code, at=at + timedelta(hours=72) - timedelta(seconds=1))


def test_a_new_code_ends_the_old_one(cast, at, newcomer):
    old = codes.issue(enrolment=newcomer, by=cast.fay, at=at)
    codes.issue(enrolment=newcomer, by=cast.fay, at=at)
    with pytest.raises(CodeNotValid):
        codes.redeem(code=old, at=at)


def test_only_a_digest_is_stored(cast, at, newcomer):
    code = codes.issue(enrolment=newcomer, by=cast.fay, at=at)
    row = JoiningCode.objects.latest("made_at")
    assert codes.plain(code) not in str(row.__dict__)
    assert len(row.digest) == 64


def test_only_the_groups_facilitator_makes_codes(cast, at, newcomer):
    for stranger in (cast.finn, cast.sam, cast.rae, cast.ada, cast.ana):
        with pytest.raises(NotYours):
            codes.issue(enrolment=newcomer, by=stranger, at=at)


def test_nobody_is_invited_without_an_emergency_number(cast, at, newcomer):
    HelpNumber.objects.all().delete()
    with pytest.raises(NotReady):
        codes.issue(enrolment=newcomer, by=cast.fay, at=at)


def test_the_own_way_back_lasts_until_used(cast, at):
    code = codes.way_back(enrolment=cast.ana_enrolment, by=cast.ana, at=at)
    assert codes.redeem(code=code, at=at + timedelta(days=200)).person == cast.ana
    with pytest.raises(NotYours):
        codes.way_back(enrolment=cast.ana_enrolment, by=cast.ben, at=at)


def test_leaving_ends_all_codes(cast, at):
    code = codes.way_back(enrolment=cast.ana_enrolment, by=cast.ana, at=at)
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    with pytest.raises(CodeNotValid):
        codes.redeem(code=code, at=at)


def test_guessing_is_slowed_and_forgiven_after_a_while(db, at):
    for _ in range(tries.PER_ACCOUNT):
        tries.begin(key="a@example.org", address="10.0.0.1", at=at)
    with pytest.raises(TooManyTries):
        tries.begin(key="a@example.org", address="10.0.0.2", at=at)
    tries.begin(key="b@example.org", address="10.0.0.1", at=at)
    tries.begin(key="a@example.org", address="10.0.0.1", at=at + tries.WINDOW)


def test_a_right_try_does_not_count(db, at):
    for _ in range(tries.PER_ACCOUNT * 2):
        tries.forgive(tries.begin(key="a@example.org", address="10.0.0.1", at=at))


def test_one_household_has_one_count_of_tries(db, at):
    for place in range(tries.PER_ADDRESS):
        tries.begin(key="", address=f"2001:db8::{place:x}", at=at)
    with pytest.raises(TooManyTries):
        tries.begin(key="", address="2001:db8::ffff", at=at)
    tries.begin(key="", address="2001:db8:0:1::1", at=at)


def test_numbers_are_given_one_after_the_other(cast, at):
    made = [enrolments.enrol(name="N", group=cast.group, by=SYSTEM, at=at).number for _ in range(3)]
    assert made == [4, 5, 6]
