"""The addresses that journeys visit page by page: one list, so that a new page is looked at by all of them."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.urls import resolve

from allay.faces.participant import urls

PUBLIC = (
    "/",
    "/join/",
    "/sign-in/",
    "/help/",
    "/help/signs/",
    "/flare/",
    "/privacy/",
    "/offline/",
    "/demo/",
    "/style/",
)
PARTICIPANT = (
    "/today/",
    "/weekly/",
    "/flare/",
    "/consent/",
    "/sessions/",
    "/sessions/1/",
    "/sessions/2/",
    "/sessions/4/",
    "/practices/",
    "/practices/p01-arriving/",
    "/practices/p01-arriving/?after=harder",
    "/practices/p01-arriving/?after=settled",
    "/practices/p01-arriving/3/",
    "/questions/week-6/phq-8/",
    "/questions/week-6/pain-ratings/",
    "/plan/",
    "/plan/my-plan/",
    "/plan/flare-plan/",
    "/plan/pain-cycle/",
    "/plan/my-plan/print/",
    "/plan/my-plan/versions/",
    "/me/",
    "/me/look/",
    "/me/suits/",
    "/me/looking-back/",
    "/me/two-weeks/",
    "/me/reminders/",
    "/me/letters/",
    "/me/letters/new/",
    "/me/keep/",
    "/me/way-back/",
    "/me/withdraw/",
    "/sign-out/",
)
# Reached in the last week only.
LATER = (
    "/sessions/12/",
    "/practices/p16-compassionate-letter/",
    "/practices/p16-compassionate-letter/10/",
    "/plan/people-on-my-side/",
    "/plan/three-lines/",
)
NOWHERE = "/not/a/page/"  # answers with the page of an error
WEEK_6, WEEK_12 = 14, 56  # days from the demo's own date
# Patterns of the participant's face that are no page to look at: files, and doors that only take what is sent.
NO_PAGE = {
    "check-in",
    "flare-begin",
    "flare-ease",
    "flare-still",
    "sync",
    "practice-log",
    "practice-choose",
    "practice-mark",
    "looking-back-choose",
    "looking-back-say",
    "two-weeks-begin",
    "two-week-stop",
    "sheet-share",
    "sheet-choose",
    "sheet-pdf",
    "answer",
    "me-settings",
    "me-reminders-calendar",
    "me-reminders-email",
    "calendar-feed",
    "letter-sealed",
    "letter-delete",
    "me-export",
    "me-keep-file",  # made for paper and another computer: test_one_file.py opens it
    "two-week-try",  # named by a fresh id: test_accessible.py opens it
    "sheet-version",  # named by a fresh id: test_sheets.py opens it
    "reminder-stop",  # named by a token: test_reminding.py opens it
}


def not_visited() -> set[str]:
    """Names of the participant's pages that stand in no list above."""
    visited = {resolve(urlsplit(path).path).url_name for path in PARTICIPANT + LATER}
    return {pattern.name for pattern in urls.urlpatterns} - visited - NO_PAGE


def open_at(page, url: str, path: str) -> list[str]:
    """Opens a page; what is wrong with its answer."""
    status = page.goto(f"{url}{path}").status
    page.evaluate("document.fonts.ready.then(() => true)")  # the layout is settled
    return [] if status == (404 if path == NOWHERE else 200) else [f"{path}: status {status}"]


def at_full_height(page, look: Callable[[], list[str]]) -> list[str]:
    """Looks with the whole page on the screen: whatever the bar below covers can be scrolled free of it."""
    size = page.viewport_size
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
    found = look()
    page.set_viewport_size(size)
    return found


def to_date(page, url: str, days: int) -> None:
    page.goto(f"{url}/demo/")
    page.get_by_label("Days from today").fill(str(days))
    page.get_by_role("button", name="Go to that date").click()


def look_like(page, url: str, **chosen: str) -> None:
    """Chooses on the page of looks, as anybody would: text_size="largest", contrast="more" and so on."""
    page.goto(f"{url}/me/look/")
    for name, value in chosen.items():
        page.locator(f'input[name="{name}"][value="{value}"]').check()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("form[data-settings] button[type=submit]").click()
