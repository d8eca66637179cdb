"""What may stand on a sheet: read strictly against its definition, cleaned, with a kind sentence where it does not fit."""

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from allay.content import library
from allay.content.schema import Sheet, SheetItem
from allay.records.errors import Invalid
from allay.science.charts.strokes import HIGH, WIDE

LONGEST = 100_000  # characters on one sheet, all its lines together
LONGEST_NAME = 300  # of a person, an ask, or a place of the ring
MOST_NUMBERS = 20_000  # of all strokes of a sheet
KEPT_CONTROLS = "\n\t"


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Row(_Given):
    who: str = ""
    ask: str = ""


class _Place(_Given):
    tap: str = ""
    words: str = ""


class _Item(_Given):
    taps: list[str] = Field(default=[], max_length=50)
    words: str = ""
    drawing: list[list[Annotated[int, Field(ge=0, le=WIDE)]]] = Field(default=[], max_length=MOST_NUMBERS)
    people: list[_Row] = Field(default=[], max_length=20)
    ring: list[_Place] = Field(default=[], max_length=50)
    strongest: int | None = None
    step_out: int | None = None


def read(sheet: Sheet, sent: Mapping[str, object]) -> dict[str, Any]:
    """The content as it is kept: only items with something in them, text without control characters.

    Raises Invalid, naming the item, for whatever the definition does not have, and for too much.
    """
    found = {}
    for name, given in sent.items():
        item = sheet.item(name)
        if item is None:
            raise Invalid(_("There is no such line on this page."), field=str(name)[:60])
        if kept := _item(item, _shaped(given, item), taps_of(sheet, item)):
            found[item.id] = kept
    _require_room(found)
    return found


def taps_of(sheet: Sheet, item: SheetItem) -> set[str]:
    """The ids that may be tapped: the suggestions in any language, or the practices."""
    if item.kind == "practices":
        return set(library.load().practices)
    return {tap for text in sheet.text.values() for tap in text.items[item.id].suggestions}


def clean(text: str) -> str:
    """Text that every database and page can hold: one kind of line end, nothing unprintable or broken."""
    whole = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in whole if c in KEPT_CONTROLS or unicodedata.category(c) != "Cc").strip()


def _shaped(given: object, item: SheetItem) -> _Item:
    try:
        return _Item.model_validate(given)
    except ValidationError:
        raise Invalid(field=item.id) from None


def _item(item: SheetItem, given: _Item, known: set[str]) -> dict[str, Any]:
    taps = list(dict.fromkeys(given.taps))
    people = [{"who": clean(row.who), "ask": clean(row.ask)} for row in given.people]
    people = [row for row in people if row["who"] or row["ask"]]
    _require_taps(item, taps, known)
    _require_few(item, len(people) if item.kind == "people" else 0 if not people else item.most + 1)
    ring = [_place(item, place, known) for place in given.ring if place.tap or clean(place.words)]
    _require_few(item, len(ring) if item.kind == "ring" else 0 if not ring else item.most + 1)
    kept = {
        "taps": taps,
        "words": clean(given.words),
        "drawing": [stroke for stroke in given.drawing if _is_stroke(item, stroke)],
        "people": people,
        "ring": ring,
        "strongest": _place_of(given.strongest, ring),
        "step_out": _place_of(given.step_out, ring),
    }
    return {key: value for key, value in kept.items() if value not in ("", [], None)}


def _place(item: SheetItem, place: _Place, known: set[str]) -> dict[str, str]:
    if place.tap:
        _require_known(item, [place.tap], known)
        return {"tap": place.tap}
    return {"words": _short(item, clean(place.words))}


def _place_of(number: int | None, ring: list[dict[str, str]]) -> int | None:
    return number if number is not None and 0 <= number < len(ring) else None


def _is_stroke(item: SheetItem, stroke: list[int]) -> bool:
    if len(stroke) % 2 or any(y > HIGH for y in stroke[1::2]):
        raise Invalid(field=item.id)
    return bool(stroke)


def _require_taps(item: SheetItem, taps: list[str], known: set[str]) -> None:
    if item.kind == "ring" and taps:
        raise Invalid(field=item.id)
    _require_known(item, taps, known)
    _require_few(item, len(taps))


def _require_known(item: SheetItem, taps: list[str], known: set[str]) -> None:
    if any(tap not in known for tap in taps):
        raise Invalid(_("This is not one of the choices."), field=item.id)


def _require_few(item: SheetItem, number: int) -> None:
    if number > item.most:
        raise Invalid(_("Up to %d fit here. Take one off, and it will be kept.") % item.most, field=item.id)


def _short(item: SheetItem, words: str) -> str:
    if len(words) > LONGEST_NAME:
        raise Invalid(
            _("A few words are enough here. The rest can go into the box for words."), field=item.id
        )
    return words


def _require_room(found: Mapping[str, Any]) -> None:
    """All lines together; the largest one is named."""
    lengths = {name: _characters(kept) for name, kept in found.items()}
    if sum(lengths.values()) > LONGEST:
        sentence = _(
            "This is more than one page can hold. Nothing is lost: it is still here. Make it shorter."
        )
        raise Invalid(sentence, field=max(lengths, key=lengths.__getitem__))
    numbers = {name: sum(map(len, kept.get("drawing", []))) for name, kept in found.items()}
    if sum(numbers.values()) > MOST_NUMBERS:
        sentence = _("This drawing has more lines than can be kept. Take some off, and it will be.")
        raise Invalid(sentence, field=max(numbers, key=numbers.__getitem__))


def _characters(kept: Mapping[str, Any]) -> int:
    rows = [row["who"] + row["ask"] for row in kept.get("people", [])]
    places = [place.get("words", "") for place in kept.get("ring", [])]
    return sum(map(len, [kept.get("words", ""), *rows, *places]))
