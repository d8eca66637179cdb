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


@by_week
def test_is_written_in_full(session):
    assert session.written_in("en")


def test_every_practice_is_offered_in_some_session():
    offered = {name for session in SESSIONS for name in (*session.practices, *session.alternatives)}
    assert set(CONTENT.practice_index) == offered


def test_body_tour_is_never_the_practice_of_a_week():
    assert not [session.week for session in SESSIONS if "p22-kind-body-tour" in session.practices]


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


def minute_marks(block):
    return [
        60 * int(hours) + int(minutes)
        for hours, minutes in re.findall(r"^\*\*(\d):(\d\d) ·", block.guide, re.M)
    ]


@by_week
def test_first_five_minutes_validate_in_three_parts(session):
    believe, accept, aloud = session.text["en"].guide.block("arrive").say[:3]
    assert re.search(r"\bbelieve\b", believe)
    assert re.search(r"\b(?:all right|fine|welcome|at home) here\b", accept)
    assert re.search(r"\b(?:aloud|out loud)\b", aloud)


@by_week
def test_the_first_words_fall_in_the_first_five_minutes(session):
    opening = session.text["en"].guide.block("arrive").guide
    begun, lasting = re.search(r"\*\*0:(\d\d) · The first words \((\d) minutes\)", opening).groups()
    assert int(begun) + int(lasting) <= 5


@by_week
def test_guide_runs_minute_by_minute(session):
    start = 0
    for block in session.text["en"].guide.blocks:
        marks = minute_marks(block)
        assert marks[0] == start, block.title
        assert all(earlier < later for earlier, later in pairwise(marks)), block.title
        assert marks[-1] < start + block.minutes, block.title
        start += block.minutes
    assert start == PROGRAMME.meeting_minutes


@by_week
def test_minutes_named_in_the_guide_end_where_the_next_begin(session):
    for block in session.text["en"].guide.blocks:
        for line in re.findall(r"^\*\*.*?\*\*", block.guide, re.M):
            mark, named = re.match(r"\*\*(\d:\d\d)", line), re.search(r"\((\d+) minutes?\)", line)
            if mark and named and mark[1] not in ("0:50",):  # some work goes on during the break
                begun = 60 * int(mark[1][0]) + int(mark[1][2:])
                later = [other for other in minute_marks(block) if other > begun]
                ends = [*later, sum_to(session, block)]
                assert begun + int(named[1]) in ends[:1], line


def sum_to(session, block):
    blocks = session.text["en"].guide.blocks
    return sum(one.minutes for one in blocks[: blocks.index(block) + 1])


@by_week
def test_the_end_is_kept_for_settling_and_longer_after_an_exposing_evening(session):
    minutes = 10 if session.safety_level == "exposing" else 5
    closing = session.text["en"].guide.block("close")
    assert minute_marks(closing)[-1] == PROGRAMME.meeting_minutes - minutes


@by_week
def test_guide_has_everything_for_the_evening(session):
    guide = session.text["en"].guide
    assert len(guide.prepare) >= 4
    assert 3 <= len(guide.watch) <= 6
    assert guide.online
    assert all(block.say for block in guide.blocks), "something to say even when time is short"


@by_week
def test_stories_are_marked_as_made_up(session):
    assert re.search(r"[Tt]his story is made up", session.text["en"].guide.block("idea").guide)


@by_week
def test_stories_for_participants_are_marked_as_made_up(session):
    stories = [passage for passage in session.text["en"].passages if passage.heading == "A story"]
    assert all(passage.body.startswith("This story is made up.") for passage in stories)
    assert stories or session.week == 1


@by_week
def test_an_online_meeting_adds_up_to_ninety_minutes(session):
    plan = session.text["en"].guide.online.splitlines()[0]
    blocks = re.findall(r"[a-z] (\d+)(?=[,.])", plan)
    assert len(blocks) == 7
    assert sum(map(int, blocks)) == 90


@by_week
def test_forms_read_aloud_are_those_the_guide_shows(session):
    guide = " ".join(block.guide for block in session.text["en"].guide.blocks)
    assert "ten-minute form" not in guide


@by_week
def test_the_experience_has_two_forms(session):
    guide = session.text["en"].guide.block("experience").guide
    assert re.search(r"two forms|second form|three forms|four forms", guide, re.I)
    assert len(session.practices) + len(session.alternatives) >= 2


@by_week
def test_the_idea_comes_in_three_points_at_most(session):
    assert len(session.text["en"].guide.block("idea").say) <= 3


