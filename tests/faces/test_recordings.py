"""Recordings as pages: an administrator adds them, a phone hears them whole or in parts."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from allay.records.models import Recording
from allay.records.services import recordings
from tests.sounds import mp3

PAGE = "/service/recordings/"
SOUND = mp3(60)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.RECORDINGS = tmp_path
    return tmp_path


@pytest.fixture
def ada(cast, sign_in):
    return sign_in(cast.ada, Client())


@pytest.fixture
def ana(cast, sign_in):
    return sign_in(cast.ana, Client())


@pytest.fixture
def made(cast, at):
    named = {"practice": "p01-arriving", "minutes": 1, "language": "en", "voice": "Jo"}
    return recordings.add(data=SOUND, **named, by=cast.ada, at=at)[0]


def send(browser, data=SOUND, name="calm.mp3", **more):
    fields = {"practice": "p01-arriving", "minutes": "1", "language": "en", "voice": "Jo", **more}
    file = SimpleUploadedFile(name, data, "audio/mpeg")
    return browser.post(PAGE, {**fields, "file": file}, follow=True)


def hear(browser, made, **headers):
    return browser.get(f"/recordings/{made.pk}/", headers=headers)


def test_added_it_stands_on_the_page_of_the_practice(ada, ana):
    page = send(ada).content.decode()
    assert "Kept. It stands on the page of the practice." in page
    made = Recording.objects.get()
    own = ana.get("/practices/p01-arriving/").content.decode()
    assert "Hear Jo" in own and f'src="/recordings/{made.pk}/"' in own
    assert 'preload="none"' in own and "autoplay" not in own
    assert "Hear Jo" in ana.get("/practices/p01-arriving/1/").content.decode()
    assert "Hear Jo" not in ana.get("/practices/p01-arriving/3/").content.decode()


def test_an_image_named_mp3_gets_a_kind_sentence_and_what_was_chosen_stays(ada):
    page = send(ada, b"\x89PNG\r\n\x1a\n" + bytes(400), name="holiday.mp3", voice="Jo of the Tuesday group")
    assert page.status_code == 422
    words = page.content.decode()
    assert "This is a picture, not a recording, whatever its name says." in words
    assert "Jo of the Tuesday group" in words
    assert not Recording.objects.exists()


def test_without_a_file_or_a_length_the_page_says_so(ada):
    assert "Please choose a file." in ada.post(PAGE, {"practice": "p01-arriving"}).content.decode()
    assert send(ada, minutes="7").status_code == 422


def test_a_name_that_is_markup_stays_words(ada, ana):
    send(ada, voice="<b>Jo</b>")
    assert "&lt;b&gt;Jo&lt;/b&gt;" in ana.get("/practices/p01-arriving/").content.decode()


def test_it_can_be_removed(ada, ana, made):
    ada.post(f"{PAGE}{made.pk}/remove/")
    assert hear(ana, made).status_code == 404
    assert "Hear Jo" not in ana.get("/practices/p01-arriving/").content.decode()


def test_it_comes_whole_with_what_a_browser_needs_to_trust_it(ana, made):
    answer = hear(ana, made, accept_encoding="gzip")
    assert (answer.status_code, answer.content) == (200, SOUND)
    assert answer["Content-Type"] == "audio/mpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Accept-Ranges"] == "bytes"
    assert "private" in answer["Cache-Control"]
    assert not answer.has_header("Content-Encoding")
    assert hear(ana, made, if_none_match=answer["ETag"]).status_code == 304


SIZE = len(SOUND)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-1", 0, 1),  # how Safari begins
        ("bytes=100-", 100, SIZE - 1),
        ("bytes=-50", SIZE - 50, SIZE - 1),
        (f"bytes=5-{SIZE + 1000}", 5, SIZE - 1),
        (f"bytes=-{SIZE + 9}", 0, SIZE - 1),
    ],
)
def test_a_part_is_that_very_part(ana, made, asked, first, last):
    answer = hear(ana, made, range=asked)
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.content == SOUND[first : last + 1]
    assert int(answer["Content-Length"]) == last - first + 1


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=9-4", "bytes=-0"])
def test_a_part_that_is_not_there(ana, made, asked):
    answer = hear(ana, made, range=asked)
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "asked", ["bytes=-", "lines=1-2", "bytes=0-1,5-6", "bytes=a-b", "bytes=" + "9" * 400 + "-"]
)
def test_what_is_no_range_gets_all_of_it(ana, made, asked):
    assert hear(ana, made, range=asked).content == SOUND


def test_a_part_of_another_sound_is_not_mixed_in(ana, made):
    assert hear(ana, made, range="bytes=0-1", if_range='"other"').status_code == 200


def test_a_large_answer_comes_in_parts(ana, made, monkeypatch):
    monkeypatch.setattr("allay.faces.shared.sound.LARGEST_PART", 1000)
    answer = hear(ana, made, range="bytes=0-")
    assert answer["Content-Range"] == f"bytes 0-999/{SIZE}"
    assert answer.content == SOUND[:1000]


def test_a_recording_comes_no_sooner_than_its_practice(ana, cast, at):
    later = recordings.add(
        data=mp3(61),
        practice="p13-two-chairs-one-breath",
        minutes=1,
        language="en",
        voice="Jo",
        by=cast.ada,
        at=at,
    )[0]
    type(cast.group).objects.filter(pk=cast.group.pk).update(weeks_count_from=at + timedelta(days=9999))
    assert hear(ana, later).status_code == 404


def test_a_file_that_is_missing_is_a_kind_404(ana, made, folder):
    (folder / made.sha256).unlink()
    assert hear(ana, made).status_code == 404
