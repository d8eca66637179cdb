"""The programme and its practices: programme.toml, a frame, twelve session folders; an index and scripts."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from allay.content.errors import ContentError
from allay.content.loading.marks import marked
from allay.content.loading.reading import Section, Unreadable, languages, sections, shaped, table, words
from allay.content.loading.shelf import Shelf
from allay.content.loading.texts import passages
from allay.content.schema import (
    FrameBlock,
    Practice,
    PracticeEntry,
    PracticeText,
    Programme,
    Session,
    SessionGuide,
    SessionText,
    Shape,
)

LISTS = {"Prepare": "prepare", "Watch for": "watch"}
ONLINE = "Online"


class PracticeIndex(Shape):
    """The file practices/index.toml."""

    practices: tuple[PracticeEntry, ...]


class Frame(Shape):
    """The file frame.<language>.toml: the blocks every session shares."""

    blocks: tuple[FrameBlock, ...]


def practice_index(shelf: Shelf) -> dict[str, PracticeEntry]:
    """All practices by id, in order of number; a local index adds to the built-in one or replaces lines."""
    found: dict[str, PracticeEntry] = {}
    for path in reversed([*shelf.every("practices", "index.toml")]):
        entries = shaped(PracticeIndex, table(path), path).practices
        found.update({entry.id: entry for entry in entries})
    return dict(sorted(found.items(), key=lambda pair: pair[1].number))


def practice(shelf: Shelf, name: str, index: Mapping[str, PracticeEntry]) -> Practice:
    """A practice with its script in every language there is. Raises Unreadable."""
    if name not in index:
        path = shelf.path("practices", "index.toml")
        raise Unreadable(ContentError(path, "practices", f"does not list {name}, which has a folder"))
    texts = {}
    for language, file in languages(shelf.files("practices", name, ending=".toml"), "text", ".toml"):
        path = shelf.path("practices", name, file)
        text = shaped(PracticeText, table(path), path)
        texts[language] = marked(shelf, f"practices/{name}/{language}", text)
    if not texts:
        missing = shelf.path("practices", name, "text.en.toml")
        raise Unreadable(ContentError(missing, "forms", "this file is missing"))
    return Practice(**dict(index[name]), text=texts)


def programme(shelf: Shelf, name: str) -> tuple[Programme, list[str]]:
    """The programme without its sessions, and the names of their folders. Raises Unreadable."""
    path = shelf.path("programme", name, "programme.toml")
    definition = shaped(Programme, table(path), path)
    if definition.id != name:
        raise Unreadable(ContentError(path, "id", f"is {definition.id}, but the folder is called {name}"))
    weeks = [f"week-{week:02d}" for week in range(1, definition.weeks + 1)]
    folders = shelf.folders("programme", name)
    if faults := [*_week_faults(path, folders, weeks)]:
        raise Unreadable(*faults)
    return definition, weeks


def _week_faults(path: Path, folders: list[str], weeks: list[str]) -> Iterator[ContentError]:
    for week in weeks:
        if week not in folders:
            yield ContentError(path, "weeks", f"the folder {week} is missing")
    for folder in folders:
        if folder not in weeks:
            yield ContentError(path, "weeks", f"the folder {folder} is none of the {len(weeks)} weeks")


def frames(shelf: Shelf, name: str) -> dict[str, Frame]:
    found = {}
    for language, file in languages(shelf.files("programme", name, ending=".toml"), "frame", ".toml"):
        path = shelf.path("programme", name, file)
        found[language] = shaped(Frame, table(path), path)
    return found


def session(shelf: Shelf, name: str, week: str, frame: Mapping[str, Frame]) -> Session:
    """One session: session.toml, text.<language>.toml, participant and guide, drawing. Raises Unreadable."""
    folder = ("programme", name, week)
    path = shelf.path(*folder, "session.toml")
    definition = shaped(Session, table(path), path)
    if f"week-{definition.week:02d}" != week:
        raise Unreadable(ContentError(path, "week", f"is {definition.week}, but the folder is called {week}"))
    texts = {
        language: _session_text(shelf, folder, language, frame)
        for language, _ in languages(shelf.files(*folder, ending=".toml"), "text", ".toml")
    }
    if not texts:
        raise Unreadable(ContentError(shelf.path(*folder, "text.en.toml"), "title", "this file is missing"))
    return definition.model_copy(update={"text": texts, "drawing": _drawing(shelf, folder)})


def _session_text(
    shelf: Shelf, folder: tuple[str, ...], language: str, frame: Mapping[str, Frame]
) -> SessionText:
    path = shelf.path(*folder, f"text.{language}.toml")
    if language not in frame:
        raise Unreadable(ContentError(path, "guide", f"there is no frame.{language}.toml for its guide"))
    data: dict[str, Any] = table(path)
    participant = shelf.file(*folder, f"participant.{language}.md")
    if participant is not None:
        data["passages"] = passages(participant, sections(participant, words(participant)))
    data["guide"] = _guide(shelf, folder, language, frame[language])
    text = shaped(SessionText, data, path)
    return marked(shelf, "/".join((*folder, language)), text)


def _guide(shelf: Shelf, folder: tuple[str, ...], language: str, frame: Frame) -> SessionGuide:
    """The frame's blocks, filled from the Markdown sections that bear their titles."""
    path = shelf.path(*folder, f"guide.{language}.md")
    written = {section.heading: section for section in sections(path, words(path))}
    known = {*LISTS, ONLINE, *(block.title for block in frame.blocks)}
    if unknown := [section for section in written.values() if section.heading not in known]:
        reason = f"no such heading; there are {', '.join(sorted(known))}"
        raise Unreadable(*(ContentError(path, section.heading, reason) for section in unknown))
    data: dict[str, Any] = {LISTS[name]: _list(path, written[name]) for name in LISTS if name in written}
    data["online"] = written[ONLINE].body if ONLINE in written else ""
    data["blocks"] = [_block(block, written.get(block.title)) for block in frame.blocks]
    return shaped(SessionGuide, data, path)


