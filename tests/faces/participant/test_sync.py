"""The door of the phone's outbox: every entry by itself, kept once, and nothing that is sent breaks it."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid1, uuid4

import pytest
from django.db import connections

from allay.records.models import CheckIn, PracticeLog
from allay.records.services import checkins, enrolments

DAY = "2026-03-03"


def check_in(id=None, **content):
    content = {"not_today": False, "mood": 4, "comfort": None, "helped": None, "day": DAY, **content}
    return {
        "id": str(id or uuid4()),
        "kind": "check-in",
        "content": content,
        "device_time": "2026-03-03T09:00:00+01:00",
    }


def practice(**content):
    content = {"practice": "p01-arriving", "minutes": 3, "after": "easier", "day": DAY, **content}
    return {"id": str(uuid4()), "kind": "practice", "content": content}


def send(browser, *entries):
    return browser.post("/sync/", {"entries": list(entries)}, content_type="application/json")


def results(browser, *entries):
    answer = send(browser, *entries)
    assert answer.status_code == 200
    return answer.json()["results"]


def status(browser, entry):
    return results(browser, entry)[0]["status"]


def test_a_check_in_is_kept_under_the_id_of_the_phone(ana, cast):
    entry = check_in()
    assert results(ana, entry) == [{"id": entry["id"], "status": "kept"}]
    row = CheckIn.objects.get(pk=entry["id"])
    assert (row.enrolment_id, row.mood, str(row.day)) == (cast.ana_enrolment.pk, 4, DAY)


def test_the_phones_own_time_is_kept_beside_the_arrival(ana):
    entry = check_in()
    status(ana, entry)
    assert CheckIn.objects.get().device_time == datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


def test_a_practice_is_kept(ana):
    assert status(ana, practice()) == "kept"
    assert PracticeLog.objects.get().after == "easier"


def test_a_practice_without_a_word_on_how_it_was_is_kept(ana):
    assert status(ana, practice(after=None)) == "kept"


def test_not_today_is_a_full_answer_and_leaves_out_what_was_tapped(ana):
    assert status(ana, check_in(not_today=True, mood=9)) == "kept"
    assert CheckIn.objects.get().mood is None


def test_the_same_entry_again_is_already_there(ana):
    entry = check_in()
    assert [status(ana, entry), status(ana, entry)] == ["kept", "already"]
    assert CheckIn.objects.count() == 1


def test_an_id_in_capitals_is_the_same_id_and_comes_back_as_it_was_sent(ana):
    entry = check_in()
    status(ana, entry)
    loud = {**entry, "id": entry["id"].upper()}
    assert results(ana, loud) == [{"id": entry["id"].upper(), "status": "already"}]


def test_the_same_id_with_other_content_is_a_conflict_and_the_first_stands(ana):
    entry = check_in()
    status(ana, entry)
    assert status(ana, check_in(id=entry["id"], mood=9)) == "conflict"
    assert CheckIn.objects.get().mood == 4


def test_an_id_of_somebody_else_is_refused_without_detail(ana, cast, at):
    id = uuid4()
    checkins.record(id=id, enrolment=cast.ben_enrolment, day=at.date(), mood=2, by=cast.ben, at=at)
    assert results(ana, check_in(id=id)) == [{"id": str(id), "status": "not-yours"}]
    assert CheckIn.objects.get().mood == 2


def test_somebody_who_has_left_is_told_that_it_is_gone(cast, ana, at):
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    assert status(ana, check_in()) == "gone"


def test_somebody_who_has_not_agreed_yet_keeps_the_entry_on_the_phone(new):
    assert status(new, check_in()) == "refused"
    assert not CheckIn.objects.exists()


def test_staff_have_no_outbox(cast, as_person):
    assert send(as_person(cast.fay), check_in()).status_code == 404


def test_without_a_sign_in_nothing_is_taken(client, db):
    assert send(client, check_in()).status_code == 302


def test_a_sender_needs_the_token_of_the_page(ana):
    ana.handler.enforce_csrf_checks = True
    assert send(ana, check_in()).status_code == 403


REFUSED = {
    "mood": [check_in(mood=value) for value in (11, -1, 1.5, "4", True, [4], {}, 10**30)],
    "comfort": [check_in(comfort=12)],
    "helped": [check_in(helped=value) for value in ("no-such-choice", "\x00", 3, "x" * 10_000)],
    "not_today": [check_in(not_today="yes")],
    "day": [check_in(day=value) for value in ("", "yesterday", "2025-01-01", "2027-01-01", 20260303, None)],
    "extra": [check_in(extra=1)],
    "practice": [practice(practice=value) for value in ("no-such", "\x00", [], None)],
    "minutes": [practice(minutes=value) for value in (2, 0, "3", True)],
    "after": [practice(after="wonderful")],
    "id": [
        {**check_in(), "id": value}
        for value in ("", "7", None, 5, [], str(uuid1()), "{" + str(uuid4()) + "}")
    ],
    "kind": [{**check_in(), "kind": value} for value in ("question", "", None, 5, [])],
    "content": [{**check_in(), "content": value} for value in (None, [], "x", 5)],
    "device_time": [
        {**check_in(), "device_time": value}
        for value in (
            "",
            "now",
            5,
            "2026-03-03T09:00:00",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
        )
    ],
    "entry": [None, 5, "x", [], [[]]],
}


@pytest.mark.parametrize(
    ("field", "entry"), [(field, entry) for field, entries in REFUSED.items() for entry in entries]
)
def test_what_does_not_fit_is_refused_with_the_field_named(ana, field, entry):
    (result,) = results(ana, entry)
    assert result["status"] == "refused"
    assert result["why"].startswith(f"{field}: ")
    assert not CheckIn.objects.exists() and not PracticeLog.objects.exists()


def test_an_empty_check_in_is_refused(ana):
    assert results(ana, check_in(mood=None))[0]["why"].startswith("mood: ")


def test_one_bad_entry_never_blocks_the_others(ana):
    good, other = check_in(), practice()
    answers = results(ana, good, None, check_in(mood=99), {"id": "x" * 500}, other)
    assert [answer["status"] for answer in answers] == ["kept", "refused", "refused", "refused", "kept"]
    assert [answers[0]["id"], answers[4]["id"]] == [good["id"], other["id"]]


NO_PARCEL = [
    b"{",
    b"[]",
    b"null",
    b"5",
    b'"entries"',
    b"{}",
    b'{"entries": {}}',
    b'{"entries": null}',
    b"[" * 100_000,
    b"9" * 5000,
    b"\xff\xfe\x00",
    b"\x00",
]


@pytest.mark.parametrize("body", NO_PARCEL, ids=range(len(NO_PARCEL)))
def test_what_is_no_parcel_is_a_clean_refusal(ana, body):
    answer = ana.post("/sync/", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"


def test_more_than_fifty_entries_are_refused_whole(ana):
    assert send(ana, *[check_in() for _ in range(51)]).status_code == 400
    assert send(ana, *[5] * 10_000).status_code == 400
    assert not CheckIn.objects.exists()


def test_fifty_entries_are_taken(ana):
    assert len(results(ana, *[check_in() for _ in range(50)])) == 50
    assert CheckIn.objects.count() == 50


def test_a_body_that_is_too_large_is_a_clean_refusal(ana):
    answer = ana.post("/sync/", b" " * 2_000_000, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
def test_only_json_is_read(ana, kind):
    body = json.dumps({"entries": [check_in()]})
    assert ana.generic("POST", "/sync/", body, content_type=kind).status_code in (400, 415)


def test_lone_surrogates_in_text_are_refused_not_stored(ana):
    body = '{"entries":[{"id":"\\ud800","kind":"check-in","content":{"helped":"\\ud800","\\ud800":1}}]}'
    answer = ana.post("/sync/", body, content_type="application/json")
    assert answer.json()["results"][0]["status"] == "refused"


def test_reading_is_not_offered(ana):
    assert ana.get("/sync/").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_are_one_row_and_no_error(cast, as_person):
    entry = check_in()
    phones = [as_person(cast.ana) for _ in range(10)]

    def post(phone):
        try:
            return status(phone, entry)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(post, phones))
    assert sorted(answers) == ["already"] * 9 + ["kept"]
    assert CheckIn.objects.count() == 1


def test_an_entry_of_last_week_keeps_its_own_day(ana, at):
    day = (at - timedelta(days=7)).date().isoformat()
    assert status(ana, check_in(day=day)) == "kept"
    assert str(CheckIn.objects.get().day) == day
