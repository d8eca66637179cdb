"""What nobody sends by mistake: other encodings, foreign origins and hosts, names that are programs, broken parcels."""

import asyncio
import json
import logging
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from allay.records.models import CheckIn
from allay.records.services import codes, enrolments
from allay.server import asgi
from allay.server.logs import WithoutContent

PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n--x--\r\n'


@pytest.mark.parametrize("charset", ["utf-7", "zlib", "unicode_escape", "idna", "undefined", "utf-16"])
@pytest.mark.parametrize("page, field", [("join", b"code"), ("sign-in", b"email")])
def test_a_form_in_another_encoding_is_refused(db, page, field, charset):
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    answer = Client().generic("POST", reverse(page), PART % (field, b"+2AA-\\ud800"), content_type=kind)
    assert answer.status_code == 415


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "utf8"])
def test_utf_8_by_any_of_its_names_is_taken(db, charset):
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    assert Client().post(reverse("join"), PART % (b"code", b"ABCD"), content_type=kind).status_code == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example"])
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
def test_a_foreign_page_posts_nothing(cast, sign_in, origin, kind):
    browser = sign_in(cast.ana, Client(enforce_csrf_checks=True))
    browser.get(reverse("today"))
    token = {"X-CSRFToken": browser.cookies["allay-csrf"].value}
    for headers in ({"Origin": origin}, {"Origin": origin} | token, {}):
        answer = browser.post(reverse("sync"), '{"entries": []}', content_type=kind, headers=headers)
        assert answer.status_code == 403
    assert browser.post(reverse("sign-out"), headers={"Origin": origin} | token).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil.example", ""])
def test_a_foreign_host_is_refused(db, settings, host):
    settings.ALLOWED_HOSTS = ["localhost"]
    assert Client().get("/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in?next=//evil.example"])
def test_no_address_leads_to_another_site(db, path):
    answer = Client().get(path, headers={"X-Forwarded-Host": "evil.example"})
    assert answer["Location"].startswith("/sign-in/")


NAMES = ["<script>alert(1)</script>", '"><svg/onload=alert(1)>', "</textarea><img src=x onerror=alert(1)>"]


def test_a_name_that_is_a_program_is_only_read(cast, sign_in, new_id):
    browser, people = sign_in(cast.fay), reverse("people-add", args=[cast.group.pk])
    pages = [browser.post(people, {"id": str(new_id()), "name": name}) for name in NAMES]
    found = list(cast.group.enrolments.all())
    pages += [browser.get(reverse("person", args=[cast.group.pk, row.pk])) for row in found]
    pages += [browser.get(reverse("group", args=[cast.group.pk])), browser.get(people)]
    assert {page.status_code for page in pages} == {200}
    assert not any(bad in page.content for page in pages for bad in (b"<script>alert", b"<svg/", b"<img src"))


@pytest.mark.parametrize("typed", ["\u202eevil\u202d", "e\0v\u200bi\ud800l", "ev\r\nil"])
def test_what_cannot_be_seen_is_left_out_of_a_name(cast, at, typed):
    row = enrolments.enrol(name=typed, group=cast.group, by=cast.fay, at=at)
    assert row.person.name == "evil"


def test_a_help_number_keeps_no_hidden_characters_and_is_never_cut(cast, at):
    from allay.records.errors import Invalid
    from allay.records.services import staff

    rows = staff.set_help_numbers(numbers=[("emergency", "A\0\u202eb", "0\0 0", "")], by=cast.ada, at=at)
    assert (rows[0].label, rows[0].number) == ("Ab", "0 0")
    with pytest.raises(Invalid):
        staff.set_help_numbers(numbers=[("emergency", "A", "1" * 41, "")], by=cast.ada, at=at)
    assert [row.label for row in type(rows[0]).objects.all()] == ["Ab"]


def test_an_id_of_another_group_adds_and_opens_nothing(cast, sign_in):
    browser = sign_in(cast.finn)
    sent = {"id": str(cast.ana_enrolment.pk), "name": "Somebody"}
    answer = browser.post(reverse("people-add", args=[cast.other_group.pk]), sent)
    assert answer.status_code == 404
    assert not cast.ana_enrolment.codes.filter(used_at=None, revoked_at=None).exists()


@pytest.fixture
def phone(cast, sign_in):
    return sign_in(cast.ana)


def entry(**changes) -> dict:
    content = {"mood": 5, "day": datetime.now(UTC).date().isoformat()} | changes.pop("content", {})
    return {"id": str(uuid4()), "kind": "check-in", "content": content} | changes


BAD_ENTRIES = [
    *({"content": {"mood": value}} for value in (-1, 11, 1.5, "3", True, [], {}, 10**30)),
    *({"content": {"helped": text}} for text in ("\0", "\ud800", "x" * 10_001, "\u202e")),
    *({"content": {"day": day}} for day in ("9999-12-31", "0001-01-01", "2025-02-30", "\u0662026-01-01", 5)),
    *({"device_time": time} for time in ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "x", 5)),
    *(
        {"id": sent}
        for sent in ("", "{}", str(uuid4()).replace("-", ""), "0" * 8 + "-0000" * 3 + "-" + "0" * 12)
    ),
    *({"kind": kind} for kind in ("\ud800", "practice", None, [])),
    {"\ud800": 1},
    {"content": {"\ud800": 1}},
]


