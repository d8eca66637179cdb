"""The programme: twelve sessions in one frame, every mechanism and step covered, the first one runnable."""

import re
from itertools import pairwise
from typing import get_args

import pytest

from allay.content import library
from allay.content.schema import FourStep, Mechanism

CONTENT = library.load()
PROGRAMME = CONTENT.programmes["compassion-12"]
SESSIONS = PROGRAMME.sessions
STEPS = set(get_args(FourStep)) - {"body-and-pacing"}
FIRST = SESSIONS[0].text["en"]
by_week = pytest.mark.parametrize("session", SESSIONS, ids=lambda session: f"week-{session.week}")


def test_twelve_weeks():
    assert [session.week for session in SESSIONS] == list(range(1, 13))


def test_a_week_that_does_not_exist_has_no_session():
    assert PROGRAMME.session(13) is None


@pytest.mark.parametrize("mechanism", get_args(Mechanism))
@pytest.mark.parametrize("step", sorted(STEPS))
def test_every_mechanism_meets_every_step(mechanism, step):
    assert [s.week for s in SESSIONS if mechanism in s.mechanisms and step in s.steps]


@pytest.mark.parametrize("mechanism", get_args(Mechanism))
def test_every_mechanism_stands_in_two_sessions_at_least(mechanism):
    assert sum(mechanism in session.mechanisms for session in SESSIONS) >= 2


@by_week
def test_seven_blocks_of_120_minutes(session):
    minutes = [block.minutes for block in session.text["en"].guide.blocks]
    assert minutes == [10, 15, 25, 15, 25, 20, 10]


@by_week
def test_three_aims_and_ideas_at_most(session):
    assert len(session.text["en"].aims) <= 3
    assert len(session.text["en"].ideas) <= 3


@by_week
def test_the_experience_can_be_left_out_and_that_is_said_first(session):
    said = " ".join(session.text["en"].guide.block("experience").say)
    assert re.search(r"leave (?:this|it|the breath) out|step back|stop|in your mind only|just listen", said)


def test_sessions_7_and_9_are_exposing():
    assert [session.week for session in SESSIONS if session.safety_level == "exposing"] == [7, 9]


def test_only_the_first_session_is_written_in_full():
    assert [session.week for session in SESSIONS if session.written_in("en")] == [1]


@by_week
def test_carries_an_empty_review_mark(session):
    assert session.review.edition
    assert not session.review.reviewed


@pytest.mark.parametrize(
    "topic",
    [
        "not promise that your pain will go",
        "in the room stays in the room",
        '"Pass" is a full answer',
        "How to stop any exercise",
        "From others to you",
        "It is not pity",
        "no one watches the app all day",
        "A researcher",
        "This week at home",
    ],
)
def test_first_session_tells_participants(topic):
    text = "\n".join(f"{passage.heading}\n{passage.body}" for passage in FIRST.passages)
    assert topic.lower() in text.replace("**", "").lower()


def test_first_five_minutes_validate_in_three_parts():
    believe, accept, aloud = FIRST.guide.block("arrive").say
    assert "I believe you" in believe
    assert "is all right here" in accept
    assert "I say this aloud" in aloud


def minute_marks(block):
    return [
        60 * int(hours) + int(minutes)
        for hours, minutes in re.findall(r"^\*\*(\d):(\d\d) ·", block.guide, re.M)
    ]


def test_first_guide_runs_minute_by_minute():
    start = 0
    for block in FIRST.guide.blocks:
        marks = minute_marks(block)
        assert marks[0] == start, block.title
        assert all(earlier < later for earlier, later in pairwise(marks)), block.title
        assert marks[-1] < start + block.minutes, block.title
        start += block.minutes


def test_first_guide_keeps_five_minutes_for_settling():
    closing = FIRST.guide.block("close")
    assert minute_marks(closing)[-1] == PROGRAMME.meeting_minutes - 5


def test_first_guide_has_everything_for_the_evening():
    assert FIRST.guide.prepare
    assert FIRST.guide.online
    assert "This story is made up" in FIRST.guide.block("idea").guide


def test_first_session_has_a_drawing_in_classes_only():
    drawing = SESSIONS[0].drawing
    assert "<title" in drawing and "<desc" in drawing
    assert not re.search(r"style=|fill=|stroke=|#[0-9a-fA-F]{3}", drawing)
