"""The player of a practice: Stop and Back always in sight, a voice of the phone alone, a pace that can keep still."""

import json
import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

BREATH, RHYTHM = "/practices/p04-soothing-rhythm-breathing/3/", "/practices/p05-rhythm-without-breath/3/"
OWN = {"name": "Own", "voiceURI": "own", "lang": "en_GB", "localService": True, "default": False}
SECOND = {**OWN, "name": "Second", "voiceURI": "second", "lang": "en-US"}
REMOTE = {**OWN, "name": "Remote", "voiceURI": "remote", "localService": False, "default": True}
GERMAN = {**OWN, "name": "Deutsch", "voiceURI": "de", "lang": "de-DE"}
# A voice that the test finishes, sentence by sentence: `told.end()`.
STUB = """(() => {
    const told = { log: [], now: null };
    told.end = () => { const said = told.now; told.now = null; said?.onend?.(); };
    window.told = told;
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    Object.defineProperty(window, "speechSynthesis", { value: Object.assign(new EventTarget(), {
        getVoices: () => VOICES,
        speak: (said) => { told.now = said; told.log.push([said.voice.voiceURI, said.text.trim()]); },
        cancel: () => { const said = told.now; told.now = null; said?.onerror?.({ error: "canceled" }); },
    }) });
})()"""


@pytest.fixture
def play(new_context, watch, url):
    """Opens a practice as a participant of the demo, in a phone of the size, look and voices asked for."""

    def opened(path, voices=(), size=(390, 844), look=None, **options):
        context = new_context(
            viewport={"width": size[0], "height": size[1]}, locale="en-GB", service_workers="block", **options
        )
        context.add_init_script(STUB.replace("VOICES", json.dumps(list(voices))))
        page = watch.on(context.new_page())
        page.request.get(f"{url}/demo/as/participant/")
        page.goto(f"{url}{path}")
        expect(page.locator("html")).to_have_attribute("data-ready", "yes")
        for name, value in (look or {}).items():
            page.evaluate(
                "([name, value]) => { document.documentElement.dataset[name] = value; }", [name, value]
            )
        return page

    return opened


def press(page, name):
    page.locator(".player").get_by_role("button", name=name, exact=True).click()


def said(page):
    return page.evaluate("told.log")


def line(page):
    return page.locator(".steps > li:visible").inner_text()


SIZES = [((390, 844), "normal"), ((320, 640), "largest")]


@pytest.mark.parametrize(("size", "text"), SIZES)
@pytest.mark.parametrize("voices", [(), (OWN,)], ids=["silent", "voice"])
def test_the_buttons_are_in_sight_wherever_the_page_is_scrolled(play, size, text, voices):
    page = play(BREATH, voices, size, {"text": text})
    buttons = page.locator(".player-bar button")
    expect(buttons).to_have_count(3)
    for playing in (False, True):
        if playing:
            press(page, "Start")
        for part in (0, 0.5, 1):
            page.evaluate("part => scrollTo(0, part * document.documentElement.scrollHeight)", part)
            boxes = [button.bounding_box() for button in buttons.all()]
            for box in boxes:
                assert box["x"] >= 0 and box["x"] + box["width"] <= size[0], (playing, part, box)
                assert box["y"] >= 0 and box["y"] + box["height"] <= size[1], (playing, part, box)
                assert min(box["width"], box["height"]) >= 44
            for one, other in pairwise(boxes):
                gap = max(other["x"] - one["x"] - one["width"], other["y"] - one["y"] - one["height"])
                assert gap >= 7.9


@pytest.mark.parametrize(("size", "text"), SIZES)
def test_the_bar_never_covers_the_line_that_is_read(play, size, text):
    page = play(BREATH, (), size, {"text": text})
    press(page, "Start")
    bar = page.locator(".player-bar").bounding_box()
    for _ in range(4):
        shown = page.locator(".steps > li:visible").bounding_box()
        assert shown["y"] >= 0 and shown["y"] + shown["height"] <= bar["y"]
        press(page, "Back 15 seconds")


def test_pace_and_line_are_in_sight_together_on_a_small_screen(play):
    page = play(BREATH, (), (320, 640), {"text": "largest"})
    press(page, "Start")
    press(page, "Show a slow pace")
    top, bar = (page.locator(part).bounding_box() for part in (".pacer-place", ".player-bar"))
    shown = page.locator(".steps > li:visible").bounding_box()
    assert top["y"] >= 0 and shown["y"] + shown["height"] <= bar["y"]


def test_what_has_the_focus_is_not_hidden_under_the_bar(play):
    page = play(BREATH, (OWN,), (320, 640), {"text": "largest"})
    top = page.locator(".player-bar").bounding_box()["y"]
    for _ in range(30):
        page.keyboard.press("Tab")
        within, box = page.evaluate("""() => { const { activeElement: element } = document;
            return [element.closest(".player-bar, body > .top, .skip-link") !== null, element.getBoundingClientRect().toJSON()]; }""")
        assert within or (box["top"] < top and box["bottom"] > 0)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    tabs = page.locator(".flare-button").bounding_box()
    assert tabs["y"] + tabs["height"] <= top  # the end of the page can be scrolled free of it


def test_after_stop_the_tabs_are_below_again(play):
    page = play(BREATH)
    press(page, "Start")
    press(page, "Stop")
    expect(page.locator(".player-bar")).to_be_hidden()
    assert page.locator(".foot-bar").evaluate("bar => getComputedStyle(bar).position") == "sticky"


