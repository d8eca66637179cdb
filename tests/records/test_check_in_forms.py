"""What is asked about a day and a week is a form of the content, and a study can ask another."""

from uuid import uuid4

import pytest

from allay.content import library
from allay.records.access import SYSTEM
from allay.records.errors import DifferentContent, Invalid
from allay.records.models import CheckIn, Study
from allay.records.queries import diary, own_data
from allay.records.services import checkins, studies

OWN_FORM = """
id = "evening"
version = "1.0"
about = "day"
title = "How was the day?"
intro = "Tap what fits."
not_today = "Not today"
thanks = "Thank you."
[review]
edition = "1"
[[items]]
id = "mood"
name = "Mood"
kind = "row"
question = "How was your mood?"
ends = ["Low", "Good"]
[[items]]
id = "sleep"
name = "Sleep"
kind = "row"
question = "How did you sleep?"
ends = ["Badly", "Well"]
[[items]]
id = "place"
name = "Place"
kind = "choice"
question = "Where were you?"
choices = { inside = "Inside", outside = "Outside" }
"""


@pytest.fixture
def own_form(tmp_path):
    """A service's folder with a form of its own."""
    (tmp_path / "checkins").mkdir()
    (tmp_path / "checkins" / "evening.en.toml").write_text(OWN_FORM)
    library.use(tmp_path)
    yield "evening"
    library.use(None)


def record(cast, at, **fields):
    given = {"id": uuid4(), "enrolment": cast.ana_enrolment, "day": at.date(), "by": cast.ana, "at": at}
    return checkins.record(**{**given, **fields})[0]


def test_a_weekly_note_keeps_all_five_outcomes(cast, at):
    values = {"mood": 1, "outlook": 2, "acceptance": 3, "comfort": 4, "connection": 0}
    row = record(cast, at, form="weekly", **values)
    row.refresh_from_db()
    assert (row.form, row.values) == ("weekly", values)


def test_each_question_can_be_left_out(cast, at):
    row = record(cast, at, form="weekly", connection=6)
    assert row.values == {"connection": 6}


def test_what_a_service_asks_itself_is_kept_under_its_own_name(cast, at, own_form):
    row = record(cast, at, form=own_form, mood=3, sleep=8, place="outside")
    row.refresh_from_db()
    assert (row.mood, row.helped, row.more) == (3, "", {"sleep": 8, "place": "outside"})


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"sleep": 11}, "sleep"),
        ({"sleep": "8"}, "sleep"),
        ({"sleep": True}, "sleep"),
        ({"place": "elsewhere"}, "place"),
        ({"place": 1}, "place"),
        ({"outlook": 5}, "outlook"),  # an outcome that this form does not ask
        ({"helped": "rest"}, "helped"),
        ({"no-such": 1}, "no-such"),
        ({}, "mood"),
    ],
)
def test_an_answer_that_does_not_fit_the_form_is_refused_by_its_name(cast, at, own_form, answers, field):
    with pytest.raises(Invalid) as caught:
        record(cast, at, form=own_form, **answers)
    assert caught.value.field == field
    assert not CheckIn.objects.exists()


def test_a_form_that_does_not_exist_is_refused(cast, at):
    with pytest.raises(Invalid) as caught:
        record(cast, at, form="evening", mood=1)
    assert caught.value.field == "form"


def test_the_same_id_about_the_week_and_about_the_day_is_a_conflict(cast, at):
    kept = record(cast, at, mood=4)
    with pytest.raises(DifferentContent):
        record(cast, at, id=kept.pk, form="weekly", mood=4)


def test_an_entry_kept_before_more_could_be_asked_is_still_known(cast, at):
    """Its fingerprint is made of the five things that were kept then."""
    from allay.records.services.entries import fingerprint

    old = {"day": at.date(), "mood": 4, "comfort": None, "helped": "rest", "not_today": False}
    assert record(cast, at, mood=4, helped="rest").fingerprint == fingerprint(old)


def test_a_study_asks_what_the_programme_names(cast):
    assert (cast.study.check_in, cast.study.weekly_note) == ("daily", "weekly")


def test_a_study_can_ask_something_else_from_now_on(cast, at, own_form):
    record(cast, at, mood=2)
    studies.ask(study=cast.study, check_in=own_form, weekly_note="", by=SYSTEM, at=at)
    study = Study.objects.get(pk=cast.study.pk)
    assert (study.check_in, study.weekly_note) == (own_form, "")
    assert CheckIn.objects.get().mood == 2


@pytest.mark.parametrize(
    "forms", [{"check_in": "weekly"}, {"check_in": ""}, {"weekly_note": "daily"}, {"check_in": "x"}]
)
def test_a_study_cannot_ask_about_the_day_with_a_form_about_the_week(cast, at, forms):
    with pytest.raises(Invalid):
        studies.ask(study=cast.study, **forms, by=SYSTEM, at=at)
    with pytest.raises(Invalid):
        studies.create(name="Another", **forms, by=SYSTEM, at=at)


def test_own_numbers_stand_in_the_diary_of_the_researcher(cast, at, own_form):
    studies.ask(study=cast.study, check_in=own_form, by=SYSTEM, at=at)
    record(cast, at, form=own_form, sleep=8, place="outside")
    assert diary.columns(cast.study)[-1] == "sleep"  # a choice is no number
    rows = [row for row in diary.rows(cast.study, at, ("mood", "sleep")) if row[0] == "0001"]
    assert rows[-1][4:] == (None, 8)


def test_the_own_file_holds_everything_that_was_tapped(cast, at, own_form):
    record(cast, at, form="weekly", outlook=2, acceptance=3)
    record(cast, at, form=own_form, sleep=8)
    (taking_part,) = own_data.own_data(cast.ana, at)["taking_part"]
    weekly, own = sorted(taking_part["check_ins"], key=lambda row: row["form"] != "weekly")
    assert (weekly["form"], weekly["outlook"], weekly["acceptance"]) == ("weekly", 2, 3)
    assert own["more"] == {"sleep": 8}
