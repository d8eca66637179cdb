"""A letter to oneself: made, found nowhere in plain on the service; the key lost and brought back; a cold start without signal."""

import base64
import json
import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import agree
from tests.journeys.test_offline import KEPT

pytestmark = pytest.mark.browser
SECRET = "Dear Zebrafink, the violet umbrella was heavy. שלום 💛"
MARKS = ("Dear Zebrafink", "violet umbrella", "שלום 💛")


def encodings(text: str) -> set[bytes]:
    """How a text may stand in a file: base64 also where it begins one or two bytes later."""
    plain = text.encode()
    shifted = [base64.b64encode(b"\0" * shift + plain)[4:-4] for shift in range(3)]
    escaped = json.dumps(text)[1:-1]
    return {
        plain,
        text.encode("utf-16-le"),
        text.encode("utf-16-be"),
        escaped.encode(),
        escaped.upper().encode(),
        plain.hex().encode(),
        *shifted,
    }


def everything(demo) -> dict[str, bytes]:
    """Every file of the service: database, its log, static files, whatever else; and what the server printed."""
    files = [path for path in demo.data.rglob("*") if path.is_file()] + [
        demo.data.parent / f"{demo.data.name}.log"
    ]
    return {str(path): path.read_bytes() for path in files}


def found(demo, text: str) -> list[str]:
    return [
        name for name, content in everything(demo).items() if any(one in content for one in encodings(text))
    ]


def ready(page):
    expect(page.locator("html")).to_have_attribute("data-ready", "yes", timeout=30_000)


def write(page, url, words: str) -> str:
    """Makes a letter; gives the code if one was shown."""
    page.goto(f"{url}/me/letters/new/")
    ready(page)
    make = page.get_by_role("button", name="Make my key and code")
    code = ""
    if make.is_visible():
        make.click()
        code = page.locator("[data-groups]").inner_text()
        page.get_by_role("button", name="I have it. Go on").click()
    page.get_by_text("Tap it", exact=True).click()
    page.get_by_label("I am on your side.").check()
    page.get_by_text("Write it", exact=True).click()
    page.get_by_label("Your words").fill(words)
    page.get_by_role("button", name="Keep my letter").click()
    expect(page.get_by_text("Your letter is kept, and locked.")).to_be_visible()
    return code


def test_a_letter_is_nowhere_in_plain_and_a_lost_key_comes_back_by_its_code(phone, url, come_in, demo, rows):
    page = come_in(phone)
    page.goto(f"{url}/me/way-back/")
    page.get_by_role("button", name="Make my code").click()
    way_back = page.locator("p.code").inner_text()
    code = write(page, url, SECRET)
    expect(page.locator("[data-when=sent]")).to_be_visible()
    person = rows("SELECT id FROM records_enrolment ORDER BY number DESC LIMIT 1")[0][0]
    assert rows("SELECT count(*) FROM records_sealedletter WHERE enrolment_id = ?", person) == [(1,)]
    assert found(demo, "Sample visitor"), "the search finds what is there in plain"
    assert [found(demo, mark) for mark in MARKS] == [[], [], []]
    assert found(demo, code.replace("\n", "")) == []

    session = page.context.new_cdp_session(page)
    page.goto("about:blank")
    session.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "all"})
    page.goto(f"{url}/join/")
    page.locator("#code").fill(way_back)
    page.get_by_role("button", name="I'm here").click()
    page.wait_for_url(f"{url}/today/")
    page.goto(f"{url}/me/letters/")
    ready(page)
    expect(page.get_by_role("heading", name="The key is not on this phone")).to_be_visible()
    expect(page.get_by_role("button", name="Open", exact=True)).to_be_hidden()
    page.get_by_label("Your letter code").fill("baba " * 12)
    page.get_by_role("button", name="Open my letters").click()
    expect(page.get_by_text("not right yet")).to_be_visible()
    page.get_by_label("Your letter code").fill(code.lower())
    page.get_by_role("button", name="Open my letters").click()
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_text("violet umbrella")).to_be_visible()
    assert [found(demo, mark) for mark in MARKS] == [[], [], []]

    page.locator("summary", has_text="Delete").click()
    page.get_by_role("button", name="Yes, delete this letter").click()
    expect(page.get_by_text("None yet. That is fine.")).to_be_visible()
    for _ in range(100):
        if rows("SELECT count(*) FROM records_sealedletter WHERE enrolment_id = ?", person) == [(0,)]:
            break
        page.wait_for_timeout(50)
    else:
        pytest.fail("the letter was not deleted")


def test_hostile_words_come_back_as_they_were(phone, url, come_in):
    page = come_in(phone)
    words = "<script>alert(1)</script> \u202eabc\u202c " + "👩🏽‍🦽" * 100 + "x" * 100_000
    write(page, url, words)
    page.goto(f"{url}/me/letters/")
    ready(page)
    page.get_by_role("button", name="Open", exact=True).click()
    shown = page.locator("[data-shown] p").last
    expect(shown).to_be_visible()
    assert shown.evaluate("node => node.textContent") == words


PAGES = (
    "/today/",
    "/sessions/",
    "/flare/",
    "/help/",
    "/help/signs/",
    "/practices/",
    "/me/letters/",
    "/me/letters/new/",
)


def test_a_cold_start_without_signal_opens_the_pages_and_keeps_a_letter(browser_on_disk, url, invite, rows):
    first = browser_on_disk()
    page = first.new_page()
    page.goto(f"{url}/join/#{invite()}")
    expect(page.locator("#code")).not_to_have_value("")
    page.get_by_role("button", name="I'm here").click()
    agree(page)
    page.get_by_role("button", name="Keep my choice").click()
    page.wait_for_url(f"{url}/today/")
    person = rows("SELECT id FROM records_enrolment ORDER BY number DESC LIMIT 1")[0][0]
    write(page, url, "made with signal")
    page.goto(f"{url}/today/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.evaluate(KEPT)
    first.close()

    second = browser_on_disk(offline=True)
    page = second.new_page()
    missing = []
    page.on("requestfailed", lambda request: missing.append(request.url))
    for path in PAGES:
        page.goto(f"{url}{path}")
        ready(page)
        assert not page.get_by_role("heading", name="There is no signal here").count(), path
    assert [address for address in missing if re.search(r"\.(js|css|woff2)$", address)] == []
    write(page, url, "made in the air")
    expect(page.get_by_text("There is no signal. It is kept here")).to_be_visible()
    page.goto(f"{url}/me/letters/")
    ready(page)
    page.get_by_role("button", name="Open", exact=True).first.click()
    expect(page.get_by_text("made in the air")).to_be_visible()
    count = "SELECT count(*) FROM records_sealedletter WHERE enrolment_id = ?"
    assert rows(count, person) == [(1,)]
    second.close()

    third = browser_on_disk()
    page = third.new_page()
    page.goto(f"{url}/today/")
    for _ in range(200):
        if rows(count, person) == [(2,)]:
            break
        page.wait_for_timeout(50)
    third.close()
    assert rows(count, person) == [(2,)]