def test_pause_is_said_once_and_time_only_when_asked(play):
    page = play(BREATH)
    press(page, "Start")
    expect(page.locator(".player [role=status]")).to_have_text("It goes on.")
    press(page, "Pause")
    expect(page.locator(".player [role=status]")).to_have_text("Paused.")
    expect(page.locator(".player-line")).to_be_hidden()
    expect(page.locator(".player-time")).to_be_hidden()
    press(page, "Time left")
    expect(page.locator(".player-time")).to_have_text("about 3 minutes")


@pytest.mark.parametrize(
    "voices", [(), (REMOTE,), (GERMAN, REMOTE)], ids=["none", "remote", "other-language"]
)
def test_without_a_voice_of_the_phone_there_is_no_button(play, voices):
    page = play(BREATH, voices)
    press(page, "Start")
    expect(page.locator("[data-do=voice]")).to_be_hidden()
    assert said(page) == []


def test_it_reads_the_line_on_the_screen_from_a_tap_on(play):
    page = play(BREATH, (REMOTE, OWN))
    page.clock.install()
    page.clock.pause_at("2100-01-01")
    assert said(page) == []
    press(page, "Read it to me")
    voice, first = said(page)[0]
    assert voice == "own" and line(page).startswith(first)
    page.clock.run_for(12_000)
    before = line(page)
    page.clock.run_for(1_300)  # its time is over, but the voice is not done
    assert line(page) == before
    while page.evaluate("told.now !== null"):
        page.evaluate("told.end()")
    page.clock.run_for(1_000)
    assert line(page) != before
    assert line(page).startswith(said(page)[-1][1])


def test_pause_back_and_stop_hold_for_the_voice(play):
    page = play(BREATH, (OWN,))
    press(page, "Read it to me")
    press(page, "Pause")
    assert page.evaluate("told.now") is None
    press(page, "Go on")
    page.wait_for_timeout(400)
    assert said(page)[1] == said(page)[0]  # the sentence that was cut off
    press(page, "Back 15 seconds")
    page.wait_for_timeout(400)
    assert said(page)[2] == said(page)[0]
    press(page, "Stop")
    page.wait_for_timeout(400)
    assert page.evaluate("told.now") is None
    assert len(said(page)) == 3


def test_a_voice_that_never_says_it_is_done_is_not_waited_for(play):
    page = play(BREATH, (OWN,))
    page.clock.install()
    press(page, "Read it to me")
    first = line(page)
    page.clock.run_for(90_000)
    assert line(page) != first


def test_another_voice_reads_the_line_anew(play):
    page = play(BREATH, (OWN, SECOND))
    press(page, "Read it to me")
    press(page, "Another voice")
    page.wait_for_timeout(400)
    assert [voice for voice, _ in said(page)] == ["own", "second"]


def test_voice_first_puts_the_voice_where_start_is_and_waits(play, url):
    page = play(BREATH, (OWN,))
    try:
        page.goto(f"{url}/me/look/")
        page.locator("input[name=audio_first][value=yes]").check(force=True)
        page.get_by_role("button", name=re.compile("Save|Keep")).click()
        expect(page.locator("[data-saved]")).not_to_be_empty()
        page.goto(f"{url}{BREATH}")
        first = page.locator(".player-bar button").first
        expect(first).to_have_text("Read it to me")
        expect(first).to_have_class(re.compile("button-main"))
        page.wait_for_timeout(600)
        assert said(page) == []  # nothing plays by itself
        first.click()
        assert len(said(page)) == 1
        expect(page.locator(".player-bar button").first).to_have_text(re.compile("Back"))
    finally:
        page.goto(f"{url}/me/look/")
        page.locator("input[name=audio_first][value=no]").check(force=True)
        page.get_by_role("button", name=re.compile("Save|Keep")).click()
        expect(page.locator("[data-saved]")).not_to_be_empty()


def width(page):
    return page.locator(".pacer-circle").bounding_box()["width"]


def on_top(page):
    """What somebody sees in the middle of the circle."""
    return page.locator(".pacer-word").evaluate("""word => {
        word.scrollIntoView({ block: "center" });
        const { x, y, width, height } = word.getBoundingClientRect();
        return document.elementFromPoint(x + width / 2, y + height / 2).textContent; }""")


def sizes(page):
    found = []
    for _ in range(4):
        found.append(round(width(page)))
        page.wait_for_timeout(400)
    return found


@pytest.mark.parametrize(("path", "word"), [(BREATH, "In"), (RHYTHM, "Open")])
def test_the_pace_is_off_until_asked_for_grows_and_ends_with_stop(play, path, word):
    page = play(path)
    expect(page.locator(".pacer")).to_be_hidden()
    press(page, "Show a slow pace")
    expect(page.locator(".pacer-word")).to_have_text(word)
    assert on_top(page) == word
    assert len(set(sizes(page))) > 1
    press(page, "Slower")
    press(page, "Start")
    press(page, "Pause")
    assert len(set(sizes(page))) == 1
    press(page, "Go on")
    assert len(set(sizes(page))) > 1
    press(page, "Stop")
    expect(page.locator(".pacer")).to_be_hidden()
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize(
    ("options", "look"),
    [({"reduced_motion": "reduce"}, {}), ({}, {"motion": "still"})],
    ids=["phone", "own-setting"],
)
def test_where_things_keep_still_words_take_turns(play, options, look):
    page = play(BREATH, look=look, **options)
    page.clock.install()
    press(page, "Show a slow pace")
    expect(page.locator(".pacer-word")).to_have_text("In")
    page.clock.run_for(5_100)
    expect(page.locator(".pacer-word")).to_have_text("Out")
    assert on_top(page) == "Out"
    assert len(set(sizes(page))) == 1
    assert page.evaluate("document.getAnimations().length") == 0


def test_a_practice_without_a_pace_has_no_circle(play):
    page = play("/practices/p01-arriving/3/")
    expect(page.locator("[data-do=pacer], .pacer")).to_have_count(0)
