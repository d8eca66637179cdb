"""Template filters for words: Markdown of content files, telephone numbers."""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.utils.safestring import SafeString, mark_safe

from allay.records.models import HelpNumber

register = template.Library()


@lru_cache(maxsize=1)
def _renderer():  # type: ignore[no-untyped-def]
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "linkify": False}).disable("image")


@register.filter
@lru_cache(maxsize=2048)
def markdown(text: str) -> SafeString:
    """Markdown of a content file as HTML. Raw HTML in it is shown as text."""
    return mark_safe(_renderer().render(text))  # noqa: S308  # content files only, and html is off


@register.filter
def picture(svg: str) -> SafeString:
    """SVG that science.charts made: it escapes every word and has neither script nor style."""
    return mark_safe(svg)  # noqa: S308


@register.filter
def of_kind(numbers: Iterable[HelpNumber], kind: str) -> list[HelpNumber]:
    return [number for number in numbers if number.kind == kind]


@register.filter
def dialled(number: str) -> str:
    """A telephone number as a phone dials it."""
    return "".join(character for character in number if character.isdigit() or character == "+")
