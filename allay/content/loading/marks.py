"""Review marks that a service keeps itself: reviews.toml in its own content folder, one table for each text.

A mark counts for the words that were read: the edition and a SHA-256 of them. When a text changes, its mark falls.

    ["practices/p01-arriving/en"]
    edition = "1"
    by = "Name, profession"
    on = 2027-01-12
    sha256 = "…"
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Protocol, Self, TypeVar

from allay.content.loading.instruments import fingerprint
from allay.content.loading.reading import shaped, table
from allay.content.loading.shelf import Shelf
from allay.content.schema import Review, Shape, Text

FILE = "reviews.toml"


class Mark(Shape):
    edition: Text
    by: Text
    on: date
    sha256: Text


class Marked(Protocol):
    """Any text with a review mark: a shape of the schema."""

    @property
    def review(self) -> Review: ...

    def model_dump(self, *, mode: str, exclude: set[str]) -> dict[str, object]: ...

    def model_copy(self, *, update: Mapping[str, object]) -> Self: ...


MarkedT = TypeVar("MarkedT", bound=Marked)


def marks(shelf: Shelf) -> dict[str, Mark]:
    """By the name of the text, as `Library.reviews` has it. Raises Unreadable."""
    path = shelf.file(FILE)
    return {} if path is None else {name: shaped(Mark, data, path) for name, data in table(path).items()}


def sha256(text: Marked) -> str:
    """Of the words, without the mark itself."""
    return fingerprint(text.model_dump(mode="json", exclude={"review", "fingerprint"}))


def marked(shelf: Shelf, name: str, text: MarkedT) -> MarkedT:
    """The text with the service's own mark, where there is one for these very words."""
    mark = marks(shelf).get(name)
    if mark is None or mark.edition != text.review.edition or mark.sha256 != sha256(text):
        return text
    return text.model_copy(update={"review": Review(edition=mark.edition, by=mark.by, on=mark.on)})


def written(known: Mapping[str, Mark]) -> str:
    """The file of marks, in order of names."""
    return "\n".join(
        f"[{_quoted(name)}]\nedition = {_quoted(mark.edition)}\nby = {_quoted(mark.by)}\n"
        f"on = {mark.on.isoformat()}\nsha256 = {_quoted(mark.sha256)}\n"
        for name, mark in sorted(known.items())
    )


def _quoted(words: str) -> str:
    plain = "".join(letter for letter in words if letter.isprintable())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def keep(folder: Path, fresh: Mapping[str, Mark]) -> Path:
    """Adds marks to the file of a service's own content folder; those that stand there stay."""
    path = folder / FILE
    path.write_text(written({**marks(Shelf((folder,))), **fresh}), encoding="utf-8")
    return path
