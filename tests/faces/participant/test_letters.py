"""The pages of letters: sealed in, sealed out, honest about the key, and a microphone only where one speaks."""

import json
import re
from base64 import b64decode, b64encode
from uuid import uuid4

import pytest

from allay.records.models import SealedLetter
from allay.records.services import enrolments

SEALED = b"\xff" * 1040


def entry(id=None, **content):
    content = {
        "key_id": "ab" * 16,
        "nonce": b64encode(bytes(12)).decode(),
        "sealed": b64encode(SEALED).decode(),
        **content,
    }
    return {
        "id": str(id or uuid4()),
        "kind": "letter",
        "content": content,
        "device_time": "2026-03-03T09:00:00+01:00",
    }


def deletion(letter):
    return {"id": str(uuid4()), "kind": "letter-deletion", "content": {"letter": str(letter)}}


def sent(browser, *entries):
    answer = browser.post("/sync/", {"entries": list(entries)}, content_type="application/json")
    assert answer.status_code == 200
    return answer.json()["results"]


def status(browser, one):
    return sent(browser, one)[0]["status"]


@pytest.fixture
def letter(ana):
    one = entry()
    assert status(ana, one) == "kept"
    return SealedLetter.objects.get(pk=one["id"])


def test_a_letter_from_the_outbox_is_kept_once(ana):
    one = entry()
    assert [status(ana, one), status(ana, one)] == ["kept", "already"]
    assert bytes(SealedLetter.objects.get().sealed) == SEALED


BAD = {
    "words instead of bytes": {"sealed": b64encode(b"I know this has been hard. " * 60).decode()},
    "no base64": {"sealed": "Dear you, I know"},
    "base64 with a space": {"sealed": " " + b64encode(SEALED).decode()},
    "empty": {"sealed": ""},
    "too large": {"sealed": "A" * 880_000},
    "a number": {"sealed": 7},
    "no nonce": {"nonce": ""},
    "a key by name": {"key_id": "my key"},
    "something more": {"words": "I know this has been hard."},
    "half a character": {"nonce": "\ud83d"},
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_what_is_no_sealed_letter_is_refused_by_its_kind_and_nothing_stays(ana, content):
    found = sent(ana, entry(**content), entry())
    assert [one["status"] for one in found] == ["refused", "kept"]
    assert found[0]["why"].split(":")[0] in content
    assert SealedLetter.objects.count() == 1


def test_deleting_by_the_outbox(ana, letter):
    gone = deletion(letter.pk)
    assert [status(ana, gone), status(ana, gone)] == ["kept", "already"]
    assert SealedLetter.objects.count() == 0


def test_deleting_by_a_form(ana, letter):
    assert ana.post(f"/me/letters/{letter.pk}/delete/")["Location"] == "/me/letters/"
    assert b"gone for good" in ana.get("/me/letters/").content
    assert SealedLetter.objects.count() == 0


def test_somebody_elses_letter_is_not_there(as_person, cast, letter):
    ben = as_person(cast.ben)
    assert ben.get(f"/me/letters/{letter.pk}/sealed/").status_code == 404
    assert ben.post(f"/me/letters/{letter.pk}/delete/").status_code == 404
    assert status(ben, deletion(letter.pk)) == "not-yours"
    assert str(letter.pk) not in ben.get("/me/letters/").content.decode()
    assert SealedLetter.objects.count() == 1


def test_a_letter_comes_back_as_it_was_sealed(ana, letter):
    body = ana.get(f"/me/letters/{letter.pk}/sealed/").json()
    assert (body["id"], body["key_id"], b64decode(body["sealed"])) == (str(letter.pk), "ab" * 16, SEALED)


def test_the_microphone_is_open_to_the_page_where_one_speaks_and_to_no_other(ana):
    allowed = {
        path: "microphone=(self)" in ana.get(path)["Permissions-Policy"]
        for path in ("/me/letters/new/", "/me/letters/", "/me/", "/today/", "/flare/")
    }
    assert allowed == {
        "/me/letters/new/": True,
        "/me/letters/": False,
        "/me/": False,
        "/today/": False,
        "/flare/": False,
    }


def test_without_a_script_the_pages_offer_paper(ana):
    for path in ("/me/letters/", "/me/letters/new/"):
        page = ana.get(path).content.decode()
        assert "Paper is just as good" in page
        assert "data-plain>" in page  # not hidden: only the script hides it


def test_what_is_lost_is_said_before_the_first_line(ana):
    page = ana.get("/me/letters/new/").content.decode()
    assert page.index("stay locked for good") < page.index("Keep my letter")
    assert "We never have the key" in page


def test_after_leaving_letters_can_be_read_and_deleted_but_not_made(ana, cast, at, letter):
    enrolments.withdraw(enrolment=cast.ana_enrolment, evaluation_only=False, by=cast.ana, at=at)
    page = ana.get("/me/letters/").content.decode()
    assert str(letter.pk) in page
    assert "Make a letter" not in page
    assert ana.get("/me/letters/new/")["Location"] == "/me/"
    assert status(ana, entry()) == "gone"
    assert ana.get(f"/me/letters/{letter.pk}/sealed/").status_code == 200
    assert status(ana, deletion(letter.pk)) == "kept"


def test_the_list_costs_the_same_however_many_letters(ana):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _ in range(2):
        sent(ana, *(entry() for _ in range(10)))
        with CaptureQueriesContext(
            connection,
        ) as caught:
            ana.get("/me/letters/")
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_the_file_of_everything_holds_the_sealed_letters(ana, letter):
    everything = json.loads(ana.get("/me/export/").content)
    (found,) = everything["taking_part"][0]["letters"]
    assert found["sealed"] == b64encode(SEALED).decode()


def test_a_facilitator_sees_the_same_with_and_without_letters(ana, cast, as_person):
    """Not the letter, not its time, not that there is one."""
    fay = as_person(cast.fay)
    group = f"/groups/{cast.group.pk}/"
    pages = ("/groups/", group, f"{group}people/{cast.ana_enrolment.pk}/")

    def seen():
        found = [fay.get(path) for path in pages]
        assert {page.status_code for page in found} == {200}
        made_anew = 'value="[^"]*"|[0-9A-Za-z]{64}'  # ids and tokens of the forms
        return [re.sub(made_anew, "", page.content.decode()) for page in found]

    before = seen()
    sent(ana, *(entry() for _ in range(3)))
    assert seen() == before
