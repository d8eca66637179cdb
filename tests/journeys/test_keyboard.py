"""A session and a questionnaire with the keyboard alone: every stop can be seen, and says what it is."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

# Where the focus is: "" if it can be seen whole and is marked, else what is wrong with it.
SEEN = """() => {
  const e = document.activeElement;
  if (e === document.body) return "";
  const shown = e.matches(".tap input, .chips input") ? e.nextElementSibling : e.closest(".choice") ?? e;
  const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
  const bar = document.querySelector(".has-player .player-bar") ?? document.querySelector(".foot-bar");
  const words = `${e.tagName} ${(e.innerText || e.labels?.[0]?.innerText || e.name || "").slice(0, 40)}`;
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return `no mark on ${words}`;
  const end = bar.contains(e) ? innerHeight : bar.getBoundingClientRect().top;
  if (box.top < 0 || box.bottom > end + 1) return `hidden: ${words} ${Math.round(box.top)}-${Math.round(box.bottom)} of ${end}`;
  return "";
}"""


class Keys:
    """Somebody who has only a keyboard."""

    def __init__(self, page) -> None:
        self.page, self.wrong = page, []

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def tab_to(self, selector: str) -> None:
        for _stop in range(150):
            self.press("Tab")
            if found := self.page.evaluate(SEEN):
                self.wrong.append(f"{self.page.url}: {found}")
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab never came to {selector}")

    def follow(self, selector: str) -> None:
        self.tab_to(selector)
        with self.page.expect_navigation():
            self.press("Enter")
        expect(self.page.locator("html[data-ready=yes]")).to_be_attached()


@pytest.fixture
def keys(phone):
    typing = Keys(phone)
    yield typing
    assert not typing.wrong, "\n".join(typing.wrong)


def test_a_session_from_today_to_its_end(keys, url):
    page = keys.page
    page.goto(f"{url}/demo/as/participant/")
    expect(page.locator("html[data-ready=yes]")).to_be_attached()
    keys.follow('main a[href^="/sessions/"]')
    expect(page.locator("main")).to_match_aria_snapshot(
        """
        - heading [level=1]
        - heading "What this week is for" [level=2]
        - list:
          - listitem
        - heading "To practise" [level=2]
        - heading "Home practice" [level=2]
        """
    )
    keys.tab_to('main a[href="#home"]')
    keys.press("Enter")
    keys.tab_to("main details.fold > summary")
    keys.press("Enter")
    expect(page.locator("main details.fold[open] li").first).to_be_visible()
    keys.tab_to('main a[href="/sessions/"]')
    page.keyboard.press("Shift+Tab")
    page.goto(page.url.partition("#")[0])
    expect(page.locator("html[data-ready=yes]")).to_be_attached()
    keys.follow('main a[href^="/practices/"]')
    keys.follow('main a[href^="/practices/"][href$="/1/"]')
    the_practice(keys)


def the_practice(keys) -> None:
    """Started, paused, stopped; then the tap that says how it was, and the thanks that follow are read out."""
    page = keys.page
    keys.tab_to('[data-do="play"]')
    keys.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_focused()
    keys.press("Space")
    expect(page.get_by_role("button", name="Go on")).to_be_focused()
    keys.tab_to('[data-do="stop"]')
    keys.press("Enter")
    expect(page.locator("#after")).to_be_focused()
    expect(page.locator("#after")).to_match_aria_snapshot(
        """
        - heading [level=2]
        - button "Easier"
        - button "About the same"
        - button "Harder"
        - button "Had to stop"
        """
    )
    keys.tab_to("#after button[value=easier]")
    keys.press("Enter")
    expect(page.locator("#thanks")).to_be_focused()


def test_a_questionnaire_from_today_to_its_score(keys, url, come_in, rows):
    page = come_in(keys.page)
    expect(page.locator("html[data-ready=yes]")).to_be_attached()
    keys.follow('main a[href="/questions/baseline/phq-8/"]')
    groups = page.locator("#questions fieldset")
    for at in range(groups.count()):
        keys.tab_to("#questions input[type=radio]")
        keys.press("ArrowDown")
        expect(groups.nth(at).locator("input").nth(1)).to_be_checked()
        expect(groups.nth(at).get_by_role("status")).to_have_text("Saved")
    expect(page.locator("#questions")).to_match_aria_snapshot(
        """
        - group "Little interest or pleasure in doing things":
          - radio "Not at all"
          - radio "Several days" [checked]
          - radio "More than half the days"
          - radio "Nearly every day"
          - radio "Skip this one"
          - status: Saved
        - button "Finish"
        - button "Save and go on later"
        """
    )
    keys.follow("#questions button[value=finish]")
    score = rows(
        "SELECT s.value FROM records_score s JOIN records_response r ON r.id = s.response_id"
        " JOIN records_enrolment e ON e.id = r.enrolment_id WHERE r.instrument = 'phq-8'"
        " ORDER BY e.number DESC LIMIT 1"
    )
    assert score == [(8.0,)]


def test_a_check_in_with_arrows_and_space(keys, url, come_in):
    page = come_in(keys.page)
    expect(page.locator("html[data-ready=yes]")).to_be_attached()
    keys.tab_to('#check-in input[name="mood"]')
    keys.press("ArrowRight")
    expect(page.locator('#check-in input[name="mood"]').nth(1)).to_be_checked()
    expect(page.locator("#check-in-name")).to_be_visible()
    expect(page.get_by_role("group", name="How is your mood today?")).to_match_aria_snapshot(
        """
        - group "How is your mood today?":
          - radio "0"
          - radio "1" [checked]
        """
    )
    keys.tab_to("#check-in > button.button-main")
    keys.press("Space")
    expect(page.locator("#check-in-thanks")).to_be_focused()
