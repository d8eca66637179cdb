"""The pages of a two-week try: choosing, the days, one tap to stop, what came out."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from allay.records.models import TwoWeekTry
from allay.records.queries import two_week_tries as queries
from allay.records.services import checkins, flares, two_week_tries

CHOSEN = {"first": "p01-arriving", "second": "", "outcome": "mood"}


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def begun(cast, at):
    """As if `ago` days before the clock of the pages."""

    def begin(ago=0, **more):
        given = {"id": uuid4(), **CHOSEN, "seed": 0, **more}
        when = at - timedelta(days=ago)
        return two_week_tries.begin(enrolment=cast.ana_enrolment, by=cast.ana, at=when, **given)[0]

    return begin


def fill(cast, row, at, values):
    """Moods of (first, second) on every day of the plan."""
    for part in queries.shown(row, at).parts:
        for count in range((part.ends - part.starts).days + 1):
            checkins.record(
                id=uuid4(),
                enrolment=cast.ana_enrolment,
                day=part.starts + timedelta(days=count),
                mood=values[0 if part.practice else 1],
                by=cast.ana,
                at=at,
            )


def answer(ana, row) -> str:
    return text(ana.get(f"/me/two-weeks/{row.pk}/"))


def test_it_is_chosen_by_taps_and_the_days_are_shown(ana):
    page = text(ana.get("/me/two-weeks/"))
    assert "too close to call" in page
    assert 'value="p08-movement-as-a-kindness"' not in page
    own_id = re.search(r'name="id" value="([0-9a-f-]{36})"', page)[1]
    response = ana.post("/me/two-weeks/begin/", {"id": own_id, **CHOSEN})
    row = TwoWeekTry.objects.get(pk=UUID(own_id))
    assert response["Location"] == f"/me/two-weeks/{row.pk}/"
    assert ana.post("/me/two-weeks/begin/", {"id": own_id, **CHOSEN}).status_code == 302
    page = answer(ana, row)
    assert "It starts tomorrow." in page
    assert page.count("<b>Arriving</b>") == page.count("<b>No practice</b>") == 2
    assert "starts tomorrow" in text(ana.get("/today/"))


def test_the_same_one_twice_is_refused_kindly_and_taps_stay(ana):
    response = ana.post("/me/two-weeks/begin/", {"id": uuid4(), **CHOSEN, "second": "p01-arriving"})
    assert response.status_code == 422
    page = text(response)
    assert "two that are not the same" in page
    assert re.search(r'name="second" value="p01-arriving" checked', page)


def test_today_has_one_line_of_it_and_needs_no_more_statements(ana, begun, django_assert_max_num_queries):
    begun(ago=2)
    with django_assert_max_num_queries(12):
        page = text(ana.get("/today/"))
    assert "Two-week try: today with Arriving" in page


def test_a_day_without_says_so(ana, begun):
    begun(ago=2, seed=2)
    assert "Two-week try: today with no practice" in text(ana.get("/today/"))
    assert "Today is a day with no practice." in text(ana.get("/me/two-weeks/"))


def test_one_tap_stops_it(ana, begun):
    row = begun(ago=2)
    assert ana.post(f"/me/two-weeks/{row.pk}/stop/").status_code == 302
    assert "Two-week try" not in text(ana.get("/today/"))
    page = answer(ana, row)
    assert "That is fine." in page
    assert "What came out" not in page
    assert "Draw my days" in text(ana.get("/me/two-weeks/"))


def test_the_phone_may_stop_it_later(ana, begun, at):
    row = begun(ago=3)
    entry = {
        "id": str(uuid4()),
        "kind": "two-week-stop",
        "content": {"meant": str(row.pk), "day": at.date().isoformat()},
        "device_time": (at - timedelta(days=2)).isoformat(),
    }
    send = lambda: ana.post("/sync/", {"entries": [entry]}, content_type="application/json").json()  # noqa: E731
    assert [send()["results"][0]["status"], send()["results"][0]["status"]] == ["kept", "already"]
    row.refresh_from_db()
    assert row.stopped_why == "own-wish"


def test_a_flare_ends_it_and_the_page_says_why(ana, cast, at, begun):
    row = begun(ago=2)
    flares.declare(id=uuid4(), enrolment=cast.ana_enrolment, by=cast.ana, at=at - timedelta(days=1))
    assert "Two-week try" not in text(ana.get("/today/"))
    assert "ended when you said that a flare was on" in answer(ana, row)
    assert "This can wait till it has eased" in text(ana.get("/me/two-weeks/"))
    assert ana.post("/me/two-weeks/begin/", {"id": uuid4(), **CHOSEN}).status_code == 422


@pytest.mark.parametrize(
    ("moods", "words"),
    [
        ((5, 5), "Too close to call."),
        ((9, 2), "The days with Arriving went better."),
        ((2, 9), "The days with no practice went better."),
        ((6, 5), "The days with Arriving went a little better."),
    ],
)
def test_what_came_out_is_said_in_words(ana, cast, at, begun, moods, words):
    row = begun(ago=18)
    fill(cast, row, at, moods)
    page = answer(ana, row)
    assert words in page
    assert "What is behind this" in page
    assert "Days with a check-in: 7 with" in page
    assert not re.search(r"-\d", page.split("What is behind this")[1].split("</details>")[0])
    assert "See what came out" in text(ana.get("/today/"))


def test_few_days_are_said_without_a_word_of_what_is_not_there(ana, begun):
    page = answer(ana, begun(ago=18))
    assert "There are not enough days to say." in page
    assert "points" not in page


def test_long_over_today_is_silent_and_the_page_still_has_it(ana, begun):
    row = begun(ago=25)
    assert "two weeks are over" not in text(ana.get("/today/"))
    assert str(row.pk) in text(ana.get("/me/two-weeks/"))


def test_somebody_elses_is_not_there(cast, as_person, begun):
    row = begun()
    ben = as_person(cast.ben)
    assert ben.get(f"/me/two-weeks/{row.pk}/").status_code == 404
    assert ben.post(f"/me/two-weeks/{row.pk}/stop/").status_code == 404
    assert ben.get(f"/me/two-weeks/{uuid4()}/").status_code == 404


def test_a_waiting_group_reads_that_it_comes_later(wim):
    page = text(wim.get("/me/two-weeks/"))
    assert "comes with the weeks of your group" in page
    assert "Draw my days" not in page


def test_it_stands_in_the_file_that_can_be_kept(ana, begun):
    begun()
    assert "Two week tries" in text(ana.get("/me/keep/file/"))
