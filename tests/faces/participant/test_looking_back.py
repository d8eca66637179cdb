"""Looking back, as a page."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from allay.content import library
from allay.records.models import Verdict
from allay.records.services import checkins, lookingback, practicelogs

PAGE = "/me/looking-back/"
# Words that say that one thing makes another, or what will be (clinical programme, layer 3).
CAUSAL = (
    r"\bcaus|\bbecause\b|\bleads? to\b|\bmakes?\b|\bdue to\b|\bthanks to\b|\beffects?\b|\baffects?\b|\bso that\b"
    r"|\bimproves?\b|\btriggers?\b|\bhelps? you\b|\bwill be\b|\bexpect|\bpredict|\btomorrow\b|\bif you\b|\bshould\b"
)


def text(response) -> str:
    return unescape(response.content.decode())


@pytest.fixture
def on(cast, at):
    lookingback.choose(enrolment=cast.ana_enrolment, on=True, by=cast.ana, at=at)


@pytest.fixture
def diary(cast, at):
    def keep(days, linked=True):
        who = {"enrolment": cast.ana_enrolment, "by": cast.ana}
        for number in range(days):
            then = at - timedelta(days=number)
            practised = number * 7 % 11 > 4
            mood = (7 if practised and linked else 2) + number * 3 % 4
            checkins.record(id=uuid4(), day=then.date(), mood=mood, comfort=number * 5 % 9, at=then, **who)
            if practised:
                practicelogs.record(
                    id=uuid4(), day=then.date(), practice="p01-arriving", minutes=3, after="", at=then, **who
                )

    return keep


def fields(page: str, says: str) -> dict[str, str]:
    """What the button of one word sends."""
    (form,) = [one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'value="{says}"' in one]
    hidden = dict(re.findall(r'type="hidden" name="(id|statement)" value="([^"]*)"', form))
    return {**hidden, "says": says}


def test_off_until_it_is_chosen(cast, ana, diary):
    diary(60)
    assert "Off until you choose" in text(ana.get("/me/"))
    page = text(ana.get(PAGE))
    assert "Turn it on" in page
    assert "tended" not in page.split("<main")[1]
    ana.post(f"{PAGE}choose/", {"on": "yes"})
    assert "your mood tended to be better" in text(ana.get(PAGE))
    assert "On. What tends to go together" in text(ana.get("/me/"))
    ana.post(f"{PAGE}choose/", {"on": "no"})
    assert "Turn it on" in text(ana.get(PAGE))


def test_too_soon_and_nothing_are_kind_answers(ana, on, diary):
    diary(10)
    assert "too soon" in text(ana.get(PAGE))
    assert "What do you say?" not in text(ana.get(PAGE))


def test_nothing_stands_out(ana, on, diary):
    diary(60, linked=False)
    page = text(ana.get(PAGE))
    assert "Nothing stands out" in page
    assert "What do you say?" not in page


def test_a_statement_brings_what_is_behind_it_and_the_line_on_chance(ana, on, diary):
    diary(60)
    page = text(ana.get(PAGE))
    assert "On days when you noted a practice, your mood tended to be better." in page
    assert library.load().phrases["looking-back.chance"] in page
    behind = page.split("What is behind this")[1]
    assert "Days that were looked at: 60." in behind
    assert "a strong link" in behind
    assert re.search(r"In numbers: 0\.\d\d, and it may well be anything from 0\.\d\d to 0\.\d\d", behind)
    assert page.count("What do you say?") <= 2


def test_a_word_is_kept_without_a_script_and_twice_is_once(ana, on, diary):
    diary(60)
    given = fields(text(ana.get(PAGE)), "does-not-fit")
    for _ in range(2):
        assert ana.post(f"{PAGE}say/", given).status_code == 302
    assert [word.says for word in Verdict.objects.all()] == ["does-not-fit"]
    assert "You said: Does not fit." in text(ana.get(PAGE))


def test_two_buttons_of_the_same_page_after_each_other(ana, on, diary):
    """The way back and another tap: the last one counts."""
    diary(60)
    page = text(ana.get(PAGE))
    for says in ("does-not-fit", "fits"):
        ana.post(f"{PAGE}say/", fields(page, says))
    assert "You said: Fits." in text(ana.get(PAGE))


def test_hidden_never_comes_back(ana, on, diary):
    diary(60)
    page = text(ana.get(PAGE))
    ana.post(f"{PAGE}say/", fields(page, "hide"))
    ana.post(f"{PAGE}say/", fields(page, "fits"))
    assert "your mood tended" not in text(ana.get(PAGE))
    for word in ("no", "yes"):
        ana.post(f"{PAGE}choose/", {"on": word})
    assert "your mood tended" not in text(ana.get(PAGE))


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("choose", {}),
        ("choose", {"on": "maybe"}),
        ("say", {}),
        ("say", {"id": "1"}),
        ("say", {"id": str(uuid4())}),
    ],
)
def test_odd_posts_are_refused_and_keep_nothing(ana, on, address, wrong):
    assert ana.post(f"{PAGE}{address}/", wrong).status_code == 422
    assert not Verdict.objects.exists()


def test_the_number_of_statements_is_fixed(ana, on, diary):
    counts = []
    for days in (5, 80):
        diary(days)
        with CaptureQueriesContext(connection) as asked:
            ana.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_a_link_may_go_either_way_and_its_minus_is_a_minus(cast, at, ana, on):
    for number in range(60):
        then = at - timedelta(days=number)
        mood = number * 7 % 11
        checkins.record(
            id=uuid4(),
            day=then.date(),
            mood=mood,
            comfort=10 - mood,
            enrolment=cast.ana_enrolment,
            by=cast.ana,
            at=then,
        )
    page = text(ana.get(PAGE))
    assert "On days when your body was more at ease, your mood tended to be lower." in page
    assert "from −0.99 to −0." in page


def test_no_word_says_that_one_thing_makes_another_or_what_comes():
    content = library.load()
    words = [thing.beside for thing in content.things.values()]
    words += [word for thing in content.things.values() for word in (thing.more, thing.less) if word]
    words += [line for name, line in content.phrases.items() if name.startswith("looking-back.")]
    assert not [line for line in words if re.search(CAUSAL, line, re.IGNORECASE)]


def test_every_choice_of_the_daily_form_was_thought_of():
    """A choice that is left out of looking back is left out on purpose."""
    content, left_out = library.load(), {"care", "something-else", "nothing-today"}
    helped = next(item for item in content.checkins["daily"].items if item.id == "helped")
    assert {
        f"helped:{choice}" for choice in helped.choices if choice not in left_out
    } <= content.things.keys()
    assert not {f"helped:{choice}" for choice in left_out} & content.things.keys()
    assert {item.id for item in content.checkins["daily"].rows} <= content.things.keys()
