"""Me: own weeks and scores told gently, settings, a way back, everything in a file, leaving."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from allay.records.models import Consent, Timepoint
from allay.records.services import checkins, codes, contacts, enrolments, responses

CLEARLY_BETTER, SAME, CLEARLY_WORSE = 2, 10, 22  # PHQ-8 totals, after one of 12
LATER = timedelta(weeks=3)


def text(response) -> str:
    return response.content.decode()


def phq(cast, timepoint, total, when):
    full, rest = divmod(total, 3)
    values = [3] * full + [rest] + [0] * 8
    return responses.record(
        id=uuid4(),
        enrolment=cast.ana_enrolment,
        timepoint=Timepoint.objects.get(key=timepoint),
        instrument="phq-8",
        answers={f"phq{number}": values[number - 1] for number in range(1, 9)},
        by=cast.ana,
        at=when,
    )


@pytest.fixture
def scores(cast, at):
    """Ana's PHQ-8 before the course (12) and half-way."""

    def give(second):
        phq(cast, "baseline", 12, at - timedelta(weeks=4))
        phq(cast, "week-6", second, at + timedelta(weeks=2))

    return give


@pytest.fixture
def later(cast, as_person):
    return as_person(cast.ana, moved=LATER)


# own weeks


def test_before_the_first_check_in_the_page_is_at_peace(ana):
    assert "a gentle picture grows here" in text(ana.get("/me/"))


def test_own_weeks_are_a_picture_with_the_same_numbers_as_a_table(cast, ana, at):
    for back, mood in ((0, 7), (1, 4), (5, 3)):
        when = at - timedelta(days=back)
        checkins.record(
            id=uuid4(), enrolment=cast.ana_enrolment, day=when.date(), mood=mood, by=cast.ana, at=when
        )
    page = text(ana.get("/me/"))
    assert re.search(r'<svg[^>]* class="chart"', page)
    assert re.search(r'<th scope="row">4 March</th>\s*<td>7</td>', page)
    assert "Some days are open sky. That is fine." in page


def test_days_without_an_entry_are_not_counted_or_named(cast, ana, at):
    when = at - timedelta(days=20)
    checkins.record(id=uuid4(), enrolment=cast.ana_enrolment, day=when.date(), mood=3, by=cast.ana, at=when)
    page = text(ana.get("/me/"))
    assert page.count('<th scope="row">') == 1
    assert not re.search(r"missed|streak|%|days in a row", page)


# own scores


def test_a_first_score_stands_alone_without_a_verdict(cast, ana, at):
    phq(cast, "baseline", 12, at - timedelta(weeks=4))
    page = text(ana.get("/me/"))
    assert "Low mood" in page and "likely from </span>7–17" in page
    assert "than at the start" not in page


def test_a_small_change_is_about_the_same(scores, later):
    scores(SAME)
    page = text(later.get("/me/"))
    assert "about the same as at the start. The change is within what the questions can tell." in page


def test_a_reliable_gain_is_clearly_better(scores, later):
    scores(CLEARLY_BETTER)
    assert "clearly better than at the start." in text(later.get("/me/"))


def test_numbers_borrowed_from_another_questionnaire_are_said_to_be(scores, later):
    scores(SAME)
    assert "This was measured with PHQ-9" in text(later.get("/me/"))


def test_a_reliably_worse_score_waits_for_a_contact_without_a_trace(scores, later):
    scores(CLEARLY_WORSE)
    page = text(later.get("/me/"))
    assert "Half-way" not in page
    assert "harder than at the start" not in page
    assert ">22<" not in page


def test_everything_else_of_that_timepoint_waits_with_it(cast, scores, later, at):
    scores(CLEARLY_WORSE)
    responses.record(
        id=uuid4(),
        enrolment=cast.ana_enrolment,
        timepoint=Timepoint.objects.get(key="week-6"),
        instrument="pain-ratings",
        answers=dict.fromkeys(("worst", "least", "average", "now"), 3),
        by=cast.ana,
        at=at + timedelta(weeks=2),
    )
    assert "Pain overall" not in text(later.get("/me/"))


def test_the_page_with_something_held_back_reads_as_before(cast, scores, later, at):
    """Nothing on it may tell that something waits: it is the page of somebody who has not answered again."""
    phq(cast, "baseline", 12, at - timedelta(weeks=4))
    plain = _without_tokens(text(later.get("/me/")))
    phq(cast, "week-6", CLEARLY_WORSE, at + timedelta(weeks=2))
    assert _without_tokens(text(later.get("/me/"))) == plain


