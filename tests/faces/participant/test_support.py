"""Who is there: by name, with honest times; help and the red-flag page one tap from every page."""

from datetime import timedelta

import pytest
from django.test import Client

from allay.records.access import SYSTEM
from allay.records.services import groups
from allay.records.services.groups import set_answer_times


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def mondays(cast, at):
    set_answer_times(group=cast.group, words="on Mondays and Thursdays.", by=cast.fay, at=at)


@pytest.mark.parametrize("path", ["/me/", "/help/"])
def test_the_facilitator_stands_there_by_name_with_honest_times(ana, mondays, path):
    said = "Fay looks in on Mondays and Thursdays. No one watches this app all day."
    assert said in text(ana.get(path))


def test_two_facilitators(cast, ana, mondays, at):
    groups.assign(person=cast.sam, group=cast.group, by=SYSTEM, at=at + timedelta(days=1))
    assert "Fay and Sam look in on Mondays and Thursdays." in text(ana.get("/me/"))


def test_before_anybody_has_said_when(ana):
    assert "Fay runs your group. No one watches this app all day." in text(ana.get("/me/"))


def test_a_stranger_is_told_no_name(client, cast, mondays):
    page = text(client.get("/help/"))
    assert "Fay" not in page
    assert "No one watches this app all day" in page


def test_the_facilitator_says_when_on_the_page_of_the_group(cast, sign_in, ana, at):
    fay = sign_in(cast.fay, Client())
    sent = fay.post(f"/groups/{cast.group.pk}/answer-times/", {"answer_times": "  on\tFridays. "})
    assert sent.status_code == 302
    assert "Fay looks in on Fridays." in text(ana.get("/me/"))
    assert "Fay looks in on Fridays." in text(fay.get(f"/groups/{cast.group.pk}/"))


def test_times_of_another_group_are_nobody_elses_to_set(cast, sign_in):
    finn = sign_in(cast.finn, Client())
    sent = finn.post(f"/groups/{cast.group.pk}/answer-times/", {"answer_times": "never"})
    assert sent.status_code == 404
    cast.group.refresh_from_db()
    assert cast.group.answer_times == ""


def test_too_long_is_said_kindly(cast, at):
    with pytest.raises(groups.Invalid, match="120"):
        set_answer_times(group=cast.group, words="x" * 121, by=cast.fay, at=at)


PAGES = [
    "/today/",
    "/sessions/",
    "/sessions/1/",
    "/practices/",
    "/practices/p01-arriving/1/",
    "/me/",
    "/me/look/",
]
PUBLIC = ["/", "/join/", "/sign-in/", "/flare/", "/help/", "/help/signs/", "/privacy/", "/offline/"]


@pytest.mark.parametrize("path", [*PAGES, "/not-there/", "/sessions/99/", "/groups/"])
def test_help_and_signs_are_one_tap_from_every_page(ana, path):
    page = text(ana.get(path))
    assert 'href="/help/"' in page
    assert 'href="/help/signs/"' in page


@pytest.mark.parametrize("path", [*PUBLIC, "/not-there/"])
def test_and_from_every_page_of_a_stranger(client, db, path):
    page = text(client.get(path))
    assert 'href="/help/"' in page
    assert 'href="/help/signs/"' in page


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429, 500, 503])
def test_and_when_something_went_wrong(status):
    from django.template.loader import render_to_string

    page = render_to_string("shared/error.html", {"status": status})
    assert 'href="/help/"' in page
    assert 'href="/help/signs/"' in page


def test_both_are_kept_for_times_without_signal(client, db):
    worker = text(client.get("/sw.js"))
    assert '"/help/"' in worker
    assert '"/help/signs/"' in worker
