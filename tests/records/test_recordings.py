"""Recordings of a service: who may add one, what it must be, that it is kept once and goes when it is removed."""

import pytest

from allay.records.access import SYSTEM
from allay.records.errors import Invalid, NotYours
from allay.records.models import AuditEvent, Recording
from allay.records.queries import recordings as queries
from allay.records.services import recordings
from tests.sounds import m4a, mp3


@pytest.fixture
def folder(settings, tmp_path):
    settings.RECORDINGS = tmp_path / "recordings"
    return settings.RECORDINGS


@pytest.fixture
def add(cast, at, folder):
    def keep(data=None, **more):
        named = {"practice": "p01-arriving", "minutes": 1, "language": "en", "voice": "Fay", "by": cast.ada}
        return recordings.add(data=mp3(60) if data is None else data, **{**named, "at": at, **more})

    return keep


def files(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_it_lies_under_the_hash_of_its_sound(add, folder):
    made, new = add(mp3(60, title=b"A title"))
    assert new
    assert files(folder) == [made.sha256]
    assert (folder / made.sha256).read_bytes() == mp3(60)
    assert (made.content_type, made.seconds, made.size) == ("audio/mpeg", 60, len(mp3(60)))


def test_the_same_sound_twice_is_one(add, folder):
    first, _new = add()
    again, new = add(mp3(60, title=b"Another title"))
    assert (again, new) == (first, False)
    assert AuditEvent.objects.filter(name="recording.added").count() == 1


def test_removed_it_is_gone_for_everybody_and_so_is_its_file(
    add, folder, cast, at, django_capture_on_commit_callbacks
):
    made, _new = add()
    other, _new = add(practice="p02-anchor")
    with django_capture_on_commit_callbacks(execute=True):
        recordings.remove(recording=made, by=cast.ada, at=at)
    assert files(folder) == [made.sha256], "another recording has the same sound"
    with pytest.raises(NotYours):
        queries.one(made.pk)
    with django_capture_on_commit_callbacks(execute=True):
        recordings.remove(recording=other, by=cast.ada, at=at)
        recordings.remove(recording=other, by=cast.ada, at=at)
    assert files(folder) == []
    assert AuditEvent.objects.filter(name="recording.removed").count() == 2
    assert add()[1], "it can be added again"


@pytest.mark.parametrize("who", ["ana", "fay", "rae", "sam"])
def test_only_an_administrator_adds_or_removes(add, cast, at, who, folder):
    made, _new = add()
    with pytest.raises(NotYours):
        add(practice="p02-anchor", by=getattr(cast, who))
    with pytest.raises(NotYours):
        recordings.remove(recording=made, by=getattr(cast, who), at=at)
    assert Recording.objects.filter(removed_at=None).count() == 1


def test_the_command_line_may(add):
    assert add(by=SYSTEM)[0].added_by is None


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"practice": "p99-none"}, "practice"),
        ({"minutes": 2}, "minutes"),
        ({"minutes": 3}, "minutes"),  # it lasts one
        ({"voice": " "}, "voice"),
        ({"voice": "x" * 81}, "voice"),
        ({"voice": "Fay\x07"}, "voice"),
        ({"language": "English, please"}, "language"),
        ({"data": b"\x89PNG\r\n\x1a\n"}, "file"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(add, folder, more, field):
    with pytest.raises(Invalid) as refused:
        add(**more)
    assert refused.value.field == field
    assert str(refused.value)
    assert not Recording.objects.exists()
    assert files(folder) == []


def test_the_length_it_has_is_said(add):
    with pytest.raises(Invalid, match=r"lasts 4 min 10 s\. The page promises about 3 min"):
        add(mp3(250), minutes=3)
    assert add(mp3(200), minutes=3)[1]


def test_a_practice_has_those_in_the_persons_language_or_any(add):
    english, _new = add()
    german, _new = add(m4a(60), language="de")
    assert queries.of_practice("p01-arriving", "en") == [english]
    assert queries.of_practice("p01-arriving", "de-AT") == [german]
    assert queries.of_practice("p01-arriving", "fr") == [english, german]
    assert queries.of_practice("p02-anchor", "en") == []
