"""The weekly note: offered once a week, kept like a check-in, seen by nobody but the person."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from allay.content import library
from allay.content.loading.shelf import BUILT_IN
from allay.records.access import SYSTEM
from allay.records.models import CheckIn
from allay.records.queries import weekly_note
from allay.records.services import checkins, studies


def text(response) -> str:
    return response.content.decode()


def noted(enrolment, at, day=None, **fields):
    checkins.record(
        id=uuid4(), enrolment=enrolment, form="weekly", day=day or at.date(), by=enrolment.person, at=at,
        **(fields or {"mood": 5}),
    )  # fmt: skip


def test_today_offers_it_until_it_is_written(cast, ana, at):
    assert 'href="/weekly/"' in text(ana.get("/today/"))
    noted(cast.ana_enrolment, at)
    assert 'href="/weekly/"' not in text(ana.get("/today/")).split('<script id="precache"')[0]


def test_not_this_week_is_a_full_answer(cast, at):
    noted(cast.ana_enrolment, at, not_today=True)
    assert weekly_note.offered(cast.ana_enrolment, at) is None


@pytest.mark.parametrize(
    ("moved", "offered"),
    [
        (timedelta(days=-24), False),  # the day before the first meeting
        (timedelta(days=-23), True),  # its day
        (timedelta(days=60), True),  # the last day of the twelfth week
        (timedelta(days=61), False),
    ],
)
def test_it_is_asked_from_the_first_meeting_on_for_twelve_weeks(cast, at, moved, offered):
    assert (weekly_note.offered(cast.ana_enrolment, at + moved) is not None) is offered


def test_a_new_week_asks_again(cast, at):
    noted(cast.ana_enrolment, at)
    next_week = at.replace(hour=0, minute=30) + timedelta(days=5)  # Monday, the day of the meeting
    assert weekly_note.offered(cast.ana_enrolment, next_week - timedelta(hours=1)) is None
    assert weekly_note.offered(cast.ana_enrolment, next_week) is not None


@pytest.mark.parametrize("away", [-1, 1])
def test_a_traveller_is_asked_once(cast, at, away):
    """On the first day of the week here, it is still the week before, or already the next day, where the phone is."""
    monday = at + timedelta(days=5)
    noted(cast.ana_enrolment, monday, day=(monday + timedelta(days=away)).date())
    assert weekly_note.offered(cast.ana_enrolment, monday) is None


def test_somebody_who_waits_is_asked_too(cast, at):
    assert weekly_note.offered(cast.wim_enrolment, at) is not None


def test_looking_costs_one_statement(cast, at, django_assert_num_queries):
    enrolment = (
        type(cast.ana_enrolment).objects.select_related("study", "group").get(pk=cast.ana_enrolment.pk)
    )
    with django_assert_num_queries(1):
        weekly_note.offered(enrolment, at)


def test_the_page_asks_five_things_and_none_must_be_typed(ana):
    page = text(ana.get("/weekly/"))
    assert re.findall(r'<fieldset class="question" id="(\w+)-question"', page) == [
        *("mood", "outlook", "acceptance", "comfort", "connection")
    ]
    main = page.split("<main")[1].split("</main>")[0]
    assert not re.findall(r'<input type="(?!radio|hidden)|<textarea|required', main)


def test_it_is_kept_and_thanked_for(ana):
    page = text(ana.get("/weekly/"))
    sent = dict(re.findall(r'<input type="hidden" name="(id|day|form)" value="([^"]+)"', page))
    answer = ana.post("/weekly/", {**sent, "outlook": 3, "connection": 9}, follow=True)
    assert answer.redirect_chain == [("/today/", 302)]
    assert "Thank you. That is all for this week." in text(answer)
    row = CheckIn.objects.get()
    assert (row.form, row.outlook, row.connection, row.mood) == ("weekly", 3, 9, None)


def test_what_does_not_fit_is_said_beside_its_question_and_the_rest_is_kept(ana, at):
    page = ana.post("/weekly/", {"id": str(uuid4()), "day": at.date(), "outlook": 12, "comfort": 3})
    assert page.status_code == 422
    assert 'id="outlook-errors"' in text(page)
    assert 'id="comfort-3" value="3" checked' in text(page)


def test_a_study_without_one_has_no_such_page(cast, ana, at):
    studies.ask(study=cast.study, weekly_note="", by=SYSTEM, at=at)
    assert ana.get("/weekly/").status_code == 404
    assert "/weekly/" not in text(ana.get("/today/")).split('<script id="precache"')[0]


def test_the_outbox_takes_it(ana, at):
    content = {"form": "weekly", "not_today": False, "acceptance": 4, "day": at.date().isoformat()}
    parcel = {"entries": [{"id": str(uuid4()), "kind": "check-in", "content": content}]}
    answer = ana.post("/sync/", parcel, content_type="application/json").json()
    assert answer["results"][0]["status"] == "kept"
    assert CheckIn.objects.get().acceptance == 4


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"form": "no-such"}, "form"),
        ({"form": 5}, "form"),
        ({"form": "weekly", "helped": "rest"}, "helped"),
        ({"form": "weekly", "by": 1}, "by"),
        ({"form": "weekly", "enrolment": 1}, "enrolment"),
        ({"form": "weekly", "at": 1}, "at"),
        ({"form": "weekly", "outlook": [1]}, "outlook"),
        ({"form": "weekly", "x" * 100: 1}, "x"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_field_named(ana, at, content, field):
    content = {"mood": 4, "day": at.date().isoformat(), **content}
    parcel = {"entries": [{"id": str(uuid4()), "kind": "check-in", "content": content}]}
    (result,) = ana.post("/sync/", parcel, content_type="application/json").json()["results"]
    assert result["status"] == "refused"
    assert result["why"].startswith(field)
    assert not CheckIn.objects.exists()


def test_own_weeks_show_what_was_asked_about_the_week(cast, ana, at):
    checkins.record(id=uuid4(), enrolment=cast.ana_enrolment, day=at.date(), mood=3, by=cast.ana, at=at)
    for week in range(3):
        noted(cast.ana_enrolment, at - timedelta(weeks=week), mood=2, outlook=4, connection=7)
    page = text(ana.get("/me/"))
    assert page.index("Day by day") < page.index("Week by week")
    weekly = page.split("Week by week")[1]
    assert re.findall(r'<th scope="col">([^<]+)</th>', weekly)[:4] == ["Day", "Mood", "Outlook", "Closeness"]
    assert "Room for life" not in weekly  # never tapped


def test_nobody_on_the_staff_sees_an_answer(cast, as_person, at):
    noted(cast.ana_enrolment, at, outlook=3, connection=9)
    page = text(as_person(cast.fay).get(f"/groups/{cast.group.pk}/people/{cast.ana_enrolment.pk}/"))
    assert "Check-ins" in page or "check-in" in page
    assert not re.search("outlook|connection|Closeness", page, re.IGNORECASE)


def test_a_page_that_was_open_while_the_study_changed_its_form_loses_nothing(cast, ana, at, tmp_path):
    (tmp_path / "checkins").mkdir()
    words = (BUILT_IN / "checkins/daily.en.toml").read_text("utf-8").replace('"comfort"', '"sleep"')
    (tmp_path / "checkins/evening.en.toml").write_text(
        words.replace('id = "daily"', 'id = "evening"'), "utf-8"
    )
    library.use(tmp_path)
    try:
        studies.ask(study=cast.study, check_in="evening", by=SYSTEM, at=at)
        sent = {"id": str(uuid4()), "day": at.date(), "form": "daily", "comfort": 3}
        assert ana.post("/check-in/", sent).status_code == 302
        assert CheckIn.objects.get().comfort == 3
        asked = text(ana.get("/today/"))
        assert 'name="sleep"' in asked and 'name="comfort"' not in asked
        assert ana.post("/check-in/", {**sent, "id": str(uuid4()), "form": "weekly"}).status_code == 422
    finally:
        library.use(None)
