"""Sheets as they stand: which are open, what each says now, where two versions wait for a choice, what is shared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allay.content import library
from allay.content.schema import Sheet, SheetItem, SheetItemText, SheetText
from allay.records.access import Permission, require
from allay.records.errors import NotYours
from allay.records.models import Enrolment, Group, Role, SheetShare, SheetVersion
from allay.records.queries.today import in_programme, week_of, wording
from allay.science.versions import Version, common, heads, in_order, suggested

FLARE_PLAN = "flare-plan"


@dataclass(frozen=True)
class Line:
    """One item of a sheet as it is read."""

    id: str
    title: str
    taps: tuple[str, ...] = ()
    words: str = ""
    people: tuple[tuple[str, str], ...] = ()  # who, and what is asked
    ring: tuple[str, ...] = ()  # names of the places, in order
    strongest: int | None = None  # the place that the strongest arrow leaves
    step_out: int | None = None
    drawing: tuple[tuple[int, ...], ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.taps or self.words or self.people or self.ring or self.drawing)


@dataclass(frozen=True)
class Kept:
    """One version: what it says, and when it arrived."""

    id: str
    at: datetime
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """A sheet as it stands. Two heads or more wait for a choice; until then the last one is shown."""

    sheet: Sheet
    text: SheetText
    heads: tuple[Kept, ...]
    offered: Mapping[str, int]  # for a choice: item -> place of the head to offer first
    shared: frozenset[str]  # ids of items
    versions: int

    @property
    def content(self) -> Mapping[str, Any]:
        return self.heads[-1].content if self.heads else {}

    @property
    def at(self) -> datetime | None:
        return self.heads[-1].at if self.heads else None

    @property
    def lines(self) -> tuple[Line, ...]:
        return lines(self.sheet, self.text, self.content)


@dataclass(frozen=True)
class SheetCard:
    id: str
    title: str
    about: str
    begun: bool


@dataclass(frozen=True)
class Growing:
    """What a session adds to, or a practice leads to: a sheet and some of its items (id and title)."""

    id: str
    title: str
    items: tuple[tuple[str, str], ...] = ()


def cards(enrolment: Enrolment, at: datetime) -> tuple[SheetCard, ...]:
    """The sheets that are open to the person, in their order. One statement."""
    begun = set(enrolment.sheet_versions.values_list("sheet", flat=True))
    language = enrolment.person.language
    return tuple(
        SheetCard(sheet.id, text.title, text.about, sheet.id in begun)
        for sheet in by_order()
        if sheet.id in begun or is_open(sheet, enrolment, at)
        for text in [wording(sheet.text, language)]
    )


def by_order() -> list[Sheet]:
    return sorted(library.load().sheets.values(), key=lambda sheet: (sheet.order, sheet.id))


def is_open(sheet: Sheet, enrolment: Enrolment, at: datetime) -> bool:
    """Whether its week has come; what somebody has begun stays open in any case."""
    return in_programme(enrolment) and sheet.opens_in <= week_of(enrolment, at)


def is_open_in(sheet_id: str, week: int) -> bool:
    """Whether a sheet is open in a week of the programme. No statement."""
    sheet = library.load().sheets.get(sheet_id)
    return sheet is not None and sheet.opens_in <= week


def filled(enrolment: Enrolment) -> list[tuple[str, list[Line]]]:
    """Title and lines of every sheet that has something in it, as it stands now."""
    begun = set(enrolment.sheet_versions.values_list("sheet", flat=True))
    found = [_standing(enrolment, sheet) for sheet in by_order() if sheet.id in begun]
    said = [(one.text.title, [line for line in one.lines if not line.empty]) for one in found]
    return [(title, lines) for title, lines in said if lines]


def standing(enrolment: Enrolment, sheet_id: str, at: datetime) -> Standing:
    """One sheet. Raises NotYours where there is none, or it is not open yet. Three statements."""
    sheet = library.load().sheets.get(sheet_id)
    found = _standing(enrolment, sheet) if sheet else None
    if sheet is None or found is None or not (found.versions or is_open(sheet, enrolment, at)):
        raise NotYours
    return found


def flare_plan(enrolment: Enrolment) -> Standing | None:
    """The person's own flare plan, or None while there is nothing in it."""
    sheet = library.load().sheets.get(FLARE_PLAN)
    found = _standing(enrolment, sheet) if sheet else None
    return found if found and found.content else None


def _standing(enrolment: Enrolment, sheet: Sheet) -> Standing:
    versions = _bare(enrolment, sheet.id)
    several = heads([version for version, _at in versions])
    base = common([version for version, _at in versions], several) if len(several) > 1 else None
    whole = _contents(enrolment, [*several, *([base] if base else [])])
    times = {version.id: at for version, at in versions}
    known = [whole.get(version.id, version) for version, _at in versions]
    full = [whole[head.id] for head in several]
    shares = enrolment.sheet_shares.filter(sheet=sheet.id, revoked_at=None).values_list("item", flat=True)
    return Standing(
        sheet=sheet,
        text=wording(sheet.text, enrolment.person.language),
        heads=tuple(Kept(head.id, times[head.id], head.content) for head in full),
        offered=suggested(known, full) if len(full) > 1 else {},
        shared=frozenset(shares),
        versions=len(versions),
    )


