"""What participants see of texts that no clinician here has reviewed: the name, kindly, until an administrator decides."""

import re
from dataclasses import replace
from datetime import date
from unittest import mock

import pytest

from allay.content import library
from allay.content.schema import Review
from allay.records.errors import NotYours
from allay.records.models import AuditEvent, UnreviewedAccepted
from allay.records.services import reviewing


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def held_back(cast, at):
    """The service shows reviewed texts only, as a new one does."""
    reviewing.end_acceptance(by=cast.ada, at=at)


@pytest.fixture
def one_reviewed(held_back):
    """Session 4 and Arriving have been read by somebody here."""
    mark = {"review": Review(edition="1", by="Sample clinician", on=date(2026, 1, 5))}
    known = library.load()
    programme = known.programmes["compassion-12"]

    def read(thing):
        return thing.model_copy(update={"text": {"en": thing.text["en"].model_copy(update=mark)}})

    sessions = tuple(read(one) if one.week == 4 else one for one in programme.sessions)
    practices = {**known.practices, "p01-arriving": read(known.practices["p01-arriving"])}
    changed = replace(
        known,
        programmes={"compassion-12": programme.model_copy(update={"sessions": sessions})},
        practices=practices,
    )
    with mock.patch.object(library, "load", lambda: changed):
        yield


def test_a_session_that_waits_is_named_and_not_a_link(ana, held_back):
    page = text(ana.get("/sessions/"))
    assert "Safe enough to begin" in page
    assert 'href="/sessions/1/"' not in page
    assert "Not ready here yet." in page


@pytest.mark.parametrize(
    "path",
    [
        "/sessions/4/",
        "/practices/p01-arriving/",
        "/practices/p01-arriving/1/",
        "/practices/p15-first-five-minutes/3/",
    ],
)
def test_its_page_says_so_kindly_and_the_words_are_not_there(ana, held_back, path):
    page = ana.get(path)
    assert page.status_code == 409
    assert "is not ready here yet" in text(page)
    assert 'href="/help/"' in text(page)


def test_what_has_not_come_yet_is_as_before(ana, held_back):
    assert ana.get("/sessions/9/").status_code == 404
    assert ana.get("/practices/p16-compassionate-letter/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/today/", "/practices/", "/flare/", "/help/", "/help/signs/", "/privacy/", "/me/"]
)
def test_these_pages_are_there_all_the_same(ana, held_back, path):
    assert ana.get(path).status_code == 200


def test_today_names_the_session_and_still_asks_how_one_is(ana, held_back):
    page = text(ana.get("/today/"))
    assert "Kind attention, and when kindness stings" in page
    assert 'href="/sessions/4/"' not in page
    assert 'id="check-in"' in page
    assert not re.search(r'href="/practices/[a-z0-9-]+/', page)


def test_the_flare_page_leads_to_no_practice_that_waits(ana, held_back):
    assert "/practices/p15" not in text(ana.get("/flare/"))


def test_what_was_reviewed_is_shown(ana, one_reviewed):
    assert ana.get("/sessions/4/").status_code == 200
    assert ana.get("/practices/p01-arriving/").status_code == 200
    page = text(ana.get("/today/"))
    assert 'href="/sessions/4/"' in page
    assert 'href="/practices/p01-arriving/"' in page


def test_staff_see_the_text_and_its_mark(cast, sign_in, held_back):
    page = text(sign_in(cast.fay).get(f"/groups/{cast.group.pk}/guide/4/"))
    assert "Not yet reviewed by a clinician here" in page


def test_an_administrator_decides_and_takes_it_back(cast, sign_in, held_back):
    ada = sign_in(cast.ada)
    before = text(ada.get("/service/"))
    assert "Participants see reviewed texts only." in before
    assert "until then participants see such sessions and practices by name only" in before
    page = text(ada.post("/service/reviewing/", {"accept": "yes"}, follow=True))
    assert "Participants see unreviewed texts." in page
    assert UnreviewedAccepted.objects.get(ended_at=None).by == cast.ada
    ada.post("/service/reviewing/", {"accept": "no"})
    assert not UnreviewedAccepted.objects.filter(ended_at=None).exists()
    names = list(AuditEvent.objects.filter(name__startswith="unreviewed.").values_list("name", flat=True))
    assert names == ["unreviewed.accepted", "unreviewed.ended"] * 2


def test_nobody_else_decides(cast, at):
    for other in (cast.fay, cast.rae, cast.ana):
        with pytest.raises(NotYours):
            reviewing.accept_unreviewed(by=other, at=at)
        with pytest.raises(NotYours):
            reviewing.end_acceptance(by=other, at=at)


def test_to_accept_twice_is_once(cast, at):
    assert reviewing.accept_unreviewed(by=cast.ada, at=at) == reviewing.accept_unreviewed(by=cast.ada, at=at)
    assert UnreviewedAccepted.objects.filter(ended_at=None).count() == 1
