"""Questionnaires: each answer kept as it is given, left and resumed, finished; what does not fit is named."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections

from allay.records.models import Answer, Response, Score
from allay.records.services import enrolments

PHQ = "/questions/week-6/phq-8/"
ITEMS = [f"phq{number}" for number in range(1, 9)]
WEEK_6 = timedelta(weeks=2)  # from the cast's day into the window of week 6


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def ana(cast, as_person):
    """While the questions of week 6 are open."""
    return as_person(cast.ana, moved=WEEK_6)


def everything(**changed):
    return {**dict.fromkeys(ITEMS, "1"), "next_step": "finish", **changed}


def given():
    return dict(Answer.objects.values_list("item", "value"))


def answer(browser, *, path=PHQ, **fields):
    return browser.post(f"{path}answer/", fields)


def answer_json(browser, body):
    return browser.post(f"{PHQ}answer/", body, content_type="application/json")


# the page


def test_it_shows_every_question_with_its_words_and_a_way_past_it(ana):
    page = text(ana.get(PHQ))
    assert "how often have you been bothered" in page
    assert page.count("<legend>") == 8
    assert page.count("Skip this one") == 8
    assert "Nearly every day" in page


def test_rows_of_numbers_have_words_at_both_ends(ana):
    page = text(ana.get("/questions/week-6/pain-ratings/"))
    assert "The worst pain I can imagine" in page
    assert 'id="worst-10"' in page


def test_every_instrument_of_the_study_uses_the_same_page(cast, as_person):
    ana = as_person(cast.ana, moved=timedelta(weeks=9))
    for instrument in ("phq-8", "gad-7", "scs-sf", "pain-ratings", "global-change"):
        page = ana.get(f"/questions/week-12/{instrument}/")
        assert "participant/questionnaire.html" in [template.name for template in page.templates]


def test_where_the_words_come_from_stands_at_the_end(ana):
    assert "Kroenke, Spitzer, Williams 2001" in text(ana.get(PHQ))


@pytest.mark.parametrize(
    "path", ["/questions/week-7/phq-8/", "/questions/week-6/phq-99/", "/questions/baseline/global-change/"]
)
def test_what_is_not_asked_is_a_404(ana, path):
    assert ana.get(path).status_code == 404
    assert answer(ana, path=path, phq1="1").status_code == 404


# one answer at a time


def test_an_answer_is_kept_as_it_is_given(ana):
    assert answer(ana, phq1="2").json() == {"status": "kept"}
    assert given() == {"phq1": 2}


def test_a_skip_is_kept_as_a_skip(ana):
    answer(ana, phq1="")
    assert given() == {"phq1": None}


def test_json_does_the_same(ana):
    assert answer_json(ana, {"id": str(uuid4()), "item": "phq1", "value": 3}).status_code == 200
    assert answer_json(ana, {"item": "phq2", "value": None}).status_code == 200
    assert given() == {"phq1": 3, "phq2": None}


def test_a_later_answer_takes_the_place_of_the_first(ana):
    answer(ana, phq1="2")
    answer(ana, phq1="0")
    assert given() == {"phq1": 0}


@pytest.mark.parametrize("sent", ["4", "-1", "1.5", "x", "\x00", "9" * 400, " 1", "１"])
def test_an_answer_outside_the_scale_is_refused_with_the_item_named(ana, sent):
    reply = answer(ana, phq1=sent)
    assert reply.status_code == 422
    assert reply.json()["field"] == "phq1"
    assert not given()


@pytest.mark.parametrize("value", [4, 1.5, True, [1], {}, "one", 10**30])
def test_json_of_the_wrong_kind_is_refused_with_the_item_named(ana, value):
    reply = answer_json(ana, {"item": "phq1", "value": value})
    assert (reply.status_code, reply.json()["field"]) == (422, "phq1")
    assert not given()


@pytest.mark.parametrize(
    "item", ["phq9", "", "next_step", "response_id", "csrfmiddlewaretoken", "\x00", "<b>"]
)
def test_an_unknown_item_is_refused(ana, item):
    assert answer_json(ana, {"item": item, "value": 1}).status_code == 422
    assert not Response.objects.exists()


@pytest.mark.parametrize("body", [b"{", b"[]", b"5", b'"x"', b"{}", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_answer_is_a_clean_refusal(ana, body):
    assert ana.post(f"{PHQ}answer/", body, content_type="application/json").status_code == 422


def test_two_answers_to_one_question_are_refused(ana):
    assert answer(ana, phq1=["1", "2"]).status_code == 422


def test_an_id_that_is_none_is_refused(ana):
    assert answer(ana, phq1="1", response_id="7").status_code == 422


def test_an_id_of_somebody_else_looks_like_nothing_is_there(ana, cast, as_person):
    id = str(uuid4())
    answer(as_person(cast.ben, moved=WEEK_6), phq1="1", response_id=id)
    assert answer(ana, phq1="2", response_id=id).status_code == 404
    assert given() == {"phq1": 1}


# leaving, resuming, finishing


def test_it_resumes_where_it_was_left(ana):
    answer(ana, phq1="2")
    answer(ana, phq2="")
    page = text(ana.get(PHQ))
    assert 'id="phq1-2" value="2" checked' in page
    assert 'id="phq2-skip" value="" checked' in page
    assert "You stopped here last time." in page


def test_today_says_finish_where_you_stopped(ana):
    answer(ana, phq1="2")
    assert "Finish where you stopped" in text(ana.get("/today/"))


def test_save_and_go_on_later_keeps_what_is_there(ana):
    page = ana.post(PHQ, {"phq1": "2", "next_step": "later"}, follow=True)
    assert page.redirect_chain == [("/today/", 302)]
    assert given() == {"phq1": 2}
    assert Response.objects.get().completed_at is None


def test_finishing_keeps_answers_and_scores(ana):
    page = ana.post(PHQ, everything(), follow=True)
    assert "Thank you. That took some effort." in text(page)
    assert Response.objects.get().completed_at is not None
    assert Score.objects.get(key="total").value == 8


def test_finishing_counts_what_was_given_before(ana):
    for item in ITEMS[:4]:
        answer(ana, **{item: "3"})
    ana.post(PHQ, {**dict.fromkeys(ITEMS[4:], "0"), "next_step": "finish"})
    assert Score.objects.get(key="total").value == 12


def test_questions_passed_over_are_asked_about_once_and_never_required(ana):
    page = ana.post(PHQ, {"phq1": "2", "next_step": "finish"})
    assert page.status_code == 422
    assert "7 questions have no answer yet." in text(page)
    assert 'id="phq1-2" value="2" checked' in text(page)
    ana.post(PHQ, {"phq1": "2", "next_step": "as-it-is"})
    assert Response.objects.get().completed_at is not None
    assert given() == {"phq1": 2, **dict.fromkeys(ITEMS[1:])}


def test_skipped_questions_are_not_asked_about_again(ana):
    ana.post(PHQ, everything(phq3=""))
    assert Response.objects.get().completed_at is not None


def test_the_id_of_the_page_is_the_id_of_the_response(ana):
    id = re.search(r'name="response_id" value="([^"]+)"', text(ana.get(PHQ)))[1]
    ana.post(PHQ, everything(response_id=id))
    assert str(Response.objects.get().pk) == id


def test_sent_twice_it_is_one_response(ana):
    sent = everything(response_id=str(uuid4()))
    assert ana.post(PHQ, sent).status_code == ana.post(PHQ, sent).status_code == 302
    assert Response.objects.count() == 1


def test_an_answer_outside_the_scale_is_named_and_everything_typed_is_kept(ana):
    page = ana.post(PHQ, everything(phq2="7", phq3=""))
    text_of_page = text(page)
    assert page.status_code == 422
    assert re.findall(r'id="(\w+)-errors"', text_of_page) == ["phq2"]
    assert 'id="phq1-1" value="1" checked' in text_of_page
    assert 'id="phq3-skip" value="" checked' in text_of_page
    assert not Response.objects.exists()


def test_an_unknown_item_stores_nothing(ana):
    page = ana.post(PHQ, everything(phq9="1"))
    assert page.status_code == 422
    assert "phq9" in text(page)
    assert not Response.objects.exists()


# closed, done, left


def test_before_they_open_it_says_when(cast, as_person):
    page = as_person(cast.ana).get("/questions/week-12/phq-8/")
    assert page.status_code == 409
    assert "These questions open on Monday 27 April." in text(page)


def test_after_they_closed_it_is_kind_and_nothing_is_taken(cast, as_person):
    late = as_person(cast.ana, moved=timedelta(weeks=6))
    page = late.get(PHQ)
    assert page.status_code == 409
    assert "not open any more" in text(page)
    assert answer(late, phq1="1").status_code == 409
    assert late.post(PHQ, everything()).status_code == 409
    assert not Response.objects.exists()


def test_a_begun_one_that_closed_says_what_is_kept(ana, cast, as_person):
    answer(ana, phq1="1")
    page = text(as_person(cast.ana, moved=timedelta(weeks=6)).get(PHQ))
    assert "What you gave before is kept." in page


def test_a_finished_one_is_thanked_for_and_not_asked_again(ana):
    ana.post(PHQ, everything())
    page = ana.get(PHQ)
    assert page.status_code == 200
    assert "You have answered these questions." in text(page)
    assert answer(ana, phq1="2").status_code == 409
    assert given()["phq1"] == 1


def test_whoever_has_left_is_not_asked(cast, ana, at):
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    assert ana.get(PHQ).headers["Location"] == "/me/"


def test_a_waiting_group_is_asked_too(cast, as_person):
    wim = as_person(cast.wim, moved=WEEK_6)
    assert wim.post(PHQ, everything()).status_code == 302
    assert Response.objects.get().enrolment_id == cast.wim_enrolment.pk


@pytest.mark.django_db(transaction=True)
def test_ten_clients_at_once_make_one_response_with_the_same_reply(cast, as_person):
    sent = everything(response_id=str(uuid4()))
    phones = [as_person(cast.ana, moved=WEEK_6) for _ in range(10)]

    def post(phone):
        try:
            return phone.post(PHQ, sent).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(post, phones)) == [302] * 10
    assert Response.objects.count() == 1
    assert Score.objects.count() == 1