def test_one_bad_entry_is_named_and_the_others_are_kept(phone):
    for number, bad in enumerate(BAD_ENTRIES):
        sent = json.dumps({"entries": [entry(**bad), entry()]})
        answer = phone.post(reverse("sync"), sent, content_type="application/json")
        assert answer.status_code == 200, bad
        refused, kept = answer.json()["results"]
        assert (refused["status"], kept["status"]) == ("refused", "kept"), bad
        assert CheckIn.objects.count() == number + 1


BAD_PARCELS = [
    *(b"null", b"[]", b"5", b"{", b'{"entries": null}', b"\xff\xfe", b"\x1f\x8b\x08", b"NaN"),
    b"[" * 200_000,
    b'{"entries": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    b'{"entries": [{"id": ' + b"9" * 5000 + b"}]}",
    json.dumps({"entries": [0] * 51}).encode(),
]


@pytest.mark.parametrize("body", BAD_PARCELS, ids=range(len(BAD_PARCELS)))
def test_what_is_no_parcel_is_refused_whole(phone, body):
    assert phone.post(reverse("sync"), body, content_type="application/json").status_code == 400


@pytest.mark.parametrize("week", ["0", "13", "9" * 25, "1" * 5000])
def test_a_week_that_is_no_week_is_not_found(cast, sign_in, week):
    phone, office = sign_in(cast.ana, Client()), sign_in(cast.fay, Client())
    assert phone.get(f"/sessions/{week}/").status_code == 404
    assert office.get(f"/groups/{cast.group.pk}/guide/{week}/").status_code == 404
    assert office.get(f"/groups/{cast.group.pk}/meetings/{week}/").status_code == 404


def test_no_code_stands_in_a_log_however_it_is_written_into_an_address():
    request = RequestFactory().get("/groups/ABCD EFGH;ana@example.org\u2028JKMN/")
    line = logging.makeLogRecord(
        {"msg": "Forbidden: %s", "args": (request.path,), "request": request, "levelno": logging.ERROR}
    )
    WithoutContent().filter(line)
    assert line.getMessage() == "Forbidden: (path)"


def test_a_line_of_a_log_stays_one_line():
    line = logging.makeLogRecord({"msg": "Host 'a\n2026-01-01 ERROR all\u2028 is \x1b[31mwell'"})
    WithoutContent().filter(line)
    assert line.getMessage().isprintable()


SOUND = {
    "path": asgi.SOUND_AT,
    "method": "POST",
    "headers": [(b"content-length", b"3000000"), (b"cookie", b"allay=x")],
}


def served(parts: list[bytes], hang: bool = False, **scope: object) -> list[dict]:
    """What a client gets that sends these parts of a body, and then ends it or waits."""
    sent: list[dict] = []
    rest = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    rest += [] if hang else [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        return rest.pop(0) if rest else await asyncio.sleep(60)

    async def send(message):
        sent.append(message)

    asyncio.run(asgi.application({"type": "http", "headers": [], **scope}, receive, send))
    return sent


def test_a_body_too_large_gets_an_answer(own_loop):
    assert served([b"x" * 400_000] * 3)[0]["status"] == 413


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"path": "/service/"}, False),
        ({"method": "PUT"}, False),
        ({"headers": SOUND["headers"][:1]}, False),  # nobody is signed in
        ({"headers": SOUND["headers"][1:]}, False),  # it does not say how large it is
    ],
)
def test_only_a_recording_may_be_larger(monkeypatch, own_loop, change, fits):
    async def taken(scope, receive, send):
        whole = await receive()
        await send({"type": "http.response.start", "status": len(whole["body"]), "headers": []})

    monkeypatch.setattr(asgi, "django", taken)
    answer = served([b"x" * 1_000_000] * 3, **{**SOUND, **change})[0]["status"]
    assert answer == (3_000_000 if fits else 413)


def test_a_recording_larger_than_fits_gets_an_answer(own_loop):
    assert served([b"x" * 10_000_000] * 3, **SOUND)[0]["status"] == 413


def test_few_recordings_are_on_their_way_at_once(monkeypatch, own_loop):
    async def hang():
        await asyncio.sleep(60)

    async def three():
        tasks = [asyncio.ensure_future(asgi._whole(SOUND, hang)) for _ in range(asgi.SOUNDS + 1)]
        done, waiting = await asyncio.wait(tasks, timeout=0.05)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return len(done), type(tasks[0].exception())

    assert asyncio.run(three()) == (1, asgi.TooSlow)


def test_a_body_without_end_is_let_go(own_loop):
    assert served([b"x" * asgi.LARGEST] * 20, hang=True)[0]["status"] == 413


def test_a_body_that_drips_is_let_go(monkeypatch, own_loop):
    monkeypatch.setattr(asgi, "SLOWEST", 0.05)
    assert served([b"x"], hang=True)[0]["status"] == 408


def test_the_upload_that_has_taken_longest_makes_room(monkeypatch, own_loop):
    monkeypatch.setattr(asgi, "UPLOADS", 2)

    async def hang():
        await asyncio.sleep(60)

    async def three():
        tasks = []
        for _ in range(3):
            tasks.append(asyncio.ensure_future(asgi._whole({"headers": []}, hang)))
            await asyncio.sleep(0)
        done, waiting = await asyncio.wait(tasks, timeout=0.05)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return [task in done for task in tasks], type(tasks[0].exception())

    assert asyncio.run(three()) == ([True, False, False], asgi.TooSlow)


def test_a_code_stands_in_no_address(cast, at):
    code = codes.issue(enrolment=cast.ana_enrolment, by=cast.fay, at=at)
    answer = Client().post(reverse("join"), {"code": code})
    assert code not in str(answer.headers)
