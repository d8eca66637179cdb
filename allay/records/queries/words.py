"""The words of a thing in somebody's language."""

from collections.abc import Mapping
from typing import TypeVar

Words = TypeVar("Words")


def wording(by_language: Mapping[str, Words], language: str) -> Words:
    """The words in this language, or else in English."""
    return by_language.get(language) or by_language["en"]
