"""Sending a recording: whole, or the part that a player asks for (RFC 9110, section 14). Safari plays nothing else."""

import re
from pathlib import Path

from django.http import HttpRequest, HttpResponse

from allay.records.models import Recording

LARGEST_PART = 4_000_000  # bytes of one answer; a player asks for the rest
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


def answer(request: HttpRequest, recording: Recording, path: Path) -> HttpResponse:
    """200 with all of it, 206 with a part, 304 where the phone has it, 416 where there is no such part."""
    tag = f'"{recording.sha256}"'
    if request.headers.get("If-None-Match") == tag:
        return _with(HttpResponse(status=304), recording, tag)
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if not asked or request.headers.get("If-Range", tag) != tag or asked[1] == asked[2] == "":
        return _with(HttpResponse(path.read_bytes()), recording, tag)
    part = _part(asked[1], asked[2], recording.size)
    if part is None:
        refused = _with(HttpResponse(status=416), recording, tag)
        refused["Content-Range"] = f"bytes */{recording.size}"
        return refused
    with path.open("rb") as file:
        file.seek(part.start)
        response = _with(HttpResponse(file.read(len(part)), status=206), recording, tag)
    response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{recording.size}"
    return response


def _part(first: str, last: str, size: int) -> range | None:
    """The bytes asked for, at most LARGEST_PART; None where the file has none of them."""
    start = int(first) if first else max(0, size - int(last))
    stop = min(int(last) + 1, size) if first and last else size
    return range(start, min(stop, start + LARGEST_PART)) if start < stop else None


def _with(response: HttpResponse, recording: Recording, tag: str) -> HttpResponse:
    response["Content-Type"] = recording.content_type
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"  # asked for again each time: it may have been taken away
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response
