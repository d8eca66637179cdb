"""Sessions: what has come is open, what has not is named and kind."""

from dataclasses import replace

from django.template.loader import render_to_string

from allay.records.queries import sessions as queries


def text(response) -> str:
    return response.content.decode()


def test_those_whose_week_has_come_are_links_and_the_others_titles(ana):
    page = text(ana.get("/sessions/"))
    assert 'href="/sessions/4/"' in page
    assert 'href="/sessions/5/"' not in page
    assert page.count("Session ") == 12


def test_a_waiting_group_sees_no_sessions(wim):
    page = text(wim.get("/sessions/"))
    assert "/sessions/1/" not in page
    assert "Your group starts later" in page


def test_the_first_session_is_there_in_full_with_its_drawing(ana):
    page = text(ana.get("/sessions/1/"))
    assert "Safe enough to begin" in page
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="drawing"' in page
    assert "still being written" not in page
    assert 'href="/practices/p01-arriving/"' in page


def test_home_practice_stands_in_its_three_sizes(ana):
    page = text(ana.get("/sessions/1/"))
    for size in ("The least you might do", "A bit more", "If you like"):
        assert size in page


def test_a_session_without_its_full_text_says_so_and_shows_its_ideas(cast, at):
    own = queries.own_session(cast.ana_enrolment, 2, at)
    bare = replace(own, passages=(), written=False)
    page = render_to_string("participant/session.html", {"own": bare, "tab": "sessions"})
    assert "The full text of this session is still being written." in page
    assert "The ideas" in page


def test_a_session_still_to_come_says_when(ana):
    page = ana.get("/sessions/5/")
    assert page.status_code == 404
    assert "opens in the week of Monday 9 March" in text(page)


def test_a_session_for_a_waiting_group_comes_with_the_group(wim):
    page = wim.get("/sessions/1/")
    assert page.status_code == 404
    assert "The sessions come with your group." in text(page)


def test_there_is_no_thirteenth_week(ana):
    assert ana.get("/sessions/13/").status_code == 404
    assert ana.get("/sessions/99999999999999999999/").status_code == 404
