"""Practices: forms that last as long as they say, with time to read and with quiet in between."""

import re

import pytest

from allay.content import library
from tests.content.texts import sentences

CONTENT = library.load()
FORMS = [
    pytest.param(minutes, form, id=f"{practice.id}-{minutes}")
    for practice in CONTENT.practices.values()
    for minutes, form in practice.text["en"].forms.items()
]
SLOW_READING = 2.0  # words a second, read aloud slowly


by_practice = pytest.mark.parametrize(
    "practice", CONTENT.practices.values(), ids=lambda practice: practice.id
)


def lines(practice):
    """(form, text) of every step."""
    return [
        (minutes, step.text) for minutes, form in practice.text["en"].forms.items() for step in form.steps
    ]


def test_all_practices_of_the_index_are_written():
    assert list(CONTENT.practices) == sorted(CONTENT.practice_index)


def test_index_lists_all_twenty_four_in_order():
    numbers = [entry.number for entry in CONTENT.practice_index.values()]
    assert numbers == list(range(1, 25))


@by_practice
def test_has_all_three_forms(practice):
    assert set(practice.text["en"].forms) == {"1", "3", "10"}


@by_practice
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


@by_practice
def test_offers_ways_for_several_bodies(practice):
    assert len(practice.text["en"].posture) >= 3


@by_practice
def test_says_what_to_choose_instead(practice):
    assert practice.alternatives
    names = {other.name for other in CONTENT.practice_index.values() if other.id != practice.id}
    places = {page.title for page in CONTENT.help.values()}
    assert any(name in practice.text["en"].instead for name in names | places)


@by_practice
def test_its_alternatives_are_written(practice):
    assert set(practice.alternatives) <= set(CONTENT.practices)


@by_practice
def test_an_alternative_is_not_exposing(practice):
    assert not [name for name in practice.alternatives if CONTENT.practices[name].exposing]


@by_practice
def test_nobody_holds_the_breath(practice):
    text = practice.text["en"]
    words = " ".join(
        [text.about, *text.posture, text.instead, text.stop, *(line for _, line in lines(practice))]
    )
    held = [
        part
        for part in sentences(words)
        if re.search(r"(?:hold|held)\b.*\bbreath|breath.*\bheld", part, re.I)
    ]
    assert not [part for part in held if not re.search(r"never|not|if you hold", part, re.I)]


EXPOSING = [practice for practice in CONTENT.practices.values() if practice.exposing]


def test_chairs_and_letter_are_exposing():
    assert [practice.id for practice in EXPOSING] == ["p13-two-chairs-one-breath", "p16-compassionate-letter"]


@pytest.mark.parametrize("practice", EXPOSING, ids=lambda practice: practice.id)
def test_exposing_practice_says_at_the_start_of_every_form_how_to_leave(practice):
    for form in practice.text["en"].forms.values():
        opening = " ".join(step.text for step in form.steps[:3])
        assert re.search(r"stop|leave", opening, re.I), opening


@pytest.mark.parametrize("practice", EXPOSING, ids=lambda practice: practice.id)
def test_exposing_practice_names_a_practice_to_take_instead_and_whom_to_call(practice):
    instead = practice.text["en"].instead
    assert CONTENT.practices[practice.alternatives[0]].name in instead
    assert CONTENT.help["card"].title in instead


def test_movement_never_asks_for_a_push():
    practice = CONTENT.practices["p08-movement-as-a-kindness"]
    urged = [
        line for _, line in lines(practice) if re.search(r"\bpush|stretch further|a bit more\b|harder", line)
    ]
    assert not urged
    assert "Stop before you have to" in practice.text["en"].stop


@pytest.mark.parametrize("name", ["p08-movement-as-a-kindness", "p24-stopping-is-part-of-it"])
def test_limited_energy_has_its_own_note(name):
    (variant,) = (v for v in CONTENT.practices[name].text["en"].variants if "energy-limited" in v.when)
    assert re.search(r"do not plan to do more|no amount to build up", variant.note, re.I)


