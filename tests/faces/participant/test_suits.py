"""What suits me, and "Why am I seeing this?", as pages."""

import re
from unittest import mock
from uuid import uuid4

import pytest
from django.db import OperationalError

from allay.content import library
from allay.records.models import Circumstances, OwnPractice, RuleShown
from allay.records.services import circumstances, flares


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def said(cast, at):
    def keep(**words):
        circumstances.say(enrolment=cast.ana_enrolment, said=words, by=cast.ana, at=at)

    return keep


def test_every_tick_says_what_it_changes(ana):
    page = text(ana.get("/me/suits/"))
    for words in (
        "a rhythm without breath comes",
        "are set aside till you choose them",
        "starts with a cushion",
    ):
        assert words in page
    assert "checked" not in page.split('name="doing"')[0]


def test_taps_are_kept_and_can_be_taken_back(ana):
    ana.post(
        "/me/suits/", {"breath_hard": "yes", "doing": "over", "pain_word": "ache", "own_word": "the fog"}
    )
    kept = Circumstances.objects.get()
    assert (kept.breath_hard, kept.doing, kept.pain_word) == (True, "over", "the fog")
    ana.post("/me/suits/", {})
    kept.refresh_from_db()
    assert (kept.breath_hard, kept.doing, kept.pain_word) == (False, "", "")


def test_what_does_not_fit_is_said_kindly(ana):
    page = ana.post("/me/suits/", {"own_word": "long " * 20})
    assert page.status_code == 422
    assert "up to 40 letters" in text(page)


def test_a_label_of_the_pain_is_never_on_a_page(cast, at, ana):
    circumstances.understand(enrolment=cast.ana_enrolment, pain_understanding="secondary", by=cast.fay, at=at)
    for path in ("/me/suits/", "/sessions/2/", "/today/", "/me/"):
        assert "secondary" not in text(ana.get(path)).lower()


def test_the_page_says_why_and_where_to_change_it(ana, said):
    said(breath_hard=True)
    page = text(ana.get("/sessions/3/"))
    assert "Why am I seeing this?" in page
    assert "You said that breath practices do not suit you." in page
    assert 'href="/me/suits/"' in page.split("Why am I seeing this?")[1]


def test_no_rule_no_fold(ana, said, cast, at):
    said(breath_hard=False)
    assert "Why am I seeing this?" not in text(ana.get("/sessions/1/"))


def test_shown_rules_are_noted_once_a_day_and_not_when_a_phone_only_keeps_the_page(ana, said):
    said(breath_hard=True)
    ana.get("/practices/p04-soothing-rhythm-breathing/", headers={"Sec-Fetch-Mode": "same-origin"})
    assert not RuleShown.objects.exists()
    for _ in range(2):
        ana.get("/practices/p04-soothing-rhythm-breathing/", headers={"Sec-Fetch-Mode": "navigate"})
    assert list(RuleShown.objects.values_list("rule", "place")) == [
        ("breath-hard", "practice/p04-soothing-rhythm-breathing")
    ]


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_does_not_take_the_page_away(ana, said):
    said(breath_hard=True)
    full = mock.patch(
        "allay.records.models.RuleShown.objects.bulk_create", side_effect=OperationalError("disk full")
    )
    with full:
        page = ana.get("/practices/p04-soothing-rhythm-breathing/")
    assert page.status_code == 200
    assert "Why am I seeing this?" in text(page)


def test_a_practice_set_aside_can_be_chosen(ana, said):
    said(go_gently=True)
    page = ana.post("/practices/p09-kind-place/choose/")
    assert page.status_code == 302
    assert OwnPractice.objects.get().mark == "chosen"


def test_the_note_for_the_person_stands_on_the_practice(ana, said):
    said(breath_hard=True)
    assert "It is not the second best." in text(ana.get("/practices/p04-soothing-rhythm-breathing/"))


def test_today_in_a_flare_says_why(cast, at, ana):
    flares.declare(id=uuid4(), enrolment=cast.ana_enrolment, by=cast.ana, at=at)
    page = text(ana.get("/today/"))
    assert "You said that a flare is on." in page


def test_places_of_the_body_are_ticked_and_practices_pass_them_by(ana, cast, at):
    assert 'name="skip_feet"' in text(ana.get("/me/suits/"))
    ana.post("/me/suits/", {"skip_feet": "yes", "skip_hands": "yes", "breath_hard": "yes"})
    assert Circumstances.objects.get().skipped_areas == ["feet", "hands"]
    assert 'name="skip_feet" value="yes" checked' in text(ana.get("/me/suits/"))
    page = text(ana.get("/practices/p01-arriving/10/"))
    steps = page[page.index('<ol class="steps"') :].partition("</ol>")[0]
    assert "Now your feet." not in steps and "Stay with your hands" not in steps
    assert sum(map(int, re.findall(r'data-seconds="(\d+)"', steps))) == 600
    assert "Left out for you: Hands, Feet." in page
    assert "So this practice passes them by." in page.split("Why am I seeing this?")[1]
    assert "Left out for you" not in text(ana.get("/practices/p01-arriving/1/"))
    assert "Left out for you: Hands, Feet" in text(ana.get("/practices/p01-arriving/"))
    ana.post("/me/suits/", {"breath_hard": "yes"})
    assert "Now your feet." in text(ana.get("/practices/p01-arriving/10/"))


def test_where_the_quiet_would_grow_too_long_the_page_says_that_it_is_shorter(cast, at, ana, said):
    places = [key.removeprefix("area.") for key in library.load().phrases if key.startswith("area.")]
    said(skipped_areas=places, doing="under")  # which opens the practice of moving
    assert "So it is a little shorter." in text(ana.get("/practices/p08-movement-as-a-kindness/10/"))


def test_a_place_that_nobody_knows_is_refused(ana):
    assert ana.post("/me/suits/", {"skip_wings": "yes"}).status_code == 422
    assert not Circumstances.objects.exists()


def test_places_arrive_from_the_phone(ana):
    content = {"skip_belly": "yes", "breath_hard": "yes", "pain_word": "ache", "day": "2026-03-04"}
    entry = {"id": str(uuid4()), "kind": "suits", "content": content}
    sent = ana.post("/sync/", {"entries": [entry]}, content_type="application/json")
    assert sent.json()["results"][0]["status"] == "kept"
    assert Circumstances.objects.get().skipped_areas == ["belly"]


def test_after_having_to_stop_a_place_can_be_left_out_next_time(ana):
    page = text(ana.get("/practices/p01-arriving/?after=had-to-stop"))
    assert 'href="/me/suits/#places"' in page
    assert 'href="/me/suits/#places"' not in text(ana.get("/practices/p01-arriving/?after=easier"))
    assert 'href="/me/suits/#places"' not in text(ana.get("/practices/p02-anchor/?after=had-to-stop"))
