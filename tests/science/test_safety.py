from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allay.science.safety import (
    SILENCE,
    MeetingMark,
    PersonHistory,
    PracticeMark,
    WorseMark,
    contact_reasons,
)

START = datetime(2026, 1, 8, 18, tzinfo=UTC)  # the first of twelve weekly meetings
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOMENT = timedelta(seconds=1)


def day(number: float) -> datetime:
    return START + number * DAY


def meetings(*states: str | None) -> tuple[MeetingMark, ...]:
    """Twelve meetings; the first few with the attendance given."""
    marks = [*states, *[None] * (12 - len(states))]
    return tuple(MeetingMark(week, day(7 * (week - 1)), mark) for week, mark in enumerate(marks, start=1))


def practices(*after: str | None) -> tuple[PracticeMark, ...]:
    """One practice a day from day 1."""
    return tuple(PracticeMark(day(n), f"p{n:02}", felt) for n, felt in enumerate(after, start=1))


def person(*states: str | None, **known: object) -> PersonHistory:
    return PersonHistory(**{"meetings": meetings(*states), "joined_at": START - DAY, **known})


def kinds(history: PersonHistory, at: datetime) -> list[str]:
    return [reason.kind for reason in contact_reasons(history, at)]


def only_reason(history: PersonHistory, at: datetime):
    (reason,) = contact_reasons(history, at)
    return reason


def test_somebody_who_comes_and_is_quiet_between_is_fine():
    history = person("here", "online", "here")
    assert contact_reasons(history, day(20)) == ()


def test_a_missed_meeting_without_a_message_is_a_reason_from_then_on():
    history = person("here", "absent")
    assert kinds(history, day(7) - MOMENT) == []
    assert kinds(history, day(7) + 2 * HOUR) == ["missed-meeting"]


def test_the_reason_names_the_meeting():
    reason = only_reason(person("here", "absent"), day(8))
    assert (reason.since, [mark.week for mark in reason.meetings]) == (day(7), [2])


def test_a_missed_meeting_with_a_message_is_no_reason():
    assert kinds(person("here", "message"), day(8)) == []


def test_a_meeting_nobody_marked_is_no_reason():
    assert kinds(person("here", None), day(8)) == []


@pytest.mark.parametrize(("hours", "left"), [(-1, ["missed-meeting"]), (0, []), (30, [])])
def test_reaching_the_person_after_the_meeting_clears_it(hours, left):
    history = person("here", "absent", contacts=(day(7) + hours * HOUR,))
    assert kinds(history, day(9)) == left


@pytest.mark.parametrize("state", ["here", "online"])
def test_coming_again_clears_a_missed_meeting(state):
    assert kinds(person("absent", state), day(8)) == []


def test_a_contact_that_is_still_to_come_clears_nothing():
    assert kinds(person("here", "absent", contacts=(day(10),)), day(9)) == ["missed-meeting"]


@pytest.mark.parametrize("states", [("absent", "absent"), ("absent", "message"), ("message", "message")])
def test_two_missed_meetings_running_are_one_reason(states):
    reason = only_reason(person("here", *states, last_sign=day(10)), day(15))
    assert (reason.kind, reason.since) == ("missed-twice", day(14))
    assert [mark.week for mark in reason.meetings] == [2, 3]


def test_an_unmarked_meeting_between_does_not_hide_two_missed_ones():
    history = person("here", "absent", None, "absent", last_sign=day(21))
    assert kinds(history, day(22)) == ["missed-twice"]


def test_missed_meetings_with_one_attended_between_are_not_running():
    assert kinds(person("absent", "here", "absent"), day(15)) == ["missed-meeting"]


def test_reaching_the_person_after_the_second_clears_two_missed_meetings():
    assert kinds(person("here", "absent", "absent", contacts=(day(15),)), day(16)) == []


def test_another_missed_meeting_after_a_contact_is_a_new_reason():
    history = person("here", "absent", "absent", contacts=(day(8),))
    assert kinds(history, day(15)) == ["missed-twice"]


def test_silence_begins_ten_days_after_the_last_sign_of_life():
    history = person("here", last_sign=day(3))
    assert kinds(history, day(3) + SILENCE - MOMENT) == []
    assert kinds(history, day(3) + SILENCE) == ["silence"]


def test_silence_says_since_when_and_for_how_many_days():
    reason = only_reason(person("here", last_sign=day(3)), day(14.5))
    assert (reason.since, reason.silent_days) == (day(3), 11)


@pytest.mark.parametrize(
    "sign",
    [
        {"last_sign": day(12)},
        {"practices": (PracticeMark(day(12), "p01", None),)},
        {"contacts": (day(12),)},
        {"joined_at": day(12)},
    ],
    ids=["entry", "practice", "contact", "joined late"],
)
def test_any_sign_of_life_and_any_contact_break_the_silence(sign):
    assert kinds(person("here", **sign), day(13)) == []


@pytest.mark.parametrize("state", ["here", "online", "message"])
def test_a_meeting_or_a_word_about_it_is_a_sign_of_life(state):
    assert kinds(person("here", state), day(16)) == []


def test_silence_comes_back_ten_days_after_a_contact():
    assert kinds(person("here", contacts=(day(12),)), day(22)) == ["silence"]


def test_before_the_first_meeting_silence_means_nothing():
    assert kinds(person(joined_at=START - 40 * DAY), START - DAY) == []


