"""Sheets: sheets/<id>/sheet.toml and text.<language>.toml."""

from collections.abc import Iterator
from pathlib import Path

from allay.content.errors import ContentError
from allay.content.loading.reading import Unreadable, languages, shaped, table
from allay.content.loading.shelf import Shelf
from allay.content.schema import Sheet, SheetItem, SheetItemText, SheetText


def sheet(shelf: Shelf, name: str) -> Sheet:
    """A sheet with its words in every language there is. Raises Unreadable."""
    path = shelf.path("sheets", name, "sheet.toml")
    definition = shaped(Sheet, table(path), path)
    if definition.id != name:
        raise Unreadable(ContentError(path, "id", f"is {definition.id}, but the folder is called {name}"))
    texts = {}
    for language, file in languages(shelf.files("sheets", name, ending=".toml"), "text", ".toml"):
        path = shelf.path("sheets", name, file)
        texts[language] = shaped(SheetText, table(path), path)
        if faults := [*_text_faults(definition, texts[language], path)]:
            raise Unreadable(*faults)
    if not texts:
        missing = shelf.path("sheets", name, "text.en.toml")
        raise Unreadable(ContentError(missing, "title", "this file is missing"))
    return definition.model_copy(update={"text": texts})


def _text_faults(sheet: Sheet, text: SheetText, path: Path) -> Iterator[ContentError]:
    known = {item.id for item in sheet.items}
    for name in sorted(known - set(text.items)):
        yield ContentError(path, f"items.{name}", "is missing")
    for name in sorted(set(text.items) - known):
        yield ContentError(path, f"items.{name}", "is no item of this sheet")
    for item in sheet.items:
        if item.id in text.items and (reason := _reason(item, text.items[item.id])):
            yield ContentError(path, f"items.{item.id}.suggestions", reason)


def _reason(item: SheetItem, words: SheetItemText) -> str:
    if item.kind == "practices":
        return "are the practices themselves; leave them out here" if words.suggestions else ""
    needed = 3 if item.kind == "ring" else 2
    return "" if len(words.suggestions) >= needed else f"need {needed} or more: nobody has to type"
