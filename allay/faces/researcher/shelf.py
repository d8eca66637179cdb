"""Reports on disk: each in a folder of its own below the data folder, whole or not at all.

A folder is made beside its place and moved there when it is whole. What it held then stands in the report's record:
a file that has changed since is never given out as the report's.
"""

import json
import os
import re
import shutil
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from allay.records.errors import NotYours
from allay.records.models import EvaluationReport, EvaluationRun

MAKING = ".making-"
SILENT = timedelta(minutes=1)
FIRST = ("report.html", "results.json", "table.csv", "plan.toml")


@dataclass(frozen=True)
class File:
    name: str  # inside the report's folder
    sha256: str
    size: int  # bytes


def shelf(study_id: object) -> Path:
    return Path(settings.DATA) / "reports" / str(study_id)


def sign_of_life() -> Path:
    """The file that a worker touches again and again while it is alive."""
    return Path(settings.DATA) / "worker"


def worked_on(at: datetime) -> bool:
    """Whether a worker has given a sign of life lately. at: by the machine's own clock."""
    try:
        touched = datetime.fromtimestamp(sign_of_life().stat().st_mtime, UTC)
    except OSError:
        return False
    return abs(at - touched) < SILENT


def files(report: EvaluationReport) -> tuple[File, ...]:
    """What the report holds, by its record."""
    return tuple(sorted((File(name, mark, size) for name, (mark, size) in report.files.items()), key=_order))


def _order(file: File) -> tuple[int, str]:
    return FIRST.index(file.name) if file.name in FIRST else len(FIRST), file.name


def content(report: EvaluationReport, name: str) -> bytes:
    """One file of a report. Raises NotYours for anything that its record does not name as it is now."""
    if name not in report.files:
        raise NotYours
    try:
        data = (shelf(report.study_id) / report.folder / name).read_bytes()
    except OSError:
        raise NotYours from None
    if sha256(data).hexdigest() != report.files[name][0]:
        raise NotYours
    return data


def changed(report: EvaluationReport) -> list[str]:
    """Files that are gone, or are not what was made."""
    return [file.name for file in files(report) if not _as_made(report, file)]


def _as_made(report: EvaluationReport, file: File) -> bool:
    try:
        content(report, file.name)
    except NotYours:
        return False
    return True


def workplace(run: EvaluationRun) -> Path:
    """An empty folder for one attempt of a run; what earlier attempts left is cleared away."""
    place = shelf(run.study_id)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in (*place.glob(f"{MAKING}{run.pk}-*"), *place.glob(f"{run.pk}-*")):
        shutil.rmtree(left, ignore_errors=True)
    work = place / f"{MAKING}{run.pk}-{run.attempt}"
    work.mkdir(mode=0o700)
    return work


def put_up(run: EvaluationRun, work: Path) -> str:
    """Moves a whole folder to its place, on the disk and not only in its cache. Returns its name there."""
    for path in work.rglob("*"):
        _settle(path)
    _settle(work)
    name = f"{run.pk}-{run.attempt}"
    work.rename(work.parent / name)
    _settle(work.parent)
    return name


def _settle(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def marks(folder: Path) -> dict[str, tuple[str, int]]:
    """SHA-256 and size of every file in a folder."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            found[path.relative_to(folder).as_posix()] = sha256(data).hexdigest(), len(data)
    return found


def mark_of_results(results: dict[str, object]) -> str:
    """A SHA-256 of the numbers: without when, by which versions and against which lock they were computed."""
    numbers = {key: value for key, value in results.items() if key != "provenance"}
    return sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()


def policy(report: bytes) -> str:
    """The content security policy of a self-contained report: its own styles, by their hashes, and nothing else."""
    styles = re.findall(rb"<style[^>]*>(.*?)</style>", report, re.DOTALL)
    hashes = " ".join(f"'sha256-{b64encode(sha256(style).digest()).decode()}'" for style in styles)
    return (
        f"default-src 'none'; style-src {hashes or chr(39) + 'none' + chr(39)}; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
