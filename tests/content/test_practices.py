"""Practices: forms that last as long as they say, with time to read and with quiet in between."""

import pytest

from allay.content import library

CONTENT = library.load()
FORMS = [
    pytest.param(minutes, form, id=f"{practice.id}-{minutes}")
    for practice in CONTENT.practices.values()
    for minutes, form in practice.text["en"].forms.items()
]
SLOW_READING = 2.0  # words a second, read aloud slowly


def test_three_practices_are_written():
    assert set(CONTENT.practices) == {"p01-arriving", "p02-anchor", "p15-first-five-minutes"}


def test_index_lists_all_twenty_four_in_order():
    numbers = [entry.number for entry in CONTENT.practice_index.values()]
    assert numbers == list(range(1, 25))


@pytest.mark.parametrize("practice", CONTENT.practices.values(), ids=lambda practice: practice.id)
def test_has_all_three_forms(practice):
    assert set(practice.text["en"].forms) == {"1", "3", "10"}


@pytest.mark.parametrize("practice", CONTENT.practices.values(), ids=lambda practice: practice.id)
def test_is_called_as_in_the_index(practice):
    assert practice.text["en"].name == practice.name


@pytest.mark.parametrize(("minutes", "form"), FORMS)
def test_lasts_exactly_its_minutes(minutes, form):
    assert form.seconds == 60 * int(minutes)


@pytest.mark.parametrize(("minutes", "form"), FORMS)
def test_every_line_can_be_read_slowly_in_its_time(minutes, form):
    rushed = [step.text for step in form.steps if len(step.text.split()) / step.seconds > SLOW_READING]
    assert not rushed


@pytest.mark.parametrize(("minutes", "form"), FORMS)
def test_no_silence_long_enough_to_feel_lost(minutes, form):
    assert max(step.seconds - len(step.text.split()) / SLOW_READING for step in form.steps) <= 40


@pytest.mark.parametrize(("minutes", "form"), [param for param in FORMS if param.values[0] == "10"])
def test_ten_minutes_are_guidance_and_quiet(minutes, form):
    spoken = sum(len(step.text.split()) for step in form.steps) / SLOW_READING
    assert 0.3 <= spoken / form.seconds <= 0.6


def test_flare_practice_asks_first_whether_the_pain_is_new():
    for form in CONTENT.practices["p15-first-five-minutes"].text["en"].forms.values():
        opening = " ".join(step.text for step in form.steps[:2])
        assert "help page" in opening
        assert "usual" in opening or "new or changed" in opening