@pytest.mark.parametrize(
    ("name", "circumstance", "words"),
    [
        ("p12-supportive-hand", "touch-sensitive", "cushion form"),
        ("p04-soothing-rhythm-breathing", "breath-hard", "Rhythm without breath"),
        ("p03-two-ways-of-noticing", "secondary", "illness"),
    ],
)
def test_other_circumstances_are_thought_of(name, circumstance, words):
    notes = [v.note for v in CONTENT.practices[name].text["en"].variants if circumstance in v.when]
    assert any(words in note for note in notes)


@pytest.mark.parametrize("minutes", ["1", "3", "10"])
def test_supportive_hand_can_be_a_cushion_in_every_form(minutes):
    text = " ".join(line for form, line in lines(CONTENT.practices["p12-supportive-hand"]) if form == minutes)
    assert "cushion" in text


def test_two_chairs_belong_to_the_facilitator_when_self_hate_or_voices_are_there():
    text = CONTENT.practices["p13-two-chairs-one-breath"].text["en"]
    assert re.search(r"hate yourself.*hear voices.*only with your facilitator", text.instead)
    assert "Nobody has to move" in text.posture[0]


def test_looking_back_needs_no_entries():
    practice = CONTENT.practices["p20-looking-back-kindly"]
    assert "You need no entries" in practice.text["en"].about
    assert not [line for _, line in lines(practice) if re.search(r"\bapp\b|chart|check-in", line)]


def test_letter_is_private_and_needs_no_writing():
    text = CONTENT.practices["p16-compassionate-letter"].text["en"]
    assert "No one else reads it" in text.about
    assert {"speak", "tap", "draw", "write"} <= set(re.findall(r"speak|tap|draw|write", text.about))


@pytest.mark.parametrize("minutes", ["1", "3", "10"])
def test_clinician_lines_are_three(minutes):
    text = " ".join(
        line for form, line in lines(CONTENT.practices["p19-three-lines-for-my-clinician"]) if form == minutes
    )
    assert re.search(r"line two", text, re.I)
    assert re.search(r"line three|line one.*line two.*\blike\b", text, re.I)


def test_asking_is_never_pushed_where_it_could_bring_harm():
    assert "could bring you harm" in CONTENT.practices["p18-asking-aloud"].text["en"].instead


def test_just_like_me_is_never_for_someone_who_did_harm():
    assert (
        CONTENT.practices["p17-just-like-me"]
        .text["en"]
        .instead.startswith("Never use this for someone who harmed")
    )


def test_flare_practice_asks_first_whether_the_pain_is_new():
    for form in CONTENT.practices["p15-first-five-minutes"].text["en"].forms.values():
        opening = " ".join(step.text for step in form.steps[:2])
        assert "help page" in opening
        assert "usual" in opening or "new or changed" in opening


def test_nothing_that_moves_paces_asks_or_belongs_to_a_flare_is_compared():
    """Never for medicine, sleep or activity: a try is of quiet practices for any day."""
    comparable = {entry.number for entry in CONTENT.practice_index.values() if entry.comparable}
    assert not comparable & {8, 13, 15, 16, 18, 19, 21, 24}
    assert len(comparable) == 16


@pytest.mark.parametrize("practice", EXPOSING, ids=lambda practice: practice.id)
def test_exposing_practice_has_a_stop_line_and_an_alternative(practice):
    file = f"practices/{practice.id}/text.en.toml"
    assert re.search(r"\bstop\b|put it down|look up", practice.text["en"].stop, re.I), f"{file} (stop)"
    assert set(practice.alternatives) & set(CONTENT.practices), f"{file}: no alternative that is written"


PACED = {practice.id: practice.text["en"].pacer for practice in CONTENT.practices.values()}


def test_the_two_slow_rhythms_have_a_pace_of_about_five_or_six_a_minute():
    paced = {name: pacer for name, pacer in PACED.items() if pacer}
    assert list(paced) == ["p04-soothing-rhythm-breathing", "p05-rhythm-without-breath"]
    assert all(5 <= 60 / (pacer.grow_seconds + pacer.shrink_seconds) <= 6 for pacer in paced.values())


def test_the_pace_without_breath_has_no_words_of_breath():
    pacer = PACED["p05-rhythm-without-breath"]
    assert not re.search(r"\b(?:breath\w*|in|out|inhale|exhale)\b", f"{pacer.grow} {pacer.shrink}", re.I)
