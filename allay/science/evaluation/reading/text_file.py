"""What a data file is, and its text as UTF-8 with one kind of line end.

One pass over the bytes answers everything: SHA-256, encoding, line ends, and whether a NUL byte betrays that
this is no text. A file that is already UTF-8 with even line ends is used as it lies; any other is
rewritten, chunk by chunk, into the folder for temporary files.
"""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Literal

from allay.science.evaluation.errors import BadInput

CHUNK = 1 << 20
NOT_TEXT = {
    b"PK\x03\x04": "is a zip archive (perhaps a spreadsheet), not a text table: save it as CSV",
    b"PK\x05\x06": "is an empty zip archive, not a table",
    b"\x1f\x8b": "is compressed with gzip: unpack it first",
    b"\xd0\xcf\x11\xe0": "is an old Office document, not a text table: save it as CSV",
    b"SQLite format 3\x00": "is an SQLite database, not a table",
    b"%PDF": "is a PDF, not a table",
    b"$FL2": "is an SPSS file: save it as CSV or Parquet",
    b"$FL3": "is an SPSS file: save it as CSV or Parquet",
}
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

Format = Literal["csv", "parquet"]


@dataclass(frozen=True)
class DataFile:
    """A regular file with a table in it. `encoding` is what its text is written in, as Python names it."""

    path: Path
    name: str  # as the person wrote it; for messages
    format: Format
    sha256: str
    encoding: str = ""
    even_lines: bool = True  # one kind of line end, and not the carriage return alone


def examine(path: Path) -> DataFile:
    """Looks at a file once, from beginning to end. Raises BadInput for anything that is no table."""
    name = str(path)
    try:
        _refuse_what_is_no_file(path, name)
        with path.open("rb") as file:
            start = file.read(16)
            if start.startswith(b"PAR1"):
                return DataFile(path, name, "parquet", _digest(file))
            _refuse_other_formats(start, name)
            return _examine_text(path, name, file)
    except OSError as error:
        raise BadInput(name, f"cannot be read: {error.strerror}") from None


def _refuse_what_is_no_file(path: Path, name: str) -> None:
    if name == "-":
        raise BadInput(name, "standard input cannot be read: give the name of a file")
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise BadInput(name, "is a folder, not a file")
    if not stat.S_ISREG(mode):
        raise BadInput(name, "is not a regular file")
    if path.stat().st_size == 0:
        raise BadInput(name, "is empty")


def _refuse_other_formats(start: bytes, name: str) -> None:
    for mark, reason in NOT_TEXT.items():
        if start.startswith(mark):
            raise BadInput(name, reason)


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    digest = sha256()
    for chunk in _chunks(file):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


@dataclass
class _Survey:
    """What one pass over the bytes has seen so far."""

    utf8: bool = True
    returns: int = 0
    line_feeds: int = 0
    pairs: int = 0
    nul_at_line: int | None = None
    _ends_with_return: bool = False

    def take(self, chunk: bytes) -> None:
        if self.nul_at_line is None and (place := chunk.find(0)) >= 0:
            self.nul_at_line = self.line_feeds + chunk.count(b"\n", 0, place) + 1
        self.pairs += chunk.count(b"\r\n") + (self._ends_with_return and chunk.startswith(b"\n"))
        self.returns += chunk.count(b"\r")
        self.line_feeds += chunk.count(b"\n")
        self._ends_with_return = chunk.endswith(b"\r")

    @property
    def even_lines(self) -> bool:
        return self.returns == 0 or self.returns == self.pairs == self.line_feeds


def _examine_text(path: Path, name: str, file: BinaryIO) -> DataFile:
    encoding = _declared_encoding(file)
    digest, survey = sha256(), _Survey()
    decoder = codecs.getincrementaldecoder("utf-8")()
    for chunk in _chunks(file):
        digest.update(chunk)
        survey.take(chunk)
        survey.utf8 = survey.utf8 and _is_utf8(decoder, chunk)
    if encoding is None:
        if survey.nul_at_line is not None:
            raise BadInput(name, "holds a NUL byte, so it is not a text table", row=survey.nul_at_line)
        encoding = "utf-8" if survey.utf8 and _is_utf8(decoder, b"", final=True) else "windows-1252"
    return DataFile(path, name, "csv", digest.hexdigest(), encoding, survey.even_lines)


def _is_utf8(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _declared_encoding(file: BinaryIO) -> str | None:
    """The encoding by the byte-order mark, or UTF-16 without one by its every second byte being NUL."""
    file.seek(0)
    start = file.read(4096)
    for mark, encoding in BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return encoding
    if len(start) >= 8 and start.count(0) > len(start) // 4:
        even, odd = start[0::2].count(0), start[1::2].count(0)
        if even == 0:
            return "utf-16-le"
        if odd == 0:
            return "utf-16-be"
    return None


def as_utf8(data: DataFile, folder: Path) -> Path:
    """A path to the text as UTF-8 with even line ends: the file itself where it is so, else a copy in `folder`.

    The copy, and the link that stands for a file used as it lies, have a name without wildcards.
    """
    target = folder / "data.csv"
    if data.encoding in ("utf-8", "utf-8-sig") and data.even_lines:
        os.symlink(data.path.resolve(), target)
        return target
    with data.path.open("rb") as file, target.open("w", encoding="utf-8", newline="") as copy:
        for text in _lines_evened(_decoded(file, data)):
            if "\0" in text:
                raise BadInput(data.name, "holds a NUL character, so it is not a text table")
            copy.write(text)
    return target


def _decoded(file: BinaryIO, data: DataFile) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(data.encoding)()
    line = 1
    try:
        for chunk in _chunks(file):
            text = decoder.decode(chunk)
            line += text.count("\n")
            yield text
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        wanted = "UTF-8 nor Windows-1252" if data.encoding == "windows-1252" else data.encoding.upper()
        raise BadInput(data.name, f"is not text in {wanted} (near row {line})") from None


def _lines_evened(pieces: Iterator[str]) -> Iterator[str]:
    """The text with every line end as one line feed; a carriage return at a piece's end waits for the next."""
    waiting = ""
    for piece in pieces:
        text = waiting + piece
        waiting = "\r" if text.endswith("\r") else ""
        yield text.removesuffix("\r").replace("\r\n", "\n").replace("\r", "\n") if text else ""
    if waiting:
        yield "\n"
