"""What is kept of a file, and what is refused with a sentence that says what it is and why."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as some

from allay.records import audio
from allay.records.errors import Invalid
from tests.sounds import FRAME, box, m4a, mp3

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


def why(data: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        audio.checked(data)
    assert refused.value.field == "file"
    return str(refused.value)


def test_an_mp3_is_measured_frame_by_frame():
    found = audio.checked(mp3(60))
    assert found.content_type == "audio/mpeg"
    assert found.seconds == pytest.approx(60, abs=0.1)


def test_an_m4a_is_read_by_its_head():
    found = audio.checked(m4a(60))
    assert found.content_type == "audio/mp4"
    assert found.seconds == pytest.approx(60, abs=0.1)


def test_titles_are_left_behind():
    loud = mp3(5, title=b"Recorded by Jo in Baker Street") + b"TAG" + b"Jo".ljust(125, b"\0")
    assert audio.checked(loud).sound == mp3(5)


def test_what_stands_in_empty_boxes_is_gone():
    found = audio.checked(m4a(5, extra=box(b"free", b"<script>alert(1)</script>")))
    assert b"script" not in found.sound
    assert audio.checked(found.sound).seconds == found.seconds


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (PNG, "a picture"),
        (b"\xff\xd8\xff\xe0" + bytes(300), "a picture"),
        (b"GIF89a" + bytes(300), "a picture"),
        (b"<!doctype html><title>x</title>", "a web page"),
        (b"\xef\xbb\xbf\n<HTML><script>alert(1)</script>", "a web page"),
        (b"<svg onload='alert(1)'/>", "a web page"),
        (b"%PDF-1.7" + bytes(100), "a document"),
        (b"PK\x03\x04" + bytes(100), "a document"),
        (b"RIFF\x24\0\0\0WAVEfmt " + bytes(100), "a WAV file"),
        (b"OggS" + bytes(100), "an Ogg file"),
        (b"fLaC" + bytes(100), "a FLAC file"),
        (b"\x7fELF" + bytes(100), "not a recording"),
        (bytes(1000), "not a recording"),
        (b"ID3\x03\0\0\0\0\0\x10" + bytes(400), "no sound"),
        (b"ID3", "no sound"),
    ],
)
def test_what_is_no_recording_is_named(data, words):
    sentence = why(data)
    assert words in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("cut", [1, 50, 103])
def test_an_mp3_that_breaks_off_inside_a_frame(cut):
    assert "breaks off" in why(mp3(60)[:-cut])


def test_an_mp3_that_promises_more_than_it_holds():
    first = bytearray(FRAME)
    first[21:33] = b"Xing" + struct.pack(">II", 1, 4000)
    assert audio.checked(bytes(first) + FRAME * 4000).seconds > 100
    assert "breaks off" in why(bytes(first) + FRAME * 1000)


@pytest.mark.parametrize("left", [20, 300, 2000, -1])
def test_an_m4a_that_breaks_off(left):
    assert "breaks off" in why(m4a(60)[:left])


@pytest.mark.parametrize(
    "tail", [PNG, b"<script>alert(1)</script>", b"PK\x03\x04" + bytes(500), b"TAG" + b"x" * 500]
)
def test_a_file_that_is_two_things_at_once(tail):
    assert "something besides sound" in why(mp3(10) + tail)


@pytest.mark.parametrize("more", [box(b"uuid", b"<html>" * 9), box(b"moof", bytes(40))])
def test_a_box_that_has_no_business_there(more):
    assert "something besides sound" in why(m4a(10) + more)


def test_a_film_is_no_recording():
    assert "no sound in this file" in why(m4a(10, handler=b"vide"))


def test_a_sound_that_phones_do_not_play():
    assert "no sound in this file" in why(m4a(10, codec=b"drms"))


def test_larger_than_fits():
    assert "larger than 25 MB" in why(bytes(audio.LARGEST + 1))


@given(
    some.binary(max_size=600),
    some.sampled_from([b"", b"ID3\x04\0\0", b"\xff\xfb\x10\xc4", b"\0\0\0\x18ftypM4A "]),
)
def test_no_bytes_break_the_check(data, start):
    try:
        found = audio.checked(start + data)
    except Invalid:
        return
    assert found.seconds > 0 and found.sound


@given(some.integers(min_value=0), some.binary(min_size=1, max_size=4))
def test_no_damage_to_a_head_breaks_the_check(place, damage):
    good = m4a(2)[:900] + m4a(2)[900:]
    at = place % 900
    try:
        audio.checked(good[:at] + damage + good[at + len(damage) :])
    except Invalid:
        return