@by_week
def test_every_watch_point_says_what_to_do(session):
    bare = [point for point in session.text["en"].guide.watch if len(point.split()) < 12]
    assert not bare


@by_week
def test_participants_read_several_passages(session):
    passages = session.text["en"].passages
    assert len(passages) >= 8
    assert sum(len(passage.body.split()) for passage in passages) >= 600


@by_week
def test_participants_are_told_about_the_week_at_home(session):
    assert [passage for passage in session.text["en"].passages if "at home" in passage.heading]


@by_week
def test_practices_of_the_week_are_named_to_participants(session):
    text = " ".join(passage.body for passage in session.text["en"].passages)
    assert not [name for name in session.practices if CONTENT.practices[name].name not in text]


EXPOSING = [session for session in SESSIONS if session.safety_level == "exposing"]


@pytest.mark.parametrize("session", EXPOSING, ids=lambda session: f"week-{session.week}")
@pytest.mark.parametrize(
    "words",
    [
        r"[Bb]oth facilitators",
        r"next day|tomorrow",
        r"\b[Rr]ing\b",
        r"ending their life",
        r"[Nn]obody leaves alone",
    ],
)
def test_exposing_session_has_a_second_facilitator_and_a_contact_the_next_day(session, words):
    guide = session.text["en"].guide
    text = " ".join([*guide.prepare, *guide.watch, *(block.guide for block in guide.blocks)])
    assert re.search(words, text)


@pytest.mark.parametrize("session", EXPOSING, ids=lambda session: f"week-{session.week}")
def test_exposing_session_says_how_to_stop_and_what_to_do_instead(session):
    said = " ".join(session.text["en"].guide.block("experience").say)
    assert re.search(r"stop", said, re.I)
    assert [name for name in session.alternatives if not CONTENT.practices[name].exposing]


def circumstances(session):
    return {when for variant in session.text["en"].variants for when in variant.when}


def test_the_map_of_pain_fits_whatever_is_known_of_it():
    assert {"primary", "secondary", "mixed", "unknown"} <= circumstances(SESSIONS[1])


def test_somebody_with_an_illness_reads_their_own_passage_in_its_place():
    passages = SESSIONS[1].text["en"].passages_for({"secondary"})
    headings = [passage.heading for passage in passages]
    assert "Your illness and the alarm" in headings
    assert "With an illness behind it" not in headings
    assert len(passages) == len(SESSIONS[1].text["en"].passages)


def test_without_circumstances_the_passages_stay_as_they_are():
    assert SESSIONS[1].text["en"].passages_for(()) == SESSIONS[1].text["en"].passages


@pytest.mark.parametrize("week", range(1, 13))
def test_limited_energy_is_thought_of(week):
    assert "energy-limited" in circumstances(SESSIONS[week - 1])


def test_nobody_with_limited_energy_is_asked_to_build_up():
    (passage,) = (
        v for v in SESSIONS[4].text["en"].variants if v.instead_of == "By the plan, not by the pain"
    )
    assert "Do not plan to build it up" in passage.body


@pytest.mark.parametrize("week", range(1, 13))
def test_meeting_online_is_thought_of(week):
    assert "online" in circumstances(SESSIONS[week - 1])


def test_what_is_known_about_pacing_is_told_plainly_to_the_facilitator():
    guide = SESSIONS[4].text["en"].guide.block("idea").guide
    assert "hardly been tested in trials" in guide


def test_pacing_is_not_praised_to_participants():
    text = " ".join(passage.body for passage in SESSIONS[4].text["en"].passages)
    assert "cannot promise that it will help" in text
    assert not re.search(r"\b(?:trials|studies|research|proven)\b", text)


def test_an_addition_comes_at_the_end():
    assert SESSIONS[1].text["en"].passages_for({"online"})[-1].heading == "When we meet online"


@by_week
def test_drawing_is_in_classes_only(session):
    assert "<title" in session.drawing and "<desc" in session.drawing
    assert not re.search(r"style=|fill=|stroke|#[0-9a-fA-F]{3}", session.drawing)
    assert set(re.findall(r'class="(\w+)"', session.drawing)) <= {"drawing", "fine", "accent"}
    assert 'class="accent"' in session.drawing


@by_week
def test_drawing_names_are_its_own(session):
    names = re.findall(r'\bid="([^"]+)"', session.drawing)
    assert names and all(name.startswith(f"week-{session.week:02d}-") for name in names)
    assert re.search(r'aria-labelledby="([^"]+)"', session.drawing)[1].split() == names
