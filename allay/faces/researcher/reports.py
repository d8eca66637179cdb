"""Reports of a study: each in a folder of its own below the data folder, with all it was made from.

A folder holds the table, the plan, the report, its results, tables and figures. It is made beside its place and
moved there when it is whole, so that a half-made report is never seen.
"""

import json
import re
import shutil
import tomllib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from tempfile import mkdtemp

from django.conf import settings
from django.utils.translation import gettext as _

from allay.faces.researcher import tables
from allay.faces.researcher.evaluation import evaluate_into
from allay.records.errors import NotYours
from allay.records.models import Arm, Study
from allay.records.queries import analysis

MADE = "%Y%m%dT%H%M%SZ"
MADE_NAME = re.compile(r"\d{8}t\d{6}z", re.IGNORECASE)
DOUBLE_TAP = timedelta(seconds=10)
FIRST = ("report.html", "results.json", "table.csv", "plan.toml")


@dataclass(frozen=True)
class File:
    name: str  # inside the report's folder
    sha256: str
    size: int  # bytes


@dataclass(frozen=True)
class Report:
    made: str  # its name in addresses
    at: datetime
    files: tuple[File, ...]

    @property
    def mark(self) -> str:
        """The beginning of the report's SHA-256, as it is said on the telephone."""
        return next((file.sha256[:12] for file in self.files if file.name == "report.html"), "")

    @property
    def tables(self) -> tuple[File, ...]:
        return tuple(file for file in self.files if file.name.endswith(".csv"))


def _shelf(study: Study) -> Path:
    return Path(settings.DATA) / "reports" / str(study.pk)


def listing(study: Study) -> tuple[Report, ...]:
    """All reports of a study, the newest first."""
    folders = _shelf(study).glob("*") if _shelf(study).is_dir() else ()
    return tuple(
        _report(folder) for folder in sorted(folders, reverse=True) if MADE_NAME.fullmatch(folder.name)
    )


def one(study: Study, made: str) -> Report:
    """Raises NotYours where there is no such report."""
    folder = _shelf(study) / made
    if not MADE_NAME.fullmatch(made) or not folder.is_dir():
        raise NotYours
    return _report(folder)


def content(study: Study, made: str, name: str) -> bytes:
    """One file of a report. Raises NotYours for anything that is not listed there."""
    if name not in {file.name for file in one(study, made).files}:
        raise NotYours
    return (_shelf(study) / made / name).read_bytes()


def _report(folder: Path) -> Report:
    at = datetime.strptime(folder.name.upper(), MADE).replace(tzinfo=UTC)
    return Report(folder.name, at, tuple(sorted(_files(folder), key=_order)))


def _files(folder: Path) -> Iterator[File]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            yield File(path.relative_to(folder).as_posix(), sha256(data).hexdigest(), len(data))


def _order(file: File) -> tuple[int, str]:
    return FIRST.index(file.name) if file.name in FIRST else len(FIRST), file.name


def make(study: Study, at: datetime) -> str:
    """Evaluates the study's own rows by the plan and keeps the report. Returns its name in addresses.

    Asked again within seconds it gives the same report. Raises evaluation.BadInput where there is too little.
    """
    newest = next(iter(listing(study)), None)
    if newest and timedelta(0) <= at - newest.at < DOUBLE_TAP:
        return newest.made
    shelf = _shelf(study)
    shelf.mkdir(parents=True, exist_ok=True, mode=0o700)
    work = Path(mkdtemp(prefix=".making-", dir=shelf))
    try:
        _fill(work, study, at)
        made = f"{at.astimezone(UTC):{MADE}}".lower()
        work.rename(shelf / made)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return made


def _fill(work: Path, study: Study, at: datetime) -> None:
    plan = plan_of(study)
    last = tomllib.loads(plan)["study"]["timepoints"][-1]
    _write(work / "plan.toml", [plan])
    _write(work / "table.csv", tables.lines(analysis.complete_rows(study, at, reached=last)))
    evaluate_into(work, at)


def _write(path: Path, text: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(text)


def plan_of(study: Study) -> str:
    """The shipped plan with the study's name and its own arms, those to compare with first."""
    text = files("allay.faces.researcher").joinpath("plan.toml").read_text(encoding="utf-8")
    arms = sorted(study.arms.all(), key=lambda arm: (arm.kind == Arm.Kind.PROGRAMME, arm.position))
    text = re.sub(r"(?m)^title = .*$", lambda _found: f"title = {_toml(_title(study))}", text, count=1)
    named = json.dumps([arm.key for arm in arms])
    return re.sub(r"(?m)^arms = .*$", lambda _found: f"arms = {named}", text, count=1)


def _title(study: Study) -> str:
    said = "synthetic" in study.name.lower()
    return _("%s – synthetic data") % study.name if study.synthetic and not said else study.name


def _toml(text: str) -> str:
    """Text as a TOML string; the escapes of JSON are TOML's as well, but for the one control character DEL."""
    return json.dumps("".join(character for character in text if character.isprintable()), ensure_ascii=False)


def policy(report: bytes) -> str:
    """The content security policy of a self-contained report: its own styles, by their hashes, and nothing else."""
    styles = re.findall(rb"<style[^>]*>(.*?)</style>", report, re.DOTALL)
    hashes = " ".join(f"'sha256-{b64encode(sha256(style).digest()).decode()}'" for style in styles)
    return (
        f"default-src 'none'; style-src {hashes or chr(39) + 'none' + chr(39)}; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
