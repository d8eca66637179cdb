"""Leaving out places of the body: nothing of them is read, and the time still holds or the page says that it does not."""

from itertools import combinations

import pytest

from allay.content import library
from allay.content.schema import Step
from allay.science.places import LONGEST_QUIET, READING, effects, without

FORMS = {
    f"{practice.id} {minutes}": form.steps
    for practice in library.load().practices.values()
    for minutes, form in practice.text["en"].forms.items()
}
AREAS = [key.removeprefix("area.") for key in library.load().phrases if key.startswith("area.")]
SETS = [frozenset(some) for size in (1, 2) for some in combinations(AREAS, size)] + [frozenset(AREAS)]


def step(seconds, *areas, text="Rest here."):
    return Step(seconds=seconds, areas=areas, text=text)


def seconds(steps) -> int:
    return sum(one.seconds for one in steps)


def test_nothing_to_leave_out_changes_nothing():
    steps = (step(10), step(20, "feet"))
    assert without(steps, frozenset({"hands"})).steps == steps
    assert without(steps, frozenset()).shorter == 0


def test_the_step_before_gets_the_seconds_as_quiet():
    kept = without((step(10), step(12, "feet"), step(8)), frozenset({"feet"}))
    assert [one.seconds for one in kept.steps] == [22, 8]
    assert (kept.left_out, kept.shorter) == (("feet",), 0)


def test_at_the_beginning_it_is_the_step_after():
    kept = without((step(10, "feet"), step(12), step(8)), frozenset({"feet"}))
    assert [one.seconds for one in kept.steps] == [22, 8]


def test_a_step_that_turns_to_two_places_goes_with_either():
    steps = (step(10), step(10, "arms", "hands"), step(10))
    assert len(without(steps, frozenset({"hands"})).steps) == 2
    assert without(steps, frozenset({"hands"})).left_out == ("hands",)


def test_no_quiet_grows_so_long_that_people_feel_left_alone():
    kept = without((step(30), *[step(60, "legs")] * 3, step(5)), frozenset({"legs"}))
    assert [one.seconds for one in kept.steps] == [41, 41]
    assert kept.shorter == 30 + 180 + 5 - 82


@pytest.mark.parametrize("steps", FORMS.values(), ids=FORMS.keys())
def test_every_form_of_every_practice_holds_for_every_choice(steps):
    for skipped in SETS:
        kept = without(steps, skipped)
        assert len(kept.steps) >= 2
        assert not [one for one in kept.steps if skipped & set(one.areas)]
        assert seconds(kept.steps) + kept.shorter == seconds(steps)
        assert bool(effects("p", kept)) == bool(kept.left_out)
        for one in kept.steps:
            assert one.seconds - len(one.text.split()) / READING <= LONGEST_QUIET


def test_one_place_left_out_of_the_body_tour_keeps_its_ten_minutes():
    steps = FORMS["p22-kind-body-tour 10"]
    assert {area: without(steps, frozenset({area})).shorter for area in AREAS} == dict.fromkeys(AREAS, 0)


SAID = {
    "feet": ("feet", "toes"),
    "legs": ("shin", "knee", "thigh"),
    "pelvis": ("seat",),
    "belly": ("belly",),
    "back": ("your back",),
    "chest": ("chest", "ribs"),
    "shoulders": ("shoulder",),
    "hands": ("hands", "palm"),
    "arms": ("arms", "elbow"),
    "jaw": ("jaw", "throat"),
    "face": ("brow", "cheeks", "nose"),
    "head": ("hair", "back of your head"),
}


@pytest.mark.parametrize("minutes", ["1", "3", "10"])
@pytest.mark.parametrize("area", SAID)
def test_the_body_tour_does_not_name_what_is_left_out(area, minutes):
    kept = without(FORMS[f"p22-kind-body-tour {minutes}"], frozenset({area}))
    said = " ".join(one.text.lower() for one in kept.steps)
    assert not [words for words in SAID[area] if words in said]


TENDER = {
    "belly": ("belly", "stomach"),
    "chest": ("chest", "breast", "ribs"),
    "pelvis": ("hips", "pelvis"),
}
# a sign that it gets too much, not a place to turn to; or a sentence of somebody's own
ALLOWED = (
    "Has your chest gone tight",
    "Has your chest grown tight",
    "a tight jaw, a held belly",
    "It may be your seat",
)


@pytest.mark.parametrize("area", TENDER)
@pytest.mark.parametrize("form", FORMS)
def test_no_practice_turns_to_a_tender_place_that_is_left_out(area, form):
    said = [one.text for one in without(FORMS[form], frozenset({area})).steps]
    left = [text for text in said if not any(words.lower() in text.lower() for words in ALLOWED)]
    assert not [text for text in left if any(words in text.lower() for words in TENDER[area])]
