"""Attendance and contacts by one tap, with a script and without."""

from datetime import timedelta
from uuid import uuid4

import pytest

from allay.records.models import Attendance, AuditEvent, Contact
from allay.records.services import enrolments

HTMX = {"HX-Request": "true"}


@pytest.fixture
def mark(cast, fay, north):
    def send(state, week=4, enrolment=None, meeting=None, desk=fay, **headers):
        meeting = meeting or cast.group.meetings.get(week=week)
        chosen = enrolment or cast.ana_enrolment
        data = {"meeting": meeting.pk, "mark": f"{chosen.pk} {state}"}
        return desk.post(f"{north}attendance/", data, headers=headers)

    return send


@pytest.fixture
def contact(cast, fay, north):
    def send(mode="call", id=None, enrolment=None, desk=fay, then="", **headers):
        chosen = enrolment or cast.ana_enrolment
        data = {"id": id or uuid4(), "enrolment": chosen.pk, "mode": mode, "then": then}
        return desk.post(f"{north}contact/", data, headers=headers)

    return send


def test_a_mark_is_kept(cast, mark):
    mark("here")
    assert Attendance.objects.get().state == "here"


def test_without_a_script_one_goes_back_to_the_place(mark, north):
    assert mark("here")["Location"] == f"{north}?week=4#attendance"


def test_a_script_gets_the_screen_alone(mark):
    answer = mark("here", **HTMX)
    assert answer.status_code == 200
    assert answer.content.startswith(b"<main") and b"<html" not in answer.content


def test_the_pressed_button_says_so(mark, cast):
    page = mark("online", **HTMX).content.decode()
    button = page[page.index(f"{cast.ana_enrolment.pk} online") :].partition(">")[0]
    assert 'aria-pressed="true"' in button


def test_a_second_tap_changes_the_mark(mark):
    mark("here")
    mark("absent")
    assert [row.state for row in Attendance.objects.all()] == ["absent"]


def test_the_same_tap_twice_is_one_act(mark):
    mark("here")
    mark("here")
    assert AuditEvent.objects.filter(name="attendance.marked").count() == 1


def test_the_others_are_marked_by_one_tap_and_no_mark_is_lost(cast, fay, north, join, mark):
    join("Cleo")
    mark("absent")
    meeting = cast.group.meetings.get(week=4)
    fay.post(f"{north}attendance/", {"meeting": meeting.pk, "rest": "here"})
    assert sorted(Attendance.objects.values_list("enrolment__person__name", "state")) == [
        ("Ana", "absent"),
        ("Cleo", "here"),
    ]


def test_somebody_of_another_group_cannot_be_marked(cast, mark):
    assert mark("here", enrolment=cast.ben_enrolment).status_code == 404
    assert not Attendance.objects.exists()


def test_a_meeting_of_another_group_cannot_be_marked(cast, mark):
    assert mark("here", meeting=cast.other_group.meetings.get(week=4)).status_code == 404
    assert not Attendance.objects.exists()


def test_somebody_who_left_cannot_be_marked(cast, mark, at):
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    assert mark("here").status_code == 404


def test_an_unknown_mark_is_refused(mark):
    assert mark("asleep").status_code == 422
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("data", [{}, {"meeting": "x"}, {"meeting": str(uuid4()), "mark": "x here"}])
def test_a_form_that_is_not_ours_is_refused(fay, north, data):
    assert fay.post(f"{north}attendance/", data).status_code == 404


def test_the_wrong_facilitator_marks_nothing(finn, mark):
    assert mark("here", desk=finn).status_code == 404
    assert not Attendance.objects.exists()


def test_an_earlier_meeting_can_be_marked(fay, north, mark):
    mark("message", week=2)
    page = fay.get(f"{north}?week=2").content.decode()
    assert "Session 2, Monday 16 February" in page
    assert page.count('aria-pressed="true"') == 1


@pytest.mark.parametrize("week", ["12", "99", "-1", "x", "9" * 400])
def test_a_week_that_cannot_be_marked_shows_the_current_one(fay, north, week):
    assert b"Session 4, Monday 2 March" in fay.get(f"{north}?week={week}").content


def test_on_its_day_the_meeting_can_be_marked_before_it_begins(cast, desk, north):
    morning = desk(cast.fay, timedelta(days=4, hours=19))
    assert b"Session 5, Monday 9 March" in morning.get(north).content


def test_a_contact_is_kept_with_its_reasons(cast, contact):
    contact("call")
    row = Contact.objects.get()
    assert (row.mode, row.by, row.reasons) == ("call", cast.fay, ["silence"])


def test_a_double_tap_is_one_contact(contact):
    id = uuid4()
    contact("call", id)
    contact("message", id)
    assert [row.mode for row in Contact.objects.all()] == ["call"]


def test_after_a_contact_the_line_says_what_was_done(contact):
    page = contact("message", **HTMX).content.decode()
    assert "Messaged today at 15:00, by you" in page
    assert "Ana: noted." in page


def test_a_settled_line_takes_no_more_taps(contact):
    page = contact("message", **HTMX).content.decode()
    line = page[page.index('id="line-') :].partition("</li>")[0]
    assert line.count(" disabled") == 4


def test_contact_without_a_script_goes_back_to_the_list(contact, north):
    assert contact()["Location"] == f"{north}#needs-contact"


def test_contact_from_the_page_of_a_person_goes_back_there(cast, contact, north):
    assert contact(then="person")["Location"] == f"{north}people/{cast.ana_enrolment.pk}/"


def test_somebody_of_another_group_cannot_be_contacted_here(cast, contact):
    assert contact(enrolment=cast.ben_enrolment).status_code == 404
    assert not Contact.objects.exists()


def test_an_id_of_another_contact_is_refused(cast, contact, join):
    id = uuid4()
    contact(id=id, enrolment=join("Cleo"))
    assert contact(id=id).status_code == 404
    assert Contact.objects.count() == 1


def test_an_unknown_way_of_contact_is_refused(contact):
    assert contact("owl").status_code == 422


def test_the_wrong_facilitator_notes_nothing(finn, contact):
    assert contact(desk=finn).status_code == 404
    assert not Contact.objects.exists()
