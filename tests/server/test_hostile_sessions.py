"""Signed in, and no longer: idle staff, ended roles, disabled people, planted sessions, a database nobody can write."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from allay.records.errors import CodeNotValid, Withdrawn
from allay.records.models import CheckIn, Role
from allay.records.services import codes, enrolments


def aged(browser, **ages):
    """The browser, its session's times moved back."""
    session = browser.session
    session.update({key: (datetime.now(UTC) - age).isoformat() for key, age in ages.items()})
    session.save()
    return browser


@pytest.mark.parametrize(
    "idle, since, status",
    [
        (timedelta(minutes=14), timedelta(hours=1), 200),
        (timedelta(minutes=15, seconds=1), timedelta(hours=1), 302),
        (timedelta(), timedelta(hours=12, seconds=1), 302),
    ],
)
def test_staff_are_signed_out_when_idle_and_after_half_a_day(cast, sign_in, idle, since, status):
    browser = aged(sign_in(cast.fay), seen_at=idle, started_at=since)
    assert browser.get(reverse("groups")).status_code == status


def test_an_idle_tap_notes_nothing(cast, sign_in, new_id):
    browser = aged(sign_in(cast.fay), seen_at=timedelta(hours=1), started_at=timedelta(hours=1))
    sent = {"id": str(new_id()), "enrolment": str(cast.ana_enrolment.pk), "mode": "call"}
    assert browser.post(reverse("contact", args=[cast.group.pk]), sent).status_code == 302
    assert not cast.ana_enrolment.contacts.exists()


def test_a_role_that_ends_is_gone_with_the_next_page(cast, sign_in, at):
    browser = sign_in(cast.fay)
    assert browser.get(reverse("group", args=[cast.group.pk])).status_code == 200
    Role.objects.filter(person=cast.fay).update(ended_at=at)
    assert browser.get(reverse("group", args=[cast.group.pk])).status_code == 404
    assert browser.get(reverse("groups")).status_code == 404


@pytest.mark.parametrize("who, page", [("fay", "groups"), ("ana", "me")])
def test_a_disabled_person_is_signed_out(cast, sign_in, who, page):
    person = getattr(cast, who)
    browser = sign_in(person)
    assert browser.get(reverse(page)).status_code == 200
    type(person).objects.filter(pk=person.pk).update(is_active=False)
    assert browser.get(reverse(page))["Location"] == reverse("sign-in")


def test_a_planted_session_is_not_taken_over(cast, at):
    code = codes.issue(enrolment=cast.ana_enrolment, by=cast.fay, at=datetime.now(UTC))
    browser = Client()
    browser.cookies["allay"] = "planted" * 4
    assert browser.post(reverse("join"), {"code": code}).status_code == 302
    assert browser.cookies["allay"].value != "planted" * 4


def test_signing_out_ends_the_session_on_the_server(cast, sign_in):
    browser = sign_in(cast.ana)
    kept = browser.cookies["allay"].value
    browser.post(reverse("sign-out"))
    browser.cookies["allay"] = kept
    assert browser.get(reverse("me"))["Location"] == reverse("sign-in")


@pytest.mark.parametrize("late, works", [(timedelta(0), True), (timedelta(seconds=1), False)])
def test_a_code_ends_after_72_hours(cast, at, late, works):
    code = codes.issue(enrolment=cast.ana_enrolment, by=cast.fay, at=at)
    moment = at + codes.LIFETIME - timedelta(seconds=1) + late
    if works:
        assert codes.redeem(code=code, at=moment) == cast.ana_enrolment
    else:
        with pytest.raises(CodeNotValid):
            codes.redeem(code=code, at=moment)


def test_nobody_who_has_left_makes_a_way_back(cast, at):
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    with pytest.raises(Withdrawn):
        codes.way_back(enrolment=cast.ana_enrolment, by=cast.ana, at=at)


def test_a_code_made_while_somebody_leaves_lets_nobody_in(cast, at):
    code = codes.way_back(enrolment=cast.ana_enrolment, by=cast.ana, at=at)
    type(cast.ana_enrolment).objects.filter(pk=cast.ana_enrolment.pk).update(withdrawn_at=at)
    with pytest.raises(CodeNotValid):
        codes.redeem(code=code, at=at)


@pytest.fixture
def locked(transactional_db, at):
    """A cast, and a database that another program holds for as long as the test asks."""
    from sqlcipher3 import dbapi2

    from tests.conftest import make_cast

    cast = make_cast(at)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout=20")
    cast.other = dbapi2.connect(connection.settings_dict["NAME"], isolation_level=None)
    yield cast
    cast.other.close()
    connection.close()


def test_a_page_is_shown_though_the_sign_in_cannot_be_renewed(locked, sign_in):
    phone, office = sign_in(locked.ana, Client()), sign_in(locked.fay, Client())
    aged(office, seen_at=timedelta(minutes=5), started_at=timedelta(minutes=5))
    locked.other.execute("BEGIN IMMEDIATE")
    assert phone.get(reverse("today")).status_code == 200
    assert office.get(reverse("groups")).status_code == 200


def test_what_cannot_be_kept_is_answered_with_come_back_later(locked, sign_in, new_id):
    phone = sign_in(locked.ana)
    day = datetime.now(UTC).date().isoformat()
    entry = {"id": str(new_id()), "kind": "check-in", "content": {"mood": 5, "day": day}}

    def send():
        return phone.post(reverse("sync"), {"entries": [entry]}, content_type="application/json")

    locked.other.execute("BEGIN IMMEDIATE")
    refused = send()
    assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    locked.other.execute("ROLLBACK")
    assert send().json()["results"][0]["status"] == "kept"
    assert CheckIn.objects.count() == 1


def test_a_code_is_not_used_up_by_a_sign_in_that_failed(locked):
    code = codes.issue(enrolment=locked.ana_enrolment, by=locked.fay, at=datetime.now(UTC))
    phone = Client()
    locked.other.execute("BEGIN IMMEDIATE")
    assert phone.post(reverse("join"), {"code": code}).status_code == 503
    locked.other.execute("ROLLBACK")
    assert phone.post(reverse("join"), {"code": code})["Location"] == reverse("today")