def _list(path: Path, section: Section) -> list[str]:
    """The points of a section that is one list; a point may run over several lines."""
    points = re.split(r"^- ", section.body, flags=re.MULTILINE)
    if points[0].strip():
        raise Unreadable(ContentError(path, section.heading, "is a list: every point begins with '- '"))
    return [" ".join(point.split()) for point in points[1:]]


def _block(block: FrameBlock, section: Section | None) -> dict[str, Any]:
    """A quote that opens the section holds what must be said; each paragraph of it is one line to say."""
    lines = section.body.splitlines() if section else []
    opening = next((place for place, line in enumerate(lines) if line and line[0] != ">"), len(lines))
    quote = "\n".join(line.removeprefix(">").strip() for line in lines[:opening])
    say = [" ".join(paragraph.split()) for paragraph in quote.split("\n\n") if paragraph.strip()]
    return {**dict(block), "say": say, "guide": "\n".join(lines[opening:]).strip()}


def _drawing(shelf: Shelf, folder: tuple[str, ...]) -> str:
    path = shelf.file(*folder, "drawing.svg")
    if path is None:
        return ""
    source = words(path).strip()
    if reason := _drawing_fault(source):
        raise Unreadable(ContentError(path, "svg", reason))
    return source


def _drawing_fault(source: str) -> str:
    """Pages take the drawing in as it is, so nothing in it may run, load, or bring a style of its own."""
    if "<!" in source or "<?" in source:
        return "has a declaration or comment; a plain <svg> element is enough"
    try:
        root = ElementTree.fromstring(source)  # noqa: S314 (declarations are refused above)
    except ElementTree.ParseError as error:
        return f"is not XML: {error}"
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    keys = {key.rpartition("}")[2] for element in root.iter() for key in element.attrib}
    if refused := names & {"script", "style", "image", "use", "a", "foreignObject", "animate", "set"}:
        return f"may not hold {', '.join(sorted(refused))}"
    if refused := {key for key in keys if key in ("style", "href") or key.startswith("on")}:
        return f"may not hold the attribute {', '.join(sorted(refused))}"
    missing = {"title", "desc"} - names
    return f"needs {' and '.join(sorted(missing))} for those who cannot see it" if missing else ""
