"""The pages as they are read: every passage easy enough, no word that hurts, nothing counted that was missed."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from allay.content import library
from tests import pseudo
from tests.content.test_words import FORBIDDEN, LONG_ENOUGH, MISSES, grade
from tests.journeys.pages import LATER, NOWHERE, PARTICIPANT, PUBLIC, WEEK_6, WEEK_12

ELSEWHERE = (
    "/",
    "/join/",
    "/sign-in/",
    "/demo/",
    "/style/",
)  # for strangers, and for those who set up and draw
LIMITS = {"/help/": 6.0, "/consent/": 8.0}  # signs and calls for help; what is agreed to
ADDRESSES = [
    *((path, WEEK_6) for path in (*PUBLIC, *PARTICIPANT, NOWHERE) if path not in ELSEWHERE),
    *((path, WEEK_12) for path in LATER),
]


class Passages(HTMLParser):
    """Paragraphs and points of a page, and its sections with the end of each part made a full stop."""

    PARTS, WHOLE = frozenset({"p", "li", "dd", "dt", "h1", "h2", "h3", "summary", "legend"}), "section"
    SILENT = frozenset({"script", "style", "nav", "option", "button", "label", "svg", "table", "code"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.sections: list[list[str]] = []
        self.open: list[list[str]] = []
        self.silent = 0
        self.feed(page)

    @property
    def found(self) -> list[str]:
        ended = (
            " ".join(part if part[-1] in ".?!:" else f"{part}." for part in one) for one in self.sections
        )
        return [*self.parts, *ended]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in self.SILENT
        if tag in self.PARTS:
            self.parts.append("")
        if tag == self.WHOLE:
            self.open.append([])

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in self.SILENT
        if tag in self.PARTS and self.parts and self.parts[-1].strip():
            self.parts[-1] = " ".join(self.parts[-1].split())
            for section in self.open[-1:]:
                section.append(self.parts[-1])
        if tag == self.WHOLE and self.open:
            self.sections.append(self.open.pop())

    def handle_data(self, data: str) -> None:
        if not self.silent and self.parts:
            self.parts[-1] += data


@pytest.fixture
def read(cast, as_person):
    def passages(path: str, days: int) -> list[str]:
        page = as_person(cast.ana, moved=timedelta(days=days)).get(path).content.decode()
        as_asked = pseudo.frozen(library.load()) if path.startswith("/questions/") else ""
        return [one for one in Passages(page).found if one.strip(" .") and one.strip(" .") not in as_asked]

    return passages


@pytest.mark.parametrize(("path", "days"), ADDRESSES)
def test_every_passage_reads_easily_and_none_hurts(read, path, days):
    limit = next((limit for start, limit in LIMITS.items() if path.startswith(start)), 5.0)
    passages = read(path, days)
    hard = [one for one in passages if len(one.split()) >= LONG_ENOUGH and grade(one) > limit]
    assert not hard, [(round(grade(one), 1), one) for one in hard]
    words = [*FORBIDDEN.values(), MISSES]
    assert not [one for one in passages if any(re.search(word, one, re.IGNORECASE) for word in words)]


def test_a_hard_passage_is_noticed():
    hard = "Participation in multidisciplinary rehabilitation necessitates considerable perseverance. " * 7
    (found, *_rest) = Passages(f"<main><p>{hard}</p></main>").found
    assert len(found.split()) >= LONG_ENOUGH
    assert grade(found) > 5
