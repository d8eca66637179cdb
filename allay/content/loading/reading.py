"""Reading one file: TOML or Markdown in, a shape out; every fault names file, key and reason."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from allay.content.errors import ContentError
from allay.content.schema import Inconsistent

Table = dict[str, Any]
Shaped = TypeVar("Shaped", bound=BaseModel)
MOST_FAULTS = 5  # of one file: after that the rest is usually the same mistake
FENCE = "+++"


class Unreadable(Exception):
    """A file with one or more faults."""

    def __init__(self, *faults: ContentError) -> None:
        self.faults = faults
        super().__init__(str(faults[0]))


@dataclass(frozen=True)
class Section:
    """A second-level heading of a Markdown file and the text below it."""

    heading: str
    body: str
    line: int


def words(path: Path) -> str:
    """The text of a file; a byte-order mark from an editor does no harm."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise Unreadable(ContentError(path, path.stem, "this file is missing")) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise Unreadable(ContentError(path, f"line {line}", "is not UTF-8 text")) from error


def table(path: Path) -> Table:
    """A TOML file as a table."""
    return _parsed(path, words(path), lines_before=0)


def _parsed(path: Path, source: str, lines_before: int) -> Table:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        reason = re.sub(r"\s*\(at .*\)$", "", str(error))
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else source.count("\n") + 1
        raise Unreadable(ContentError(path, f"line {line + lines_before}", f"not TOML: {reason}")) from error


def page(path: Path) -> tuple[Table, list[Section]]:
    """A Markdown file: the TOML between two lines of +++ at its head, and its sections."""
    head, fence, rest = words(path).removeprefix(FENCE + "\n").partition(f"\n{FENCE}\n")
    if not fence or not words(path).startswith(FENCE + "\n"):
        raise Unreadable(ContentError(path, "line 1", f"begins with a head between two lines of {FENCE}"))
    start = head.count("\n") + 3
    return _parsed(path, head, lines_before=1), sections(path, rest, start)


def sections(path: Path, text: str, lines_before: int = 0) -> list[Section]:
    """Splits Markdown at its second-level headings. Text above the first heading is a fault."""
    found: list[Section] = []
    opening, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    if opening.strip():
        raise Unreadable(
            ContentError(path, f"line {lines_before + 1}", "text before the first '## ' heading")
        )
    line = lines_before + opening.count("\n") + 1
    for part in parts:
        heading, _, body = part.partition("\n")
        if not heading.strip() or not body.strip():
            raise Unreadable(
                ContentError(path, f"line {line}", "a heading without words, or nothing below it")
            )
        found.append(Section(heading.strip(), body.strip(), line))
        line += part.count("\n")
    return found


def shaped(shape: type[Shaped], data: Mapping[str, Any], path: Path) -> Shaped:
    """The data as a shape, or every fault of the file at once (at most a handful)."""
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)[:MOST_FAULTS]
        raise Unreadable(*(_fault(path, shape, detail) for detail in details)) from error


def _fault(path: Path, shape: type[BaseModel], detail: ErrorDetails) -> ContentError:
    key = [str(part) for part in detail["loc"]]
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, Inconsistent):
        return ContentError(path, ".".join([*key, cause.key]), str(cause))
    return ContentError(path, ".".join(key) or shape.__name__, _plain(detail))


def _plain(detail: ErrorDetails) -> str:
    """Pydantic's reason in the words of someone who edits the file."""
    if detail["type"] == "missing":
        return "is missing"
    if detail["type"] == "extra_forbidden":
        return "is not a key this file may have"
    reason = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    shown = detail["input"]
    return reason if isinstance(shown, dict | list | tuple) else f"{reason} (it is {shown!r})"


def languages(names: list[str], stem: str, ending: str) -> Iterator[tuple[str, str]]:
    """(language, file name) of files such as text.en.toml."""
    for name in names:
        language = name.removeprefix(f"{stem}.").removesuffix(ending)
        if name.startswith(f"{stem}.") and re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", language):
            yield language, name
