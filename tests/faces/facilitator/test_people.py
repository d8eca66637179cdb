"""Adding people, their codes, and the page of one person."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import segno

from allay.faces.facilitator.people_pages import _picture
from allay.records.models import AuditEvent, Enrolment, HelpNumber, JoiningCode
from allay.records.services import checkins, codes, enrolments

CODE = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b")


@pytest.fixture
def add(fay, north):
    def send(name="Cleo", id=None, desk=fay):
        return desk.post(f"{north}people/", {"name": name, "id": id or uuid4()})

    return send


@pytest.fixture
def anas_page(cast, north):
    return f"{north}people/{cast.ana_enrolment.pk}/"


def code_in(response) -> str:
    return CODE.search(response.content.decode())[0]


def test_a_name_is_enough(add, cast, at):
    page = add("Cleo")
    joined = codes.redeem(code=code_in(page), at=at + timedelta(hours=71))
    assert joined.person.name == "Cleo" and joined.group_id == cast.group.pk


def test_the_code_is_never_in_an_address(add):
    page = add()
    assert page.status_code == 200 and not page.has_header("Location")
    assert not re.search(rf'(href|action|src)="[^"]*{code_in(page)}', page.content.decode())


def test_the_page_with_the_code_is_not_stored(add):
    assert add()["Cache-Control"] == "no-store"


def test_the_page_holds_the_square_and_how_long_it_lasts(add):
    page = add().content.decode()
    assert '<svg role="img"' in page and "style=" not in page.partition("<svg")[2].partition("</svg>")[0]
    assert "until Saturday 7 March at 15:00" in page


def test_the_square_holds_the_link():
    link = "http://localhost:8000/join/#ABCD-EFGH-JKMN"
    drawn = re.search(r'd="([^"]*)"', _picture(link))[1]
    expected = re.search(r'd="([^"]*)"', segno.make(link, error="m", micro=False).svg_inline(border=4))[1]
    assert drawn == expected


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "\u200b"])
def test_a_name_that_is_none_is_refused_in_place(add, name):
    page = add(name)
    assert page.status_code == 422 and "1 to 80 characters" in page.content.decode()
    assert Enrolment.objects.filter(group__name="North").count() == 1


def test_a_double_tap_adds_one_person_and_the_last_code_works(add, at):
    id = uuid4()
    add(id=id)
    last = add(id=id)
    assert Enrolment.objects.filter(person__name="Cleo").count() == 1
    assert codes.redeem(code=code_in(last), at=at).person.name == "Cleo"


def test_loading_the_page_again_ends_no_code(cast, add, desk, at):
    id = uuid4()
    first = add(id=id)
    again = add(id=id, desk=desk(cast.fay, timedelta(minutes=5)))
    assert "was shown once" in again.content.decode()
    assert codes.redeem(code=code_in(first), at=at).person.name == "Cleo"


def test_an_id_of_somebody_elses_group_adds_nothing(cast, add):
    assert add("Cleo", id=cast.ben_enrolment.pk).status_code == 404
    assert not Enrolment.objects.filter(person__name="Cleo").exists()


def test_without_numbers_on_the_help_card_nobody_is_invited(add, fay, north):
    HelpNumber.objects.all().delete()
    assert "no emergency number" in fay.get(f"{north}people/").content.decode()
    add("Cleo")
    assert not Enrolment.objects.filter(person__name="Cleo").exists()


def test_without_numbers_no_code_is_made(fay, anas_page):
    HelpNumber.objects.all().delete()
    before = JoiningCode.objects.count()
    assert "no emergency number" in fay.post(f"{anas_page}code/").content.decode()
    assert JoiningCode.objects.count() == before


def test_a_new_phone_gets_a_new_code(fay, anas_page, at, cast):
    page = fay.post(f"{anas_page}code/", {"asked": at.isoformat()})
    assert codes.redeem(code=code_in(page), at=at).person == cast.ana


@pytest.mark.parametrize("asked", ["", "x", "2026-03-04", "2026-03-04T10:00:00"])
def test_a_form_without_its_time_still_makes_a_code(fay, anas_page, asked):
    assert code_in(fay.post(f"{anas_page}code/", {"asked": asked}))


def test_the_code_of_another_groups_person_is_not_made(cast, fay, north):
    before = JoiningCode.objects.count()
    assert fay.post(f"{north}people/{cast.ben_enrolment.pk}/code/").status_code == 404
    assert JoiningCode.objects.count() == before


def test_the_wrong_facilitator_adds_nobody(add, finn):
    assert add(desk=finn).status_code == 404


def test_the_page_of_a_person_counts_and_shows_no_values(cast, fay, anas_page, at):
    for days in range(3):
        moment = at - timedelta(days=days)
        checkins.record(
            id=uuid4(),
            enrolment=cast.ana_enrolment,
            day=moment.date(),
            mood=3,
            comfort=9,
            helped="rest",
            by=cast.ana,
            at=moment,
        )
    page = fay.get(anas_page).content.decode()
    assert "<dt>Check-ins</dt><dd>3</dd>" in page
    assert "rest" not in re.sub(r"<[^>]+>", " ", page).lower().split()
    assert "mood" not in page.lower() and "missed" not in page.lower()


def test_that_somebody_looked_is_noted(cast, fay, anas_page):
    fay.get(anas_page)
    event = AuditEvent.objects.get(name="person.seen")
    assert (event.actor, event.subject) == (str(cast.fay.pk), f"enrolment:{cast.ana_enrolment.pk}")


def test_a_look_that_is_refused_is_not_noted_as_one(finn, anas_page):
    assert finn.get(anas_page).status_code == 404
    assert not AuditEvent.objects.filter(name="person.seen").exists()


def test_a_person_of_another_group_is_not_found_in_this_one(cast, fay, north):
    assert fay.get(f"{north}people/{cast.ben_enrolment.pk}/").status_code == 404


def test_the_page_of_somebody_who_left_keeps_quiet(cast, fay, anas_page, at):
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    page = fay.get(anas_page).content.decode()
    assert "Left today" in page
    assert "Make a new code" not in page and "Called" not in page


def test_a_waiting_code_is_mentioned_and_not_shown(add, fay, north):
    code = code_in(add())
    row = Enrolment.objects.get(person__name="Cleo")
    page = fay.get(f"{north}people/{row.pk}/").content.decode()
    assert "A code waits to be used, until Saturday 7 March at 15:00" in page
    assert code not in page
