"""Forms of check-ins: short ones for the day, each question of one kind, no name that means something else."""

import pytest
from pydantic import ValidationError

from allay.content import library
from allay.content.schema import CheckInForm


def row(name: str) -> dict:
    return {"id": name, "name": name, "kind": "row", "question": "How?", "ends": ("low", "high")}


def choice(name: str) -> dict:
    return {"id": name, "name": name, "kind": "choice", "question": "What?", "choices": {"a": "A", "b": "B"}}


def form(*items: dict, about: str = "day") -> CheckInForm:
    words = dict.fromkeys(("title", "intro", "not_today", "thanks"), "words")
    return CheckInForm(
        id="own", version="1", review={"edition": "1"}, about=about, items=items, **words
    )  # fmt: skip


def test_no_more_than_four_taps_a_day():
    four = [row(name) for name in ("mood", "sleep", "comfort", "noise")]
    assert len(form(*four).items) == 4
    with pytest.raises(ValidationError):
        form(*four, choice("helped"))
    assert len(form(*four, choice("helped"), about="week").items) == 5


@pytest.mark.parametrize(
    "item",
    [
        row("id"),
        row("day"),
        row("form"),
        row("by"),
        row("at"),
        row("enrolment"),
        choice("mood"),
        row("helped"),
    ],
)
def test_a_name_that_means_something_else_is_refused(item):
    with pytest.raises(ValidationError):
        form(item)


def test_what_allay_asks_a_day_are_taps_alone():
    daily = library.load().checkins["daily"]
    assert daily.about == "day" and len(daily.items) <= 4
    assert {item.kind for item in daily.items} <= {"row", "choice"}


def test_what_allay_asks_a_week_are_the_five_outcomes():
    weekly = library.load().checkins["weekly"]
    assert weekly.about == "week"
    assert [item.id for item in weekly.rows] == ["mood", "outlook", "acceptance", "comfort", "connection"]
