"""The guide of a session: times of the clock, words to say, what is not written yet."""

import pytest

from allay.content import library

WEEKS = range(1, 13)


@pytest.fixture
def guide(fay, north):
    return lambda week: fay.get(f"{north}guide/{week}/").content.decode()


def test_blocks_have_the_times_of_the_clock(guide):
    page = guide(1)
    assert "15:00" in page and "15:10" in page and "16:50" in page and "17:00" in page


def test_times_in_the_text_are_times_of_the_clock(guide):
    page = guide(1)
    assert "<strong>15:04 · " in page
    assert "<strong>0:04" not in page


def test_the_clock_is_the_groups_own(guide):
    assert "15:00" in guide(9)  # after clocks have gone forward: still three o'clock


def test_what_to_say_aloud_stands_out(guide):
    page = guide(1)
    assert '<blockquote class="say">' in page
    assert "<blockquote>" not in page


def test_the_experience_comes_in_two_forms_to_read(guide):
    page = guide(1)
    assert "To read aloud: Arriving" in page and "To read aloud: Find your anchor" in page


@pytest.mark.parametrize("week", WEEKS)
def test_every_week_has_aims_points_prompts_home_and_watch_points(guide, week):
    text = library.load().programmes["compassion-12"].session(week).text["en"]
    page = guide(week).replace("&#x27;", "'").replace("&quot;", '"')
    for words in (
        *text.aims,
        *text.ideas,
        *text.prompts,
        *text.guide.watch,
        text.home.least,
        text.home.noticing,
    ):
        assert words in page


@pytest.mark.parametrize("week", WEEKS)
def test_a_session_without_its_full_text_says_so(guide, week):
    written = library.load().programmes["compassion-12"].session(week).written_in("en")
    assert ("is not written yet" not in guide(week)) == written


@pytest.mark.parametrize("week", WEEKS)
def test_an_exposing_session_asks_for_the_second_facilitator(guide, week):
    exposing = library.load().programmes["compassion-12"].session(week).safety_level == "exposing"
    assert ("This session needs both of you" in guide(week)) == exposing


def test_a_text_nobody_reviewed_says_so(guide):
    assert "Not yet reviewed by a clinician here" in guide(1)


def test_a_waiting_group_counts_minutes_from_the_beginning(cast, finn):
    page = finn.get(f"/groups/{cast.waiting_group.pk}/guide/1/").content.decode()
    assert "0:10" in page and "2:00" in page


def test_the_wrong_facilitator_has_no_guide_here(finn, north):
    assert finn.get(f"{north}guide/1/").status_code == 404


def test_there_is_no_week_13(fay, north):
    assert fay.get(f"{north}guide/13/").status_code == 404
