"""A sheet as one ordinary form: its fields from what is kept or was just sent, and what was sent as content.

Names are made of the item and the part of it: `matters.taps`, `matters.words`, `matters.drawing` (JSON),
`people.who`, `people.ask`, `ring.place` (repeated, in order), `ring.strongest`, `ring.step_out`.
Buttons named `step` change the ring without keeping anything: `ring|add|worry`, `ring|own`, `ring|off|2`,
`ring|earlier|2`, `ring|strongest|2`, `ring|out|2`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from allay.content.schema import Sheet, SheetItem, SheetText
from allay.records.queries.sheets import Line, line, tap_words

TAP, OWN = "tap:", "own:"


@dataclass(frozen=True)
class Place:
    """One place of the ring: how the form carries it, and how it reads."""

    value: str
    words: str


@dataclass(frozen=True)
class Field:
    """One item of the form."""

    item: SheetItem
    title: str
    hint: str
    line: Line
    choices: tuple[tuple[str, str], ...]  # id and words
    taps: tuple[str, ...]
    words: str
    drawing: str  # JSON of its strokes; empty without one
    people: tuple[tuple[str, str], ...]  # rows, also empty ones
    asks: tuple[str, ...]
    places: tuple[Place, ...]
    strongest: int | None
    step_out: int | None
    shared: bool
    problem: str = ""
    open: bool = False  # it is being changed just now


def fields(
    sheet: Sheet,
    text: SheetText,
    content: Mapping[str, Any],
    *,
    practices: Sequence[tuple[str, str]],
    shared: frozenset[str],
    problem: tuple[str, str] = ("", ""),
) -> list[Field]:
    """Every item of the sheet with what stands in it; `problem` is an item and a sentence."""
    return [_field(item, text, content.get(item.id, {}), practices, shared, problem) for item in sheet.items]


def _field(
    item: SheetItem,
    text: SheetText,
    kept: Mapping[str, Any],
    practices: Sequence[tuple[str, str]],
    shared: frozenset[str],
    problem: tuple[str, str],
) -> Field:
    words = text.items[item.id]
    people = [(row["who"], row["ask"]) for row in kept.get("people", [])]
    chosen = tuple(kept.get("taps", []))
    return Field(
        item=item,
        title=words.title,
        hint=words.hint,
        line=line(item, words, kept),
        choices=_with_chosen(practices, chosen)
        if item.kind == "practices"
        else tuple(words.suggestions.items()),
        taps=chosen,
        words=kept.get("words", ""),
        drawing=json.dumps(kept["drawing"], separators=(",", ":")) if kept.get("drawing") else "",
        people=tuple(people + [("", "")] * max(0, item.most - len(people))) if item.kind == "people" else (),
        asks=words.asks,
        places=tuple(
            Place(_carried(place), place.get("words") or tap_words(item, words, place["tap"]))
            for place in kept.get("ring", [])
        ),
        strongest=kept.get("strongest"),
        step_out=kept.get("step_out"),
        shared=item.id in shared,
        problem=problem[1] if problem[0] == item.id else "",
        open=problem[0] == item.id,
    )


def _with_chosen(practices: Sequence[tuple[str, str]], chosen: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The practices on offer, and those chosen before that are not on offer now."""
    offered = {name for name, _words in practices}
    return (*practices, *((name, name) for name in chosen if name not in offered))


def _carried(place: Mapping[str, str]) -> str:
    return f"{TAP}{place['tap']}" if place.get("tap") else f"{OWN}{place.get('words', '')}"


def content(sheet: Sheet, sent: QueryDict) -> dict[str, Any]:
    """What was sent, as the verb takes it. It is read strictly there; here nothing is refused."""
    found = {item.id: _item(item, sent) for item in sheet.items}
    return {name: given for name, given in found.items() if given}


def _item(item: SheetItem, sent: QueryDict) -> dict[str, Any]:
    def part(name: str) -> list[str]:
        return sent.getlist(f"{item.id}.{name}")

    who, ask = part("who"), part("ask")
    given = {
        "taps": part("taps"),
        "words": "\n".join(part("words")),
        "drawing": _strokes("".join(part("drawing"))),
        "people": [{"who": one, "ask": other} for one, other in zip(who, ask, strict=False) if one or other],
        "ring": [_place(carried) for carried in part("place") if carried not in (TAP, OWN)],
        "strongest": _number(part("strongest")),
        "step_out": _number(part("step_out")),
    }
    return {name: value for name, value in given.items() if value not in ("", [], None)}


def _strokes(sent: str) -> Any:
    """Whatever the JSON says: the verb refuses what is no drawing."""
    try:
        return json.loads(sent) if sent else []
    except (ValueError, RecursionError):
        return [sent]


def _place(carried: str) -> dict[str, str]:
    if carried.startswith(TAP):
        return {"tap": carried.removeprefix(TAP)}
    return {"words": carried.removeprefix(OWN)}


def _number(sent: list[str]) -> int | None:
    return int(sent[-1]) if sent and sent[-1].isascii() and sent[-1].isdigit() and len(sent[-1]) < 3 else None


def step(sheet: Sheet, content: dict[str, Any], asked: str, sent: QueryDict) -> str:
    """Does one step on a ring of `content`; gives the item it was for, or "" for a step there is not."""
    name, _bar, rest = asked.partition("|")
    what, _bar, which = rest.partition("|")
    item = sheet.item(name)
    if item is None or item.kind != "ring":
        return ""
    given = content.setdefault(name, {})
    places = given.setdefault("ring", [])
    if what == "add":
        places.append({"tap": which})
    elif what == "own" and (own := sent.get(f"{name}.own", "").strip()):
        places.append({"words": own})
    elif (place := _number([which])) is not None and place < len(places):
        _change(given, places, what, place)
    return name


def _change(given: dict[str, Any], places: list[dict[str, str]], what: str, place: int) -> None:
    marked = {mark: given.get(mark) for mark in ("strongest", "step_out")}
    if what == "off":
        places.pop(place)
        moved = {mark: _after_taking(number, place) for mark, number in marked.items()}
    elif what == "earlier":
        before = (place - 1) % len(places)
        places[before], places[place] = places[place], places[before]
        swap = {before: place, place: before}
        moved = {mark: swap.get(number, number) for mark, number in marked.items()}  # type: ignore[arg-type]
    else:
        mark = {"strongest": "strongest", "out": "step_out"}.get(what, "")
        moved = {**marked, **({mark: None if marked[mark] == place else place} if mark else {})}
    given.update(moved)


def _after_taking(number: int | None, place: int) -> int | None:
    if number is None or number == place:
        return None
    return number - 1 if number > place else number