def test_somebody_who_never_joined_is_silent_ten_days_after_the_first_meeting():
    assert kinds(person(joined_at=None), day(10)) == ["silence"]


def test_after_the_programme_silence_means_nothing():
    history = person(last_sign=day(70))
    assert kinds(history, day(77) + SILENCE - MOMENT) == ["silence"]
    assert kinds(history, day(77) + SILENCE) == []


def test_in_a_waiting_group_silence_means_nothing():
    assert kinds(person(in_programme=False), day(30)) == []
    assert kinds(PersonHistory(last_sign=START), day(30)) == []


@pytest.mark.parametrize("then", [(), ("easier", "easier", "easier")])
def test_one_had_to_stop_is_a_reason_whatever_follows(then):
    reason = only_reason(person("here", practices=practices("had-to-stop", *then)), day(6))
    assert (reason.kind, reason.since, [m.practice for m in reason.practices]) == (
        "had-to-stop",
        day(1),
        ["p01"],
    )


def test_reaching_the_person_clears_a_had_to_stop():
    history = person("here", practices=practices("had-to-stop"), contacts=(day(2),))
    assert kinds(history, day(3)) == []


def test_only_stops_after_the_contact_are_named():
    stops = practices("had-to-stop", "easier", "had-to-stop")
    reason = only_reason(person("here", practices=stops, contacts=(day(2),)), day(5))
    assert [mark.practice for mark in reason.practices] == ["p03"]


def test_harder_twice_running_is_a_reason():
    reason = only_reason(person("here", practices=practices("easier", "harder", "harder")), day(5))
    assert (reason.kind, reason.since, [m.practice for m in reason.practices]) == (
        "harder-twice",
        day(3),
        ["p02", "p03"],
    )


def test_an_unanswered_practice_between_is_passed_over():
    assert kinds(person("here", practices=practices("harder", None, "", "harder")), day(5)) == [
        "harder-twice"
    ]


@pytest.mark.parametrize("felt", [("harder",), ("harder", "same", "harder"), ("same", "easier", "same")])
def test_harder_once_or_apart_is_no_reason(felt):
    assert kinds(person("here", practices=practices(*felt)), day(5)) == []


def test_reaching_the_person_clears_harder_twice():
    history = person("here", practices=practices("harder", "harder"), contacts=(day(3),))
    assert kinds(history, day(4)) == []


def test_order_of_arrival_does_not_matter():
    late = tuple(reversed(practices("harder", "easier", "harder")))
    assert kinds(person("here", practices=late), day(5)) == []


def test_a_reliably_worse_score_is_a_reason():
    worse = (WorseMark(day(5), "phq-8.total"),)
    reason = only_reason(person("here", worse=worse), day(6))
    assert (reason.kind, reason.since, reason.worse) == ("worse-score", day(5), worse)


def test_reaching_the_person_clears_only_the_scores_before():
    worse = (WorseMark(day(2), "phq-8.total"), WorseMark(day(5), "pain-ratings.severity"))
    reason = only_reason(person("here", worse=worse, contacts=(day(3),)), day(6))
    assert [mark.score for mark in reason.worse] == ["pain-ratings.severity"]


def test_a_worse_score_counts_in_a_waiting_group_and_after_the_programme():
    worse = (WorseMark(day(170), "phq-8.total"),)
    assert kinds(PersonHistory(worse=worse, in_programme=False), day(171)) == ["worse-score"]
    assert kinds(person(worse=worse), day(171)) == ["worse-score"]


def test_nobody_is_asked_to_call_somebody_who_withdrew():
    history = person("absent", "absent", practices=practices("had-to-stop"), ended_at=day(9))
    assert kinds(history, day(9) - MOMENT) == ["missed-twice", "had-to-stop"]
    assert kinds(history, day(9)) == []


def test_reasons_stand_in_a_fixed_order():
    history = person(
        "absent",
        worse=(WorseMark(day(1), "phq-8.total"),),
        practices=practices("harder", "harder", "had-to-stop"),
    )
    assert kinds(history, day(14)) == [
        "missed-meeting",
        "silence",
        "had-to-stop",
        "harder-twice",
        "worse-score",
    ]


STATES = st.sampled_from([None, "here", "online", "message", "absent"])
FELT = st.sampled_from([None, "", "easier", "same", "harder", "had-to-stop"])
HISTORIES = st.builds(
    lambda states, felt, worse, signed: person(
        *states,
        practices=practices(*felt),
        worse=tuple(WorseMark(day(n), "phq-8.total") for n in worse),
        last_sign=None if signed is None else day(signed),
    ),
    st.lists(STATES, max_size=12),
    st.lists(FELT, max_size=30),
    st.lists(st.integers(0, 80), max_size=4),
    st.none() | st.integers(0, 80),
)


@given(history=HISTORIES, now=st.integers(0, 100))
def test_reaching_a_person_now_clears_every_reason(history, now):
    reached = PersonHistory(**{**vars(history), "contacts": (day(now),)})
    assert contact_reasons(reached, day(now)) == ()


@given(history=HISTORIES, now=st.integers(0, 100))
def test_no_event_is_later_than_now_and_no_kind_stands_twice(history, now):
    found = contact_reasons(history, day(now))
    assert all(reason.since <= day(now) for reason in found)
    assert len({reason.kind for reason in found}) == len(found)
