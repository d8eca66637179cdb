"""Texts on their own: help pages, consent, check-in questions, phrases, and schedules."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from allay.content.errors import ContentError
from allay.content.loading.instruments import fingerprint
from allay.content.loading.marks import marked
from allay.content.loading.reading import Section, Unreadable, page, shaped, table
from allay.content.loading.shelf import Shelf
from allay.content.schema import (
    CheckInForm,
    ConsentText,
    HelpPage,
    LetterPhrases,
    Review,
    Schedule,
    Shape,
    Text,
    ThingsOfADay,
)

LANGUAGE = "en"  # these texts exist in one language so far
ONLY_FOR = re.compile(r"\s*\{for: ([a-z-]+)\}$")
NUMBER = re.compile(r"\s*\{call: ([a-z-]+)\}$")
Named = TypeVar("Named", CheckInForm, ConsentText, Schedule)


class Phrases(Shape):
    """A file of short sentences: groups of keys, each with its sentence."""

    review: Review
    phrases: Mapping[str, Mapping[str, Text]]


def passages(path: Path, found: list[Section]) -> list[dict[str, Any]]:
    """Sections as passages; a heading may end in {call: crisis} and so name a number to show, or in {for: over}."""
    if not found:
        raise Unreadable(ContentError(path, "passages", "has no '## ' heading"))
    return [_passage(section) for section in found]


def _passage(section: Section) -> dict[str, Any]:
    number = NUMBER.search(section.heading)
    only_for = ONLY_FOR.search(section.heading)
    heading = ONLY_FOR.sub("", NUMBER.sub("", section.heading))
    return {
        "heading": heading,
        "body": section.body,
        **({"number": number[1]} if number else {}),
        **({"only_for": only_for[1]} if only_for else {}),
    }


def help_page(shelf: Shelf, name: str) -> HelpPage:
    path = shelf.path("help", f"{name}.{LANGUAGE}.md")
    head, found = page(path)
    text = shaped(HelpPage, {**head, "passages": passages(path, found)}, path)
    return marked(shelf, f"help/{name}/{LANGUAGE}", text)


def consent(shelf: Shelf, name: str) -> ConsentText:
    path = shelf.path("consent", f"{name}.{LANGUAGE}.md")
    head, found = page(path)
    text = _named(shaped(ConsentText, {**head, "passages": passages(path, found)}, path), name, path)
    words = text.model_dump(mode="json", exclude={"review", "fingerprint"})
    text = text.model_copy(update={"fingerprint": fingerprint(words)})
    return marked(shelf, f"consent/{name}/{LANGUAGE}", text)


def check_in(shelf: Shelf, name: str) -> CheckInForm:
    path = shelf.path("checkins", f"{name}.{LANGUAGE}.toml")
    text = _named(shaped(CheckInForm, table(path), path), name, path)
    return marked(shelf, f"checkins/{name}/{LANGUAGE}", text)


def schedule(shelf: Shelf, name: str) -> Schedule:
    path = shelf.path("schedules", f"{name}.toml")
    return _named(shaped(Schedule, table(path), path), name, path)


def letter(shelf: Shelf, name: str) -> LetterPhrases:
    path = shelf.path("letters", f"{name}.{LANGUAGE}.toml")
    return shaped(LetterPhrases, table(path), path)


def things_of_a_day(shelf: Shelf) -> ThingsOfADay:
    path = shelf.path("looking-back", f"things.{LANGUAGE}.toml")
    return shaped(ThingsOfADay, table(path), path)


def phrases(shelf: Shelf) -> tuple[dict[str, str], Review | None]:
    """All phrases under dotted keys; a local file replaces single sentences."""
    found: dict[str, str] = {}
    review = None
    for path in reversed([*shelf.every("phrases", f"{LANGUAGE}.toml")]):
        file = shaped(Phrases, table(path), path)
        review = file.review
        found.update(
            {f"{group}.{key}": text for group, keys in file.phrases.items() for key, text in keys.items()}
        )
    return found, review


def names(shelf: Shelf, folder: str, ending: str) -> list[str]:
    """Ids of the texts in a folder, from their file names."""
    return [file.removesuffix(ending) for file in shelf.files(folder, ending=ending)]


def _named(text: Named, name: str, path: Path) -> Named:
    if text.id != name:
        raise Unreadable(ContentError(path, "id", f"is {text.id}, but the file is called {path.name}"))
    return text
