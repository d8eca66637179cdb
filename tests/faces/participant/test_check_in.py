"""The check-in as an ordinary form, with JavaScript off."""

import re
from uuid import uuid4

from allay.records.models import CheckIn

DAY = "2026-03-03"


def form(**fields):
    return {"id": str(uuid4()), "day": DAY, **fields}


def test_it_is_kept_and_thanked_for(ana):
    page = ana.post("/check-in/", form(mood=6, comfort=3, helped="rest"), follow=True)
    assert page.redirect_chain == [("/today/", 302)]
    assert "Thank you. That is all for today." in page.content.decode()
    row = CheckIn.objects.get()
    assert (row.mood, row.comfort, row.helped, str(row.day)) == (6, 3, "rest", DAY)


def test_the_form_on_the_page_holds_what_the_post_needs(ana):
    page = ana.get("/today/").content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(id|day)" value="([^"]+)"', page))
    ana.post("/check-in/", {**sent, "mood": 5})
    assert str(CheckIn.objects.get().pk) == sent["id"]


def test_sent_twice_it_is_one_row_and_the_same_answer(ana):
    sent = form(mood=6)
    assert ana.post("/check-in/", sent).status_code == ana.post("/check-in/", sent).status_code == 302
    assert CheckIn.objects.count() == 1


def test_not_today_is_a_full_answer(ana):
    page = ana.post("/check-in/", form(not_today="1", mood=6), follow=True)
    assert "That is a full answer." in page.content.decode()
    row = CheckIn.objects.get()
    assert row.not_today and row.mood is None


def test_a_value_outside_the_row_is_said_beside_its_question_and_the_rest_is_kept(ana):
    page = ana.post("/check-in/", form(mood=12, comfort=3))
    assert page.status_code == 422
    text = page.content.decode()
    assert 'id="mood-errors"' in text
    assert 'id="comfort-3" value="3" checked' in text
    assert not CheckIn.objects.exists()


def test_an_empty_one_is_asked_about_kindly(ana):
    page = ana.post("/check-in/", form())
    assert page.status_code == 422
    assert "Choose at least one thing" in page.content.decode()


def test_a_choice_that_is_not_there_is_refused(ana):
    assert ana.post("/check-in/", form(helped="magic")).status_code == 422


def test_going_back_and_changing_an_answer_offers_an_entry_of_its_own(ana):
    sent = form(mood=6)
    ana.post("/check-in/", sent)
    page = ana.post("/check-in/", {**sent, "mood": 2})
    assert page.status_code == 409
    text = page.content.decode()
    assert "What you gave before is kept." in text
    assert sent["id"] not in text
    assert CheckIn.objects.get().mood == 6


def test_an_id_of_somebody_else_looks_like_nothing_is_there(ana, cast, as_person):
    sent = form(mood=6)
    as_person(cast.ben).post("/check-in/", sent)
    assert ana.post("/check-in/", sent).status_code == 404
    assert CheckIn.objects.get().enrolment_id == cast.ben_enrolment.pk


def test_an_id_that_is_none_is_refused_and_the_taps_are_kept(ana):
    page = ana.post("/check-in/", form(id="7", mood=6))
    assert page.status_code == 422
    assert 'id="mood-6" value="6" checked' in page.content.decode()


def test_nul_characters_are_refused(ana):
    assert ana.post("/check-in/", form(helped="\x00", mood="\x00")).status_code == 422


def test_after_a_check_in_the_form_steps_back(ana, at):
    ana.post("/check-in/", form(mood=6, day=at.date().isoformat()))
    ana.post("/check-in/", form(mood=6, day=DAY))
    assert "You have been here today." in ana.get("/today/").content.decode()
