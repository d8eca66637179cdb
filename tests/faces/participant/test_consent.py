"""Consent: two choices, each by itself; the door stays open."""

import pytest

from allay.records.models import Consent
from allay.records.queries import consents
from allay.records.services import enrolments


def text(response) -> str:
    return response.content.decode()


def decide(browser, cast, **choices):
    words = consents.current_text(cast.ana_enrolment, "en")
    return browser.post("/consent/", {"text": words.pk, **choices}, follow=True)


def decisions():
    rows = Consent.objects.filter(enrolment__person__name="Nia").values_list("purpose", "given")
    return sorted(rows, reverse=True)


def test_whoever_has_not_agreed_is_brought_here(new):
    assert new.get("/today/", follow=True).redirect_chain == [("/consent/", 302)]


def test_the_registered_text_stands_there_with_both_choices(new):
    page = text(new.get("/consent/"))
    assert "Before you begin" in page
    assert page.count("<fieldset") == 2


def test_yes_to_both(new, cast):
    page = decide(new, cast, programme="yes", evaluation="yes")
    assert page.redirect_chain == [("/today/", 302)]
    assert decisions() == [("programme", True), ("evaluation", True)]


def test_no_to_the_evaluation_never_blocks_taking_part(new, cast):
    page = decide(new, cast, programme="yes", evaluation="no")
    assert "Hello, Nia" in text(page)
    assert decisions() == [("programme", True), ("evaluation", False)]


def test_no_to_taking_part_is_kind_and_leaves_the_door_open(new, cast):
    page = text(decide(new, cast, programme="no"))
    assert "That is fine, and nothing is asked of you." in page
    assert "The door stays open." in page
    assert 'name="programme"' in page


def test_no_can_become_yes(new, cast):
    decide(new, cast, programme="no")
    assert "Hello, Nia" in text(decide(new, cast, programme="yes", evaluation="no"))


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "programme"),
        ({"programme": "yes"}, "evaluation"),
        ({"programme": "maybe"}, "programme"),
        ({"programme": "yes", "evaluation": "\x00"}, "evaluation"),
    ],
)
def test_a_choice_left_open_is_asked_for_beside_it(new, cast, sent, field):
    page = decide(new, cast, **sent)
    assert page.status_code == 422
    assert f'id="{field}-errors"' in text(page)
    assert not decisions()


def test_what_was_chosen_stays_chosen_when_something_is_missing(new, cast):
    assert 'id="programme-yes" value="yes" checked' in text(decide(new, cast, programme="yes"))


def test_a_decision_is_about_the_words_that_were_shown(new, cast):
    page = new.post("/consent/", {"text": 99999, "programme": "yes", "evaluation": "yes"})
    assert page.status_code == 422
    assert not decisions()


def test_the_same_decision_twice_is_kept_once(new, cast):
    decide(new, cast, programme="yes", evaluation="no")
    decide(new, cast, programme="yes", evaluation="no")
    assert len(decisions()) == 2


def test_it_shows_what_was_agreed_before(ana):
    assert 'id="evaluation-yes" value="yes" checked' in text(ana.get("/consent/"))


def test_whoever_has_left_is_not_asked_again(cast, ana, at):
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    assert ana.get("/consent/").status_code == 302
