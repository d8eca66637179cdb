"""Recordings of a service: checked, kept under the hash of their sound, taken away again."""

import hashlib
import os
import re
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from allay.content import library
from allay.records import audio
from allay.records.access import Actor, Permission, require
from allay.records.errors import Invalid
from allay.records.models import Person, Recording
from allay.records.services import audit

LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
LONGEST_NAME: Final = 80


@transaction.atomic
def add(
    *, data: bytes, practice: str, minutes: int, language: str, voice: str, by: Actor, at: datetime
) -> tuple[Recording, bool]:
    """Keeps a recording of a practice's form. Returns it and whether it is new: the same sound twice is one.

    `voice` is who speaks, as participants read it. Raises Invalid with a sentence, of the field at fault.
    """
    require(by, Permission.MANAGE)
    _require_form(practice, minutes)
    words = " ".join(voice.split())
    if not words or len(words) > LONGEST_NAME or not words.isprintable():
        raise Invalid(_("Please say who speaks, in up to 80 letters."), field="voice")
    if not LANGUAGE.fullmatch(language):
        raise Invalid(_("Please give the language in short, for example en."), field="language")
    found = audio.checked(data)
    _require_length(found.seconds, minutes)
    mark = hashlib.sha256(found.sound).hexdigest()
    here = {"practice": practice, "minutes": minutes, "sha256": mark}
    known = Recording.objects.filter(**here, removed_at=None).first()
    if known is not None:
        return known, False
    _keep(mark, found.sound)
    made = Recording.objects.create(
        **here,
        language=language,
        voice=words,
        content_type=found.content_type,
        size=len(found.sound),
        seconds=round(found.seconds),
        added_by=by if isinstance(by, Person) else None,
        added_at=at,
    )
    audit.record("recording.added", by=by, at=at, on=made)
    return made, True


@transaction.atomic
def remove(*, recording: Recording, by: Actor, at: datetime) -> None:
    """Takes a recording away from everybody. Its file goes unless another recording has the same sound."""
    require(by, Permission.MANAGE)
    if recording.removed_at is not None:
        return
    recording.removed_at = at
    recording.save(update_fields=["removed_at"])
    audit.record("recording.removed", by=by, at=at, on=recording)
    if not Recording.objects.filter(sha256=recording.sha256, removed_at=None).exists():
        transaction.on_commit(lambda: path_of(recording.sha256).unlink(missing_ok=True))


def path_of(sha256: str) -> Path:
    """Where the sound of this hash lies."""
    return Path(settings.RECORDINGS) / sha256


def _require_form(practice: str, minutes: int) -> None:
    known = library.load().practices.get(practice)
    if known is None:
        raise Invalid(_("There is no such practice."), field="practice")
    if not any(str(minutes) in text.forms for text in known.text.values()):
        raise Invalid(_("This practice has no form of that length."), field="minutes")


def _require_length(seconds: float, minutes: int) -> None:
    """Near what the page promises: half a minute, or a quarter of the time."""
    if abs(seconds - 60 * minutes) <= max(30, 15 * minutes):
        return
    lasts = _("%(minutes)d min %(seconds)d s") % {"minutes": seconds // 60, "seconds": round(seconds) % 60}
    sentence = _(
        "This recording lasts %(lasts)s. The page promises about %(minutes)d min. Please choose the other length."
    )
    raise Invalid(sentence % {"lasts": lasts, "minutes": minutes}, field="minutes")


def _keep(sha256: str, sound: bytes) -> None:
    """The file stands whole under its name, or not at all."""
    path = path_of(sha256)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
        file.write(sound)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
