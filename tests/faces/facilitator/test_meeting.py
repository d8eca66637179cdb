"""Another time for a meeting, in the group's own clock."""

from datetime import UTC, datetime

import pytest


@pytest.fixture
def move(fay, north):
    def send(date, time, week=5):
        return fay.post(f"{north}meetings/{week}/", {"date": date, "time": time})

    return send


def test_the_form_shows_the_local_time(fay, north):
    page = fay.get(f"{north}meetings/9/").content.decode()  # after clocks have gone forward
    assert 'value="2026-04-06"' in page and 'value="15:00"' in page


def test_a_meeting_gets_another_local_time(cast, move):
    assert move("2026-04-09", "19:30", week=9).status_code == 302
    assert cast.group.meetings.get(week=9).starts_at == datetime(2026, 4, 9, 18, 30, tzinfo=UTC)


def test_the_other_meetings_stay(cast, move):
    before = cast.group.meetings.get(week=6).starts_at
    move("2026-03-10", "19:30")
    assert cast.group.meetings.get(week=6).starts_at == before


@pytest.mark.parametrize(
    "date, time", [("", "19:00"), ("2026-03-10", ""), ("10 March", "19:00"), ("2026-03-10", "7 pm")]
)
def test_what_is_no_time_is_refused(cast, move, date, time):
    before = cast.group.meetings.get(week=5).starts_at
    assert move(date, time).status_code == 422
    assert cast.group.meetings.get(week=5).starts_at == before


def test_a_slip_of_the_year_is_noticed(move):
    answer = move("2062-03-10", "19:00")
    assert answer.status_code == 422 and "Is the year right?" in answer.content.decode()


def test_a_time_that_clocks_leave_out_is_refused(move):
    answer = move("2026-03-29", "01:30")
    assert answer.status_code == 422 and "Clocks go forward" in answer.content.decode()


def test_there_is_no_meeting_in_week_13(fay, north):
    assert fay.get(f"{north}meetings/13/").status_code == 404


@pytest.mark.parametrize("page", ["meetings", "guide"])
def test_a_week_beyond_all_numbers_is_not_found(fay, north, page):
    assert fay.get(f"{north}{page}/{10**30}/").status_code == 404


def test_the_wrong_facilitator_moves_nothing(finn, north):
    assert finn.post(f"{north}meetings/5/", {"date": "2026-03-10", "time": "19:00"}).status_code == 404


def test_a_meeting_is_cancelled_with_a_tap_and_a_time_brings_it_back(cast, fay, north, move):
    fay.post(f"{north}meetings/5/", {"cancel": "yes"})
    meeting = cast.group.meetings.get(week=5)
    assert meeting.cancelled_at is not None and meeting.revision == 1
    screen = fay.get(north).content.decode()
    assert "does not take place" in screen
    assert "This meeting is cancelled" not in fay.get(f"{north}meetings/5/").content.decode()
    move("2026-03-09", "15:00")
    meeting.refresh_from_db()
    assert meeting.cancelled_at is None and meeting.revision == 2


def test_cancelling_twice_is_one_change(cast, fay, north):
    for _tap in range(2):
        fay.post(f"{north}meetings/5/", {"cancel": "yes"})
    assert cast.group.meetings.get(week=5).revision == 1


def test_nobody_stands_as_absent_from_a_meeting_that_did_not_take_place(cast, fay, north):
    fay.post(f"{north}meetings/4/", {"cancel": "yes"})  # the one of this week
    screen = fay.get(north).content.decode()
    marking = screen.split('id="attendance"')[1] if 'id="attendance"' in screen else screen
    assert str(cast.group.meetings.get(week=4).pk) not in marking
    assert str(cast.group.meetings.get(week=3).pk) in marking
