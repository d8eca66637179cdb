"""Practices: open from the start or with their session, playable without JavaScript, ended by one tap."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from allay.records.models import PracticeLog

DAY = "2026-03-03"


def text(response) -> str:
    return response.content.decode()


def log(browser, practice="p01-arriving", **fields):
    sent = {"id": str(uuid4()), "minutes": 3, "after": "easier", "day": DAY, **fields}
    return browser.post(f"/practices/{practice}/log/", sent, follow=True)


def test_they_stand_under_the_steps_they_serve(ana):
    page = text(ana.get("/practices/"))
    assert "Noticing" in page and "Body and pacing" in page
    assert "/practices/p02-anchor/" in page


def test_a_waiting_group_has_the_first_ones_and_the_one_for_a_flare(wim):
    page = text(wim.get("/practices/"))
    for practice in ("p01-arriving", "p02-anchor", "p15-first-five-minutes"):
        assert f"/practices/{practice}/" in page


def test_how_to_stop_is_said_before_it_starts(ana):
    page = text(ana.get("/practices/p01-arriving/"))
    assert page.index("How long?") and "How to stop" in page
    assert "/practices/p01-arriving/10/" in page


@pytest.mark.parametrize("minutes", [1, 3, 10])
def test_it_reads_as_a_list_of_steps_with_their_seconds(ana, minutes):
    page = text(ana.get(f"/practices/p01-arriving/{minutes}/"))
    steps = re.search(r'<ol class="steps".*?</ol>', page, re.DOTALL)[0]
    assert sum(map(int, re.findall(r'<li data-seconds="(\d+)"', steps))) == 60 * minutes


@pytest.mark.parametrize("path", ["/practices/p99-none/", "/practices/p01-arriving/2/"])
def test_what_is_not_there_is_a_kind_404(ana, path):
    assert ana.get(path).status_code == 404


def test_a_practice_comes_with_its_session(cast, as_person, wim):
    """P13 may stir strong feelings: nobody finds it before the session that prepares for it."""
    early = as_person(cast.ana, moved=-timedelta(days=20))
    for practice in ("p03-two-ways-of-noticing", "p13-two-chairs-one-breath"):
        assert early.get(f"/practices/{practice}/").status_code == 404
        assert wim.get(f"/practices/{practice}/1/").status_code == 404


def test_one_tap_keeps_it(ana):
    page = log(ana)
    assert page.redirect_chain == [("/practices/p01-arriving/?after=easier", 302)]
    assert "It will be here when you want it again." in text(page)
    row = PracticeLog.objects.get()
    assert (row.practice, row.minutes, row.after) == ("p01-arriving", 3, "easier")


@pytest.mark.parametrize("after", ["harder", "had-to-stop"])
def test_harder_or_had_to_stop_offers_something_else(ana, after):
    page = text(log(ana, after=after))
    assert 'href="/practices/p02-anchor/"' in page
    assert "I would like a person to talk to" in page


def test_easier_offers_nothing_else(ana):
    assert "/practices/p02-anchor/" not in text(log(ana, after="easier"))


def test_sent_twice_it_is_one_row(ana):
    id = str(uuid4())
    assert log(ana, id=id).status_code == log(ana, id=id).status_code == 200
    assert PracticeLog.objects.count() == 1


def test_going_back_to_another_answer_keeps_the_first(ana):
    id = str(uuid4())
    log(ana, id=id)
    page = text(log(ana, id=id, after="harder"))
    assert "What you gave first is kept." in page
    assert PracticeLog.objects.get().after == "easier"


def test_the_id_of_somebody_else_looks_like_nothing_is_there(ana, cast, as_person):
    id = str(uuid4())
    log(as_person(cast.ben), id=id)
    assert log(ana, id=id).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"minutes": 2},
        {"minutes": "x"},
        {"minutes": ""},
        {"after": "wonderful"},
        {"after": "\x00"},
        {"day": "tomorrow"},
        {"day": "2020-01-01"},
        {"id": "7"},
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_kept(ana, fields):
    assert log(ana, **fields).status_code == 422
    assert not PracticeLog.objects.exists()


def test_a_practice_that_does_not_exist_is_not_kept(ana):
    assert log(ana, practice="p99-none").status_code == 422


def test_an_unknown_word_in_the_address_shows_the_practice(ana):
    assert "How long?" in text(ana.get("/practices/p01-arriving/?after=<script>"))