def _bare(enrolment: Enrolment, sheet_id: str) -> list[tuple[Version, datetime]]:
    """All versions without what they say, the first one first, each with its time of arrival."""
    rows = enrolment.sheet_versions.filter(sheet=sheet_id).order_by("received_at", "pk")
    found = rows.values_list("pk", "follows", "received_at")
    times = {str(pk): at for pk, _follows, at in found}
    ordered = in_order([Version(str(pk), tuple(follows), {}) for pk, follows, _at in found])
    return [(version, times[version.id]) for version in ordered]


def _contents(enrolment: Enrolment, versions: Iterable[Version]) -> dict[str, Version]:
    by_id = {version.id: version for version in versions}
    rows = enrolment.sheet_versions.filter(pk__in=list(by_id)).values_list("pk", "content")
    return {str(pk): Version(str(pk), by_id[str(pk)].follows, content) for pk, content in rows}


def history(enrolment: Enrolment, sheet_id: str) -> list[tuple[str, datetime]]:
    """Ids of all versions and when they arrived, the newest first."""
    return [(version.id, at) for version, at in reversed(_bare(enrolment, sheet_id))]


def version(enrolment: Enrolment, sheet_id: str, version_id: object) -> Kept:
    """One version of one's own. Raises NotYours."""
    row: SheetVersion | None = enrolment.sheet_versions.filter(pk=version_id, sheet=sheet_id).first()
    if row is None:
        raise NotYours
    return Kept(str(row.pk), row.received_at, row.content)


def facilitators(group: Group | None) -> list[str]:
    """The names of those who may read what is shared."""
    roles = Role.objects.filter(group=group, kind=Role.Kind.FACILITATOR, ended_at=None)
    return list(roles.order_by("person__name").values_list("person__name", flat=True)) if group else []


def shared_lines(enrolment: Enrolment, by: object) -> list[tuple[str, tuple[Line, ...]]]:
    """What the person lets their facilitators read now: title of the sheet, and its shared lines.

    Asked for by whoever reads. Raises NotYours for everybody but facilitators of the person's group, and once
    the person has left.
    """
    require(by, Permission.READ_SHARED, enrolment)
    shared = set(SheetShare.objects.filter(enrolment=enrolment, revoked_at=None).values_list("sheet", "item"))
    found = []
    for sheet in by_order():
        items = {item for name, item in shared if name == sheet.id}
        if items:
            at_hand = _standing(enrolment, sheet)
            said = tuple(line for line in at_hand.lines if line.id in items and not line.empty)
            found += [(at_hand.text.title, said)] if said else []
    return found


def grown_in(week: int, language: str) -> tuple[Growing, ...]:
    """The sheets and items that the session of a week adds to. No statement: content alone."""
    return tuple(
        Growing(sheet.id, text.title, tuple((item.id, text.items[item.id].title) for item in items))
        for sheet in by_order()
        if (items := sheet.grown_in(week))
        for text in [wording(sheet.text, language)]
    )


def led_to_from(practice: str, language: str) -> tuple[Growing, ...]:
    """The sheets that a practice leads to. No statement: content alone."""
    found = (sheet for sheet in by_order() if practice in sheet.practices)
    return tuple(Growing(sheet.id, wording(sheet.text, language).title) for sheet in found)


def lines(sheet: Sheet, text: SheetText, content: Mapping[str, Any]) -> tuple[Line, ...]:
    """Every item of the sheet in words; an item without anything in it is an empty line."""
    return tuple(line(item, text.items[item.id], content.get(item.id, {})) for item in sheet.items)


def line(item: SheetItem, words: SheetItemText, kept: Mapping[str, Any]) -> Line:
    def named(tap: str) -> str:
        return tap_words(item, words, tap)

    return Line(
        id=item.id,
        title=words.title,
        taps=tuple(map(named, kept.get("taps", []))),
        words=kept.get("words", ""),
        people=tuple((row["who"], row["ask"]) for row in kept.get("people", [])),
        ring=tuple(place.get("words") or named(place["tap"]) for place in kept.get("ring", [])),
        strongest=kept.get("strongest"),
        step_out=kept.get("step_out"),
        drawing=tuple(map(tuple, kept.get("drawing", []))),
    )


def tap_words(item: SheetItem, words: SheetItemText, tap: str) -> str:
    """The words of a tap; of one that the content no longer has, its id as words."""
    if item.kind == "practices":
        entry = library.load().practice_index.get(tap)
        return entry.name if entry else tap
    return words.suggestions.get(tap, tap.replace("-", " "))
