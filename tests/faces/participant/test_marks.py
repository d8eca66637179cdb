"""Keeping a practice close and setting one aside, as pages and from the phone's outbox."""

import json
import re
from uuid import uuid4

from allay.records.models import OwnPractice


def text(response) -> str:
    return response.content.decode()


def tap(browser, practice, mark):
    return browser.post(f"/practices/{practice}/mark/", {"mark": mark}, follow=True)


def pressed(page) -> dict[str, str]:
    form = page[page.index('id="mark"') :].partition("</form>")[0]
    return {words: state for state, words in re.findall(r'aria-pressed="(\w+)"[^>]*>([^<]+)<', form)}


def test_two_buttons_say_what_they_change(ana):
    page = text(ana.get("/practices/p02-anchor/"))
    assert pressed(page) == {"Keep it close": "false", "Not for me": "false"}
    assert "opens without signal" in page and "till you bring it back" in page


def test_kept_close_it_comes_first_and_a_second_tap_takes_it_back(ana):
    page = text(tap(ana, "p02-anchor", "favourite"))
    assert "It is kept close." in page
    assert page.index("Kept close</h2>") < page.index("/practices/p02-anchor/") < page.index("Noticing</h2>")
    assert page.count('href="/practices/p02-anchor/"') == 1
    own = text(ana.get("/practices/p02-anchor/"))
    assert pressed(own)["Keep it close"] == "true"
    assert 'value="open" aria-pressed="true"' in own
    assert "Kept close</h2>" not in text(tap(ana, "p02-anchor", "open"))


def test_set_aside_it_lies_folded_with_a_way_back(ana):
    page = text(tap(ana, "p02-anchor", "not-for-me"))
    folded = page[page.index("Set aside by you") :].partition("</details>")[0]
    assert "Bring it back" in folded and "/practices/p02-anchor/mark/" in folded
    assert ana.get("/practices/p02-anchor/").status_code == 200
    assert "Set aside by you" not in text(tap(ana, "p02-anchor", "open"))


def test_today_keeps_every_length_of_a_favourite_on_the_phone(ana):
    def kept():
        page = text(ana.get("/today/"))
        return json.loads(re.search(r'<script id="precache"[^>]*>(.*?)</script>', page)[1])

    assert "/practices/p02-anchor/10/" not in kept()
    tap(ana, "p02-anchor", "favourite")
    assert {"/practices/p02-anchor/", *(f"/practices/p02-anchor/{n}/" for n in (1, 3, 10))} <= set(kept())


def test_from_the_phone_it_arrives_once(ana):
    entry = {
        "id": str(uuid4()),
        "kind": "practice-mark",
        "content": {"practice": "p02-anchor", "mark": "favourite", "day": "2026-03-04"},
    }

    def send(one):
        sent = ana.post("/sync/", {"entries": [one]}, content_type="application/json")
        return sent.json()["results"][0]["status"]

    assert [send(entry), send(entry)] == ["kept", "already"]
    assert OwnPractice.objects.get().mark == "favourite"
    bad = {"practice": "p02-anchor", "mark": "chosen"}
    assert send({**entry, "id": str(uuid4()), "content": bad}) == "refused"


def test_a_word_that_is_no_mark_is_refused_kindly(ana):
    assert ana.post("/practices/p02-anchor/mark/", {"mark": "<b>"}).status_code == 422
    assert ana.post("/practices/p13-two-chairs-one-breath/mark/", {"mark": "favourite"}).status_code == 404
    assert not OwnPractice.objects.exists()


def test_today_says_that_another_one_stands_there_by_the_persons_own_word(ana):
    shown = re.search(r'One practice</p>\s*<h2><a href="/practices/([^/]+)/"', text(ana.get("/today/")))[1]
    tap(ana, shown, "not-for-me")
    page = text(ana.get("/today/"))
    assert f'<h2><a href="/practices/{shown}/"' not in page
    assert "You said that a practice is not for you." in page
    assert "Bring it back on Practices" in page
