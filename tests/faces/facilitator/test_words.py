"""Times as somebody would say them."""

from datetime import UTC, datetime, timedelta

import pytest

from allay.faces.facilitator import words

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
LONDON = "Europe/London"


@pytest.mark.parametrize(
    "moved, said",
    [
        (timedelta(hours=1), "Today at 16:00"),
        (timedelta(hours=4), "Tonight at 19:00"),
        (timedelta(hours=24), "Tomorrow at 15:00"),
        (timedelta(days=2), "Friday 6 March at 15:00, in 2 days"),
        (timedelta(days=13), "Tuesday 17 March at 15:00, in 13 days"),
        (timedelta(days=28), "Wednesday 1 April at 16:00, in 4 weeks"),
    ],
)
def test_what_will_be(moved, said):
    assert words.ahead(NOW + moved, NOW, LONDON) == said


@pytest.mark.parametrize(
    "days, said",
    [
        (0, "today"),
        (1, "yesterday"),
        (2, "on Monday"),
        (6, "on Thursday"),
        (7, "on 25 February"),
        (400, "on 28 January 2025"),
    ],
)
def test_what_was(days, said):
    assert words.ago(NOW - timedelta(days=days), NOW, LONDON) == said


def test_days_are_those_of_the_group():
    late = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    assert words.ago(NOW, late, LONDON) == "today"
    assert words.ago(NOW, late, "Pacific/Auckland") == "today"
    assert words.ago(NOW - timedelta(hours=5), late, "Pacific/Auckland") == "yesterday"


@pytest.mark.parametrize(
    "number, waiting, said",
    [
        (0, False, "Not begun yet"),
        (1, False, "Week 1 of 12"),
        (12, False, "Week 12 of 12"),
        (13, False, "Finished 1 week ago"),
        (20, False, "Finished 8 weeks ago"),
        (20, True, "Waiting group, week 20"),
        (-3, True, "Waiting group, not begun"),
    ],
)
def test_weeks(number, waiting, said):
    assert words.week(number, 12, waiting=waiting) == said
