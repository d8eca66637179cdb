"""Texts of the content in templates: short sentences ({% phrase "practice.asked" %}) and drawings."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from allay.content import library

register = template.Library()


@register.simple_tag
def phrase(key: str) -> str:
    """The sentence of this key. Raises KeyError for an unknown key; a test reads all templates for them."""
    return library.load().phrases[key]


@register.filter
def drawing(source: str) -> SafeString:
    """A session's drawing, put into the page as it is, with the words it brings for those who cannot see it."""
    return mark_safe(source)  # noqa: S308  # the content check lets no script, style or link into a drawing
