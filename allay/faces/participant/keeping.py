"""Everything as one file to read: own data, what was reached of the programme, letters. It needs nothing but itself.

A part of the participant's face that has something to put in registers a chapter where its views are:

    @keeping.chapter(_("My plan"), "participant/keep/plan.html")
    def _plan(person: Person, enrolment: Enrolment, at: datetime) -> object: ...

The function gives what the template gets as `data`, or nothing where there is nothing to tell. All statements are
made there, none while the file is rendered. Styles lie in keep.css: headings, lists, tables.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from allay.records.models import Enrolment, Person
from allay.records.queries import letters, own_data, practices, sessions
from allay.records.queries.today import open_sessions, wording

Tell = Callable[[Person, Enrolment, datetime], object]
_chapters: list[tuple[str | Promise, str, Tell]] = []


@dataclass(frozen=True)
class Chapter:
    title: str | Promise
    template: str
    data: object


@dataclass(frozen=True)
class Table:
    """Rows of one kind out of the own data, as texts."""

    name: str
    headers: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def chapter(title: str | Promise, template: str) -> Callable[[Tell], Tell]:
    """Registers a chapter; chapters stand in the order in which they were registered."""

    def register(tell: Tell) -> Tell:
        _chapters.append((title, template, tell))
        return tell

    return register


def chapters(person: Person, enrolment: Enrolment, at: datetime) -> list[Chapter]:
    """Every chapter that has something to tell. After leaving, the programme as far as it was reached."""
    reached = min(at, enrolment.withdrawn_at or at)
    told = [Chapter(title, template, tell(person, enrolment, reached)) for title, template, tell in _chapters]
    return [one for one in told if one.data]


def style() -> SafeString:
    """The style sheet that goes into the file."""
    css = files("allay.faces.participant").joinpath("keep.css").read_text("utf-8")
    return mark_safe(f"<style>{css}</style>")  # noqa: S308  # our own file


@chapter(_("Letters to yourself"), "participant/keep/letters.html")
def _letters(person: Person, enrolment: Enrolment, at: datetime) -> object:
    return [{**letters.as_kept(one), "at": one.received_at} for one in enrolment.letters.all()]


@chapter(_("Sessions"), "participant/keep/sessions.html")
def _sessions(person: Person, enrolment: Enrolment, at: datetime) -> object:
    return [sessions.own_session(enrolment, one.week, at) for one in open_sessions(enrolment, at)]


@chapter(_("Practices"), "participant/keep/practices.html")
def _practices(person: Person, enrolment: Enrolment, at: datetime) -> object:
    return [wording(one.text, person.language) for one in practices.available(enrolment, at)]


@chapter(_("What is kept about you"), "participant/keep/data.html")
def _data(person: Person, enrolment: Enrolment, at: datetime) -> object:
    kept = own_data.own_data(person, at)["taking_part"]
    return [_table(name, rows) for one in kept for name, rows in one.items() if rows and name != "letters"]


def _table(name: str, kept: object) -> Table:
    rows = kept if isinstance(kept, list) else [kept if isinstance(kept, dict) else {"": kept}]
    headers = tuple(dict.fromkeys(header for row in rows for header in row))
    cells = tuple(tuple(_words(row.get(header)) for header in headers) for row in rows)
    return Table(name.replace("_", " ").capitalize(), tuple(map(_heading, headers)), cells)


def _heading(field: str) -> str:
    return field.replace("__", " ").replace("_", " ")


def _words(value: object) -> object:
    if isinstance(value, dict):
        return "; ".join(f"{_heading(str(key))}: {_words(one)}" for key, one in value.items())
    if isinstance(value, list):
        return "; ".join(str(_words(one)) for one in value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else value