def _without_tokens(page):
    return re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", page)


def test_after_a_contact_it_is_told_plainly(cast, scores, later, at):
    scores(CLEARLY_WORSE)
    contacts.log(
        id=uuid4(), enrolment=cast.ana_enrolment, mode="call", by=cast.fay, at=at + timedelta(weeks=2, days=1)
    )
    page = text(later.get("/me/"))
    assert "clearly harder than at the start." in page
    assert ">22<" in page


def test_a_contact_that_did_not_reach_anybody_tells_nothing(cast, scores, later, at):
    scores(CLEARLY_WORSE)
    contacts.log(
        id=uuid4(),
        enrolment=cast.ana_enrolment,
        mode="not-reached",
        by=cast.fay,
        at=at + timedelta(weeks=2, days=1),
    )
    assert ">22<" not in text(later.get("/me/"))


# a way back


def test_the_code_is_made_by_a_tap_and_lets_somebody_in_once(ana, client, at):
    assert 'class="code"' not in text(ana.get("/me/way-back/"))
    code = re.search(r'class="code"[^>]*>([^<]+)<', text(ana.post("/me/way-back/")))[1]
    assert codes.redeem(code=code, at=at).person.name == "Ana"


def test_a_new_code_takes_the_place_of_the_old(ana, at):
    first, second = (
        re.search(r'class="code"[^>]*>([^<]+)<', text(ana.post("/me/way-back/")))[1] for _ in range(2)
    )
    with pytest.raises(codes.CodeNotValid):
        codes.redeem(code=first, at=at)
    assert codes.redeem(code=second, at=at)


# everything in one file


def test_the_file_holds_what_was_given_and_its_name_says_nothing(cast, ana, at):
    checkins.record(id=uuid4(), enrolment=cast.ana_enrolment, day=at.date(), mood=7, by=cast.ana, at=at)
    phq(cast, "baseline", 12, at - timedelta(weeks=4))
    answer = ana.get("/me/export/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    (place,) = json.loads(answer.content)["taking_part"]
    assert place["check_ins"][0]["mood"] == 7
    assert place["questionnaires"][0]["scores"]["total"] == 12


def test_the_file_holds_nobody_else(cast, ana, at):
    checkins.record(id=uuid4(), enrolment=cast.ben_enrolment, day=at.date(), mood=7, by=cast.ben, at=at)
    content = text(ana.get("/me/export/"))
    assert str(cast.ben.pk) not in content and '"mood": 7' not in content


# leaving


def test_what_leaving_means_is_said_before_it_is_done(ana):
    page = text(ana.get("/me/withdraw/"))
    assert "You keep your place in the group" in page
    assert "nothing new is asked or kept" in page


def test_leaving_the_evaluation_keeps_the_place(ana, cast):
    ana.post("/me/withdraw/", {"leave": "evaluation"})
    assert not Consent.objects.filter(enrolment=cast.ana_enrolment, purpose="evaluation").last().given
    assert ana.get("/today/").status_code == 200


def test_leaving_altogether_closes_the_programme_and_keeps_the_file(ana):
    page = ana.post("/me/withdraw/", {"leave": "altogether"}, follow=True)
    assert "You have left the programme." in text(page)
    assert ana.get("/today/").headers["Location"] == "/me/"
    assert ana.get("/me/export/").status_code == 200


def test_leaving_twice_changes_nothing(ana, cast):
    for _ in range(2):
        assert ana.post("/me/withdraw/", {"leave": "altogether"}).status_code == 302
    cast.ana_enrolment.refresh_from_db()
    assert (
        Consent.objects.filter(enrolment=cast.ana_enrolment, purpose="evaluation", given=False).count() == 1
    )


def test_an_unclear_wish_leaves_nothing(ana, cast):
    assert ana.post("/me/withdraw/", {"leave": "x"}).status_code == 422
    assert ana.get("/today/").status_code == 200


def test_after_leaving_no_code_is_made(cast, ana, at):
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    assert ana.post("/me/way-back/").headers["Location"] == "/me/"


def test_staff_have_no_page_of_their_own_here(cast, as_person):
    for path in ("/me/", "/me/export/", "/me/withdraw/", "/me/way-back/", "/consent/"):
        assert as_person(cast.fay).get(path).status_code == 404
