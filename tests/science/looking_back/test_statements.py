"""Which pairs are looked at, and what may be said of them."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allay.content import library
from allay.science.looking_back import (
    FEWEST_PAIRED,
    MOST_PAIRS,
    MOST_SHOWN,
    WINDOW,
    DayNoted,
    candidates,
    look_back,
    strength,
)

THINGS = library.load().things
START = date(2026, 1, 5)
NOTED = st.builds(
    DayNoted,
    day=st.integers(0, 120).map(lambda number: START + timedelta(days=number)),
    rows=st.dictionaries(
        st.sampled_from(["mood", "comfort", "acceptance", "a-study-row"]), st.integers(0, 10)
    ),
    helped=st.sampled_from(["", "somebody", "rest", "care", "nothing-today", "gone-from-the-form"]),
    practised=st.booleans(),
    moved=st.booleans(),
)
DAYS = st.lists(NOTED, max_size=90, unique_by=lambda noted: noted.day)


def diary(days=60, *, gap=1, seed=4, mood=None, **fixed):
    """Mood follows the practice closely; comfort by itself."""
    random, found = Random(seed), []
    for number in range(days):
        practised = random.random() < 0.5
        rows = {"mood": 3 + 4 * practised + random.randint(0, 2), "comfort": random.randint(2, 8)}
        given = {"rows": rows if mood is None else rows | {"mood": mood}, "practised": practised, **fixed}
        found.append(DayNoted(START + timedelta(days=number * gap), **given))
    return found


def look(days, **more):
    return look_back(days, things=THINGS, today=max(noted.day for noted in days), **more)


def keys(links):
    return [link.pair.key for link in links]


def test_a_close_link_is_said_with_its_days_and_direction():
    (found,) = look(diary()).shown
    assert found.pair.key == "mood~practice:any"
    assert (found.days, found.direction, found.medians_agree) == (60, "more", True)
    assert 0.4 < found.low < found.estimate < found.high < 1
    assert found.with_it > found.without_it


@settings(max_examples=80, deadline=None)
@given(DAYS, st.randoms(use_true_random=False))
def test_whatever_the_days_no_rule_is_broken(days, random):
    today = START + timedelta(days=120)
    found = look_back(days, things=THINGS, today=today)
    assert len(found.shown) <= MOST_SHOWN
    assert len(found.links) <= MOST_PAIRS
    assert all(link.low > 0 or link.high < 0 for link in found.shown)
    assert all(link.days >= FEWEST_PAIRED for link in found.links)
    assert not any("a-study-row" in key or "care" in key for key in keys(found.links))
    assert not any({"comfort", "helped:rest"} <= {link.pair.about, link.pair.beside} for link in found.links)
    assert not any({"comfort", "acceptance"} <= {link.pair.about, link.pair.beside} for link in found.links)
    random.shuffle(days)
    assert look_back(days, things=THINGS, today=today) == found


@pytest.mark.parametrize(
    ("days", "gone_by", "soon"),
    [(14, 21, False), (13, 21, True), (14, 20, True), (14, 13, True), (1, 400, True)],
)
def test_days_must_have_gone_by_and_be_enough(days, gone_by, soon):
    noted = diary(days)
    found = look_back(noted, things=THINGS, today=START + timedelta(days=gone_by))
    assert found.soon is soon
    assert soon is (found.links == ())


def test_nothing_at_all_is_too_soon():
    assert look_back([], things=THINGS, today=START).soon


def test_what_hardly_varies_is_not_looked_at():
    noted = diary(mood=5)
    assert not any("mood" in key for key in keys(look(noted).links))
    four = [*diary(56, mood=5), *(DayNoted(one.day + timedelta(60), {"mood": 9}) for one in diary(4))]
    assert not any("mood" in key for key in keys(look(four).links))


def test_one_tie_for_all_says_nothing():
    same = diary(mood=5, practised=False)
    same = [DayNoted(noted.day, {"mood": 5, "comfort": 5}, "somebody", True) for noted in same]
    assert look(same).links == look(same).shown == ()


def test_ease_of_the_body_is_not_set_beside_what_somebody_does():
    resting = [DayNoted(one.day, one.rows, "rest" if one.practised else "warmth") for one in diary()]
    assert not any("comfort~" in key for key in keys(look(resting).links))
    still, moving = diary(), diary()
    moving[3] = DayNoted(moving[3].day, moving[3].rows, practised=True, moved=True)
    assert "comfort~practice:any" in keys(look(still).links)
    assert "comfort~practice:any" not in keys(look(moving).links)
    assert "mood~practice:any" in keys(look(moving).links)


def test_hidden_stays_hidden_and_makes_nothing_else_likelier():
    noted = diary()
    before, after = look(noted), look(noted, hidden={"mood~practice:any"})
    assert after.shown == ()
    assert [link.level for link in after.links] == [link.level for link in before.links]


def test_only_the_last_twelve_weeks_are_looked_at():
    old = diary(3650)
    assert look(old) == look(old[-WINDOW:])
    assert look(old).links[0].days == WINDOW


def test_a_question_that_was_asked_for_a_while_only_counts_where_it_was_asked():
    noted = [
        DayNoted(
            one.day, one.rows if number > 30 else {"comfort": one.rows["comfort"]}, practised=one.practised
        )
        for number, one in enumerate(diary())
    ]
    by_key = {link.pair.key: link.days for link in look(noted).links}
    assert by_key["mood~practice:any"] == 29
    assert by_key["comfort~practice:any"] == 60


def test_pairs_are_chosen_without_looking_at_how_they_go_together():
    """Reading one thing backwards changes no choice."""
    noted = diary()
    backwards = [
        DayNoted(one.day, other.rows, practised=one.practised)
        for one, other in zip(noted, reversed(noted), strict=True)
    ]
    assert candidates(noted, THINGS, FEWEST_PAIRED) == candidates(backwards, THINGS, FEWEST_PAIRED)


@pytest.mark.parametrize(
    ("size", "word"),
    [(0.05, "none"), (-0.1, "slight"), (0.3, "middling"), (-0.5, "strong"), (0.99, "strong")],
)
def test_sizes_have_words(size, word):
    assert strength(size) == word
