"""Every participant page on a small phone, with the largest words too: nothing cut, nothing on top of another, room to tap."""

from pathlib import Path

import pytest

from tests.journeys.pages import (
    LATER,
    NOWHERE,
    PARTICIPANT,
    PUBLIC,
    WEEK_6,
    WEEK_12,
    at_full_height,
    look_like,
    not_visited,
    open_at,
    to_date,
)

FITS = (Path(__file__).parent / "fits.js").read_text("utf-8").partition("\n")[2]
WIDTHS = (390, 320)
sizes = pytest.mark.parametrize("size", ["normal", "largest"])
STAFF = ("/demo/", "/style/")  # for those who set up and those who draw
OPEN = "document.querySelectorAll('details').forEach(one => { one.removeAttribute('name'); one.open = true })"
SHOW = "document.querySelectorAll('main [hidden]').forEach(one => { one.hidden = false })"


def test_every_page_of_the_participant_stands_in_a_list():
    assert not not_visited()


@pytest.fixture
def small(new_context):
    """Without the scripts of the pages: they would change what is looked at on the way."""
    context = new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    context.route("**/participant/app*.js", lambda route: route.abort())
    return context.new_page()


def unfit(page, url, paths, size: str) -> list[str]:
    """As each page opens, and then with every fold open and every hidden part shown at once."""
    wrong = []
    for path in paths:
        wrong += open_at(page, url, path)
        page.evaluate(f"document.documentElement.dataset.text = '{size}'")  # a stranger has no setting
        for state, change in (("", "0"), (" (all shown)", f"{OPEN}; {SHOW}")):
            page.evaluate(change)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 844})
                found = at_full_height(page, lambda: page.evaluate(FITS))
                wrong += [f"{path}{state} at {width}: {line}" for line in found]
    return wrong


@sizes
@pytest.mark.browser
def test_public_pages(small, url, size):
    wrong = unfit(small, url, [path for path in PUBLIC if path not in STAFF], size)
    assert not wrong, "\n".join(wrong)


@sizes
@pytest.mark.browser
def test_participant_pages(small, url, size):
    small.goto(f"{url}/demo/as/participant/")
    look_like(small, url, text_size=size)
    to_date(small, url, WEEK_6)
    wrong = unfit(small, url, [*PARTICIPANT, NOWHERE], size)
    to_date(small, url, WEEK_12)
    wrong += unfit(small, url, LATER, size)
    look_like(small, url, text_size="normal")
    assert not wrong, "\n".join(wrong)


SPOILT = {
    "small": "<p><button>x</button></p>",
    "wide": "<pre>" + "wide " * 90 + "</pre>",
    "is cut": '<p class="spoilt-cut">Words that are longer than their box</p>',
    "lie on one another": '<p class="spoilt-up">Words over the words above them</p>',
    "overlap": '<p><a class="button" href="/">One</a></p><p class="spoilt-up"><a class="button" href="/">Two</a></p>',
    "close": '<p><a class="button" href="/">One</a></p><p><a class="button" href="/">Two</a></p>',
    "small words in a picture": '<svg viewBox="0 0 340 20"><text y="12" font-size="5">Tiny</text></svg>',
}
RULES = ".spoilt-cut { width: 60px; overflow: hidden; white-space: nowrap } .spoilt-up { margin-top: -1.2rem !important }"


@pytest.mark.browser
@pytest.mark.parametrize("fault", SPOILT)
def test_a_spoilt_page_is_noticed(small, url, fault):
    small.goto(f"{url}/help/")
    assert not small.evaluate(FITS)
    small.evaluate(
        """([html, rules]) => {
            const sheet = new CSSStyleSheet(); sheet.replaceSync(rules); document.adoptedStyleSheets = [sheet];
            const box = document.createElement("div"); box.innerHTML = html; document.querySelector("main").append(box);
        }""",
        [SPOILT[fault], RULES],
    )
    assert any(fault in line for line in at_full_height(small, lambda: small.evaluate(FITS)))
