"""Every word of the participant's pages goes through translation: a made-up language shows what does not."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from allay.content import library
from tests import pseudo
from tests.conftest import make_cast
from tests.journeys.pages import LATER, NOWHERE, PARTICIPANT, PUBLIC, WEEK_6, WEEK_12

ELSEWHERE = ("/", "/demo/", "/style/")  # for strangers (below), and for those who set up and draw
# What no translator is given: names of people, groups, places and the product, what an administrator typed,
# codes, time zones, e-mail, and the names that languages give themselves.
ALLOWED = re.compile(
    r"\b(Ana|Fay|North|Room 1|Allay|Emergency|English|London|Europe|PHQ-8|[A-Z][\w+-]*(/[A-Z][\w+-]*)+|UTC|E-mail)\b"
)
ADDRESSES = [
    *((path, WEEK_6) for path in (*PUBLIC, *PARTICIPANT, NOWHERE) if path not in ELSEWHERE),
    *((path, WEEK_12) for path in LATER),
]


@pytest.fixture
def ana(db, client, sign_in):
    people = make_cast(datetime.now(UTC))
    sign_in(people.ana)
    return client


@pytest.fixture
def visit(ana, monkeypatch):
    def page(path: str, days: int) -> str:
        session = ana.session
        session["demo_days"] = days
        session.save()
        pseudo.speak(monkeypatch)
        answer = ana.get(path)
        assert answer.status_code == (404 if path == NOWHERE else 200), answer
        return answer.content.decode()

    return page


@pytest.mark.parametrize(("path", "days"), ADDRESSES)
def test_nothing_on_the_page_is_hard_wired(visit, path, days):
    as_asked = pseudo.frozen(library.load())
    assert not pseudo.hard_wired(visit(path, days), ALLOWED, as_asked)


@pytest.mark.parametrize("path", ["/", "/join/", "/sign-in/", "/help/", "/flare/", "/today/"])
def test_nothing_is_hard_wired_for_a_stranger(client, db, monkeypatch, path):
    pseudo.speak(monkeypatch)
    assert not pseudo.hard_wired(client.get(path, follow=True).content.decode(), ALLOWED)


def test_a_hard_wired_word_is_noticed():
    page = f'<p>{pseudo.marked("Hello there")}</p><button aria-label="Close it">×</button><p>Save</p>'
    assert pseudo.hard_wired(page, ALLOWED) == ["Close it", "Save"]


SCRIPTS = Path(__file__).parents[3] / "allay/faces/participant/static/participant"
SENTENCE = re.compile(r"""["'`]([A-Z][a-z]+(?:[ ,][A-Za-z{}$]+)+[.?!]?)["'`]""")


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.js")), ids=lambda path: path.name)
def test_scripts_take_their_words_from_the_page(script):
    code = re.sub(r"//.*|/\*.*?\*/", "", script.read_text("utf-8"))
    said = [text for text in SENTENCE.findall(code) if f'Error("{text}")' not in code]
    assert not said
