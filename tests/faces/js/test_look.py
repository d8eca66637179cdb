"""What a small screen must still allow: targets for sore hands, nothing cut off, focus never under the bar."""

import pytest

pytestmark = pytest.mark.browser

TARGETS = """() => [...document.querySelectorAll(".tap span, .chips .choice span, .button, .flare-button")]
  .map((part) => part.getBoundingClientRect())
  .filter((box) => box.width && (box.width < 43.9 || box.height < 43.9)).length"""
GAPS = """() => {
  const [one, two] = [...document.querySelectorAll(".tap")].map((tap) => tap.getBoundingClientRect());
  return two.left - one.right;
}"""
SPILL = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
UNDER = """() => {
  const bar = document.querySelector(".foot-bar").getBoundingClientRect();
  const focus = document.activeElement.getBoundingClientRect();
  return document.activeElement !== document.body && !document.activeElement.closest(".foot-bar") && focus.bottom > bar.top + 1;
}"""


@pytest.fixture(params=["normal", "largest"])
def small(visit, request):
    page = visit("/check/")
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("(size) => { document.documentElement.dataset.text = size; }", request.param)
    return page


def test_nothing_is_cut_off_at_320_pixels(small):
    assert small.evaluate(SPILL) == 0


def test_targets_are_44_pixels_with_8_between(small):
    assert small.evaluate(TARGETS) == 0
    assert small.evaluate(GAPS) >= 8


def test_focus_is_never_hidden_by_the_bar(small):
    hidden = 0
    for _ in range(8):
        small.keyboard.press("Tab")
        hidden += small.evaluate(UNDER)
    assert hidden == 0


def test_a_row_is_answered_by_keyboard(visit):
    page = visit("/check/")
    page.locator("#mood-0").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#mood-1").is_checked()


def test_theme_and_text_size_change_at_once(visit, server):
    from tests.faces.js import pages

    server.pages["/me/"] = pages.page(
        '<form data-settings><label><input type="radio" name="theme" value="dark">Dark</label>'
        '<label><input type="radio" name="text_size" value="large">Large</label></form>'
    )
    page = visit("/me/")
    page.get_by_label("Dark").check()
    page.get_by_label("Large").check()
    root = page.evaluate("({ ...document.documentElement.dataset })")
    assert (root["theme"], root["text"]) == ("dark", "large")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 25, 26)"
