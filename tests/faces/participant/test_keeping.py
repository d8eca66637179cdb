"""Everything as one file, and that nothing goes dark when the weeks are over."""

import re
from datetime import timedelta

import pytest

from allay.records.services import enrolments
from tests.faces.participant.test_letters import entry, sent


def file_of(browser) -> str:
    answer = browser.get("/me/keep/file/")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="my-allay.html"'
    return answer.content.decode()


def test_the_file_needs_nothing_but_itself(ana):
    file = file_of(ana)
    assert not re.findall(r"""(?:src|href|action|data)=["'](?!#|mailto:)(?!/)[a-z]+:""", file)
    assert not re.findall(r"<(?:script|link|img|iframe|form)\b|url\(|@import", file)
    assert "<style>" in file
    style = file.partition("<style>")[2].partition("</style>")[0]
    assert not set("<>&") & set(style)


def test_it_holds_the_sessions_reached_and_no_other(ana):
    file = file_of(ana)
    assert "Safe enough to begin" in file
    assert "Home practice" in file
    assert "<h3>12." not in file


def test_it_holds_the_practices_and_the_own_data(ana, cast):
    file = file_of(ana)
    assert "Arriving" in file
    assert "What is kept about you" in file
    assert "Consents" in file


def test_letters_stand_in_it_sealed_with_a_sentence(ana):
    one = entry()
    sent(ana, one)
    file = file_of(ana)
    assert one["content"]["sealed"] in file
    assert "This letter is still locked" in file


def test_it_can_be_had_after_leaving_with_the_programme_as_far_as_it_was_reached(ana, cast, at, as_person):
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    file = file_of(as_person(cast.ana, moved=timedelta(weeks=40)))
    assert "Safe enough to begin" in file
    assert "<h3>12." not in file


@pytest.mark.parametrize("week", [13, 30, 60])
def test_nothing_goes_dark_after_the_last_week(cast, as_person, week):
    browser = as_person(cast.ana, moved=timedelta(weeks=week - 4))
    pages = ["/today/", "/sessions/", "/practices/", "/me/", "/me/letters/", "/me/letters/new/", "/me/keep/"]
    pages += [f"/sessions/{number}/" for number in range(1, 13)]
    pages += [
        "/practices/p15-first-five-minutes/",
        "/practices/p16-compassionate-letter/10/",
        "/flare/",
        "/help/signs/",
    ]
    assert {path: browser.get(path).status_code for path in pages} == dict.fromkeys(pages, 200)
    assert "<h3>12." in file_of(browser)
