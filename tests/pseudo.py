"""A made-up language (en-XA): English with its vowels changed. Whatever still reads as English on a page is hard-wired."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from html.parser import HTMLParser
from typing import Annotated, Any, get_args, get_origin

from allay.content import library
from allay.content.schema.shape import Review, Shape

VOWELS = str.maketrans("aeiouAEIOU", "åéïöüÅÉÏÖÜ")
KEPT = re.compile(
    r"(%\(\w+\)[sd]|%[sd]|\{\w*\}|\]\([^)]*\)|<[^>]*>|&\w+;|`[^`]*`)"
)  # no words: gaps, links, marks
NO_WORDS = {"version", "fingerprint", "source", "review", "licence"}


def marked(text: str) -> str:
    parts = KEPT.split(text)
    return "".join(part if at % 2 else part.translate(VOWELS) for at, part in enumerate(parts))


def speak(monkeypatch) -> None:
    """From now on gettext answers in the made-up language, and the content is written in it."""
    from django.utils import translation

    trans = translation._trans
    one = lambda singular, plural, number: marked(singular if number == 1 else plural)  # noqa: E731
    monkeypatch.setattr(trans, "gettext", marked, raising=False)
    monkeypatch.setattr(trans, "pgettext", lambda _context, text: marked(text), raising=False)
    monkeypatch.setattr(trans, "ngettext", one, raising=False)
    monkeypatch.setattr(trans, "npgettext", lambda _context, *rest: one(*rest), raising=False)
    there = library.load()
    written = replace(
        there, **{field.name: _marked(getattr(there, field.name), field.type) for field in fields(there)}
    )
    monkeypatch.setattr(library, "load", lambda extra=None: written)


def _marked(value: Any, kind: Any) -> Any:
    """The same content in the made-up language; ids and keys stay as they are."""
    if isinstance(value, Review):
        return value
    if isinstance(value, Shape):
        return value.model_copy(update={name: _field(value, name) for name in type(value).model_fields})
    given = [one for one in get_args(kind) if one is not type(None)]
    if len(given) < len(get_args(kind)):
        return None if value is None else _marked(value, given[0])
    if isinstance(value, Mapping):
        return {key: _marked(one, given[-1]) for key, one in value.items()}
    if isinstance(value, tuple):
        return tuple(_marked(one, given[0] if given[-1] is ... else given[-1]) for one in value)
    return marked(value) if isinstance(value, str) and _is_text(kind) else value


def _field(shape: Shape, name: str) -> Any:
    field, value = type(shape).model_fields[name], getattr(shape, name)
    if name in NO_WORDS or any(getattr(rule, "pattern", None) for rule in field.metadata):
        return value
    if name == "drawing":
        return re.sub(r"(<title[^>]*>|<desc[^>]*>)([^<]*)", lambda found: found[1] + marked(found[2]), value)
    return _marked(value, field.annotation)


def _is_text(kind: Any) -> bool:
    if get_origin(kind) is Annotated:
        return not any(getattr(rule, "pattern", None) for rule in kind.__metadata__)
    return kind is str or str in get_args(kind)


class Words(HTMLParser):
    """Everything of a page that is seen or heard: texts, and attributes that carry words."""

    SPOKEN = frozenset({"aria-label", "title", "alt", "placeholder", "label"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style", "code")
        for name, value in attrs:
            spoken = name in self.SPOKEN or (
                name.startswith("data-") and re.search(r"[A-Za-z]{2} [a-z]{2}", value or "")
            )
            if spoken and value:
                self.found.append(value)

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "code")

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.found.append(" ".join(data.split()))


def frozen(there: library.Library) -> str:
    """Every text that a study keeps as it was asked: questionnaires, consent, names of timepoints. One line each."""
    found: list[str] = []

    def gather(value: Any) -> None:
        if isinstance(value, Shape):
            value = vars(value)
        if isinstance(value, Mapping):
            value = tuple(value.values())
        if isinstance(value, tuple):
            for one in value:
                gather(one)
        elif isinstance(value, str):
            found.append(" ".join(re.sub(r"[*_>`]", "", value).split()))

    gather((there.instruments, there.consents, there.schedules))
    return "\n".join(found)


def hard_wired(page: str, allowed: re.Pattern[str], as_asked: str = "") -> list[str]:
    """Texts with a word in plain English; left out are names (`allowed`) and what a study froze (`as_asked`)."""
    parts = (part.strip(" .") for text in Words(page).found for part in re.split(r" · |\. ", text))
    texts = (allowed.sub(" ", part) for part in parts if part not in as_asked)
    return sorted({text.strip() for text in texts if re.search(r"[A-Za-z]*[aeiou][A-Za-z]*", text, re.I)})
