"""Whether a file is a recording that phones play: looked at by its content, never by its name.

MP3 and M4A (AAC) play everywhere. What is kept of a file is its sound: titles, pictures and whatever else was packed
around it are left behind. A file that does not fit is refused with a sentence that says what it is, and why.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from django.utils.translation import gettext_lazy as _

from allay.records.errors import Invalid

LARGEST = 25_000_000  # bytes: ten minutes at the best quality that speech needs, three times over
MP3, M4A = "audio/mpeg", "audio/mp4"
BOXES = {
    b"ftyp",
    b"moov",
    b"mdat",
    b"free",
    b"skip",
    b"wide",
}  # of an MP4 file that holds sound and nothing else
EMPTY_BOXES = {b"free", b"skip", b"wide"}


@dataclass(frozen=True)
class Audio:
    content_type: str
    seconds: float
    sound: bytes  # what is kept


def checked(data: bytes) -> Audio:
    """The sound of a file. Raises Invalid with a sentence for whoever chose it."""
    if not data:
        raise _refused(_("This file is empty. Nothing was kept. Please choose the recording again."))
    if len(data) > LARGEST:
        raise _refused(
            _("This file is larger than 25 MB. Saved as MP3, ten minutes of speech take about 5 MB.")
        )
    if data[4:8] == b"ftyp":
        return _m4a(data)
    if data[:3] == b"ID3" or _is_frame(data):
        return _mp3(data)
    raise _refused(_("%s Nothing was kept. Please save the recording as MP3 or M4A.") % _named(data))


def _refused(sentence: object) -> Invalid:
    return Invalid(str(sentence), field="file")


def _named(data: bytes) -> object:
    """What the first bytes say, whatever the name of the file says."""
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return _("This is a WAV file, which is too heavy for phones.")
    if data[:4] == b"OggS":
        return _("This is an Ogg file, which many iPhones do not play.")
    if data[:4] == b"fLaC":
        return _("This is a FLAC file, which is too heavy for phones.")
    if data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")) or data[8:12] == b"WEBP":
        return _("This is a picture, not a recording, whatever its name says.")
    if start.startswith((b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script")):
        return _("This is a web page, not a recording, whatever its name says.")
    if data.startswith((b"%PDF", b"PK\x03\x04")):
        return _("This is a document, not a recording, whatever its name says.")
    return _("This is not a recording that Allay knows.")


BROKEN_OFF = _(
    "This recording breaks off in the middle: a part of the file is missing. Please copy it once more."
)
MORE_THAN_SOUND = _(
    "This file holds something besides sound, so it was not kept. Please save it as MP3 once more."
)
NO_SOUND = _("There is no sound in this file that phones can play. Please save the recording as MP3 or M4A.")


# MP3: tags, then one frame after the other up to the end


@lru_cache(maxsize=1024)
def _frame(header: bytes) -> tuple[int, float] | None:
    """Bytes and seconds of a frame, from its four header bytes; None where they are none of layer 3."""
    from mutagen.mp3 import HeaderNotFoundError, MPEGFrame

    file = BytesIO(header + bytes(64))
    try:
        frame = MPEGFrame(file)
    except HeaderNotFoundError:
        return None
    samples = 1152 if frame.version == 1 else 576
    return (file.tell(), samples / frame.sample_rate) if frame.layer == 3 else None


def _is_frame(data: bytes, at: int = 0) -> bool:
    return _frame(data[at : at + 4]) is not None


def _mp3(data: bytes) -> Audio:
    begins = at = _after_tags(data)
    seconds = 0.0
    while (frame := _frame(data[at : at + 4])) and at + frame[0] <= len(data):
        at, seconds = at + frame[0], seconds + frame[1]
    if at == begins:
        raise _refused(NO_SOUND)
    if frame or (data[at:] and len(data) < at + 4 and data[at] == 0xFF):
        raise _refused(BROKEN_OFF)
    _require_only_tags(data[at:])
    sound = data[begins:at]
    if _promised(sound) > seconds + max(1.0, seconds / 50):
        raise _refused(BROKEN_OFF)
    return Audio(MP3, seconds, sound)


def _after_tags(data: bytes) -> int:
    """Where the sound begins, behind ID3v2 tags and zeros."""
    at = 0
    while data[at : at + 3] == b"ID3" and len(data) >= at + 10:
        size = sum(
            (byte & 127) << shift for byte, shift in zip(data[at + 6 : at + 10], (21, 14, 7, 0), strict=True)
        )
        at += size + (20 if data[at + 5] & 16 else 10)
    return len(data) - len(data[at:].lstrip(b"\0"))


def _require_only_tags(tail: bytes) -> None:
    """Behind the sound may come zeros, a title of the old kind (128 bytes), or one of APE."""
    rest = tail.strip(b"\0")
    if rest and not (rest[:3] == b"TAG" and len(tail) <= 128) and rest[:8] != b"APETAGEX":
        raise _refused(MORE_THAN_SOUND)


def _promised(sound: bytes) -> float:
    """Seconds that the file's own head speaks of; nothing where it has none."""
    from mutagen.mp3 import MPEGInfo, MutagenError

    try:
        return float(MPEGInfo(BytesIO(sound)).length)
    except MutagenError:
        return 0.0


# M4A: boxes that fill the file


def _boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of each outermost box. Raises Invalid where one reaches beyond the file."""
    at = 0
    while at < len(data):
        if len(data) < at + 8:
            raise _refused(BROKEN_OFF)
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        if size == 1 and len(data) >= at + 16:
            (size,) = struct.unpack(">Q", data[at + 8 : at + 16])
        end = at + size if size else len(data)
        if kind not in BOXES:
            raise _refused(MORE_THAN_SOUND)
        if size in range(1, 8) or end > len(data):
            raise _refused(BROKEN_OFF)
        yield kind, at, end
        at = end


def _m4a(data: bytes) -> Audio:
    from mutagen.mp4 import MP4, MutagenError

    kinds = {kind for kind, _begin, _end in _boxes(data)}
    if not {b"moov", b"mdat"} <= kinds:
        raise _refused(BROKEN_OFF)
    file = BytesIO(data)
    try:
        read = MP4(file)
        if not read.info.codec.startswith("mp4a") or not read.info.length or _has_pictures(file):
            raise _refused(NO_SOUND)
        if read.tags is not None:
            file.seek(0)
            read.delete(file)
    except (MutagenError, KeyError, ValueError, IndexError, struct.error):
        raise _refused(NO_SOUND) from None
    return Audio(M4A, float(read.info.length), _blanked(file.getvalue()))


def _has_pictures(file: BytesIO) -> bool:
    from mutagen.mp4 import Atoms

    file.seek(0)
    tracks = Atoms(file)[b"moov"].findall(b"trak")
    return any(b"vide" in track[b"mdia", b"hdlr"].read(file)[1] for track in tracks)


def _blanked(data: bytes) -> bytes:
    """Whatever stood in boxes that mean nothing is gone."""
    clean = bytearray(data)
    for kind, begin, end in _boxes(data):
        if kind in EMPTY_BOXES and end - begin > 8:
            clean[begin + 8 : end] = bytes(end - begin - 8)
    return bytes(clean)
