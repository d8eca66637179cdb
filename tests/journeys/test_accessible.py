"""axe on every page of every role, in both themes; touch targets; nothing wider than the phone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

PUBLIC = [
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
]
PARTICIPANT = [
    "/today/",
    "/sessions/",
    "/sessions/1/",
    "/sessions/4/",
    "/practices/",
    "/practices/p01-arriving/",
    "/practices/p01-arriving/3/",
    "/questions/week-6/phq-8/",
    "/questions/week-6/pain-ratings/",
    "/me/",
    "/me/reminders/",
    "/me/suits/",
    "/plan/",
    "/plan/flare-plan/",
    "/plan/pain-cycle/",
    "/plan/my-plan/print/",
    "/sessions/2/",
    "/flare/",
    "/weekly/",
    "/me/way-back/",
    "/me/withdraw/",
    "/sign-out/",
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary'][:160]}"
        for rule in found
        for node in rule["nodes"]
    ]


def whole_page(page) -> list[str]:
    """Violations with the whole page on the screen: whatever the bar below covers can be scrolled free of it."""
    size = page.viewport_size
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
    found = violations(page)
    page.set_viewport_size(size)
    return found


def links(page, pattern: str) -> list[str]:
    hrefs = page.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href') || '')")
    return sorted({href for href in hrefs if re.fullmatch(pattern, href)})


def look(page, url: str, paths: list[str]) -> list[str]:
    wrong = []
    for path in paths:
        answer = page.goto(f"{url}{path}")
        page.evaluate("document.fonts.ready.then(() => true)")  # the layout is settled
        wrong += [f"{path}: status {answer.status}"] if answer.status != 200 else []
        wrong += [f"{path}: {violation}" for violation in whole_page(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{path}: wider than the screen")
    return wrong


def to_date(page, url: str, days: int) -> None:
    page.goto(f"{url}/demo/")
    page.get_by_label("Days from today").fill(str(days))
    page.get_by_role("button", name="Go to that date").click()


@pytest.fixture(params=["light", "dark"])
def at_width(request, new_context, watch):
    def page(width: int):
        context = new_context(
            viewport={"width": width, "height": 900}, color_scheme=request.param, service_workers="block"
        )
        return watch.on(context.new_page())

    return page


def test_public_pages(at_width, url):
    assert not look(at_width(390), url, PUBLIC)


def test_participant_pages(at_width, url):
    page = at_width(390)
    page.goto(f"{url}/demo/as/participant/")
    to_date(page, url, 14)  # week 6: questionnaires are open
    assert not look(page, url, PARTICIPANT)


def a_meeting(page, url: str, groups: list[str]) -> list[str]:
    """The page of one meeting; a waiting group has none."""
    for group in groups:
        page.goto(f"{url}{group}")
        if found := links(page, r"/groups/[0-9a-f-]{36}/meetings/\d+/"):
            return found[:1]
    raise AssertionError("no group has a meeting")


@pytest.mark.parametrize("width", [390, 1280])
def test_facilitator_pages(at_width, url, width):
    page = at_width(width)
    page.goto(f"{url}/demo/as/facilitator/")
    groups = links(page, r"/groups/[0-9a-f-]{36}/")
    page.goto(f"{url}{groups[0]}")
    people = links(page, r"/groups/[0-9a-f-]{36}/people/[0-9a-f-]{36}/")[:1]
    more = [f"{groups[0]}people/", f"{groups[0]}guide/1/", f"{groups[0]}guide/7/"]
    more += a_meeting(page, url, groups)
    assert not look(page, url, ["/groups/", *groups, *more, *people])


def test_researcher_and_administrator_pages(at_width, url):
    page = at_width(1280)
    page.goto(f"{url}/demo/as/researcher/")
    study = links(page, r"/studies/[0-9a-f-]{36}/")[0]
    page.goto(f"{url}{study}")
    page.get_by_role("button", name="Run the evaluation").click()
    run = page.url.removeprefix(url)
    wrong = [f"a run at work: {violation}" for violation in violations(page)]
    page.get_by_role("button", name="Stop").click()
    page.goto(f"{url}{study}plan/new/")
    page.get_by_label("The plan (TOML)").fill("[study]\n")
    page.get_by_role("button", name="Keep as a new version").click()
    wrong += [f"a plan refused: {violation}" for violation in violations(page)]
    paths = ["/studies/", study, run, f"{study}reports/", the_demos_report(page, f"{url}{study}")]
    paths += [f"{study}plan/", f"{study}plan/new/", f"{study}plan/1/lock/"]
    wrong += look(page, url, paths)
    page.set_viewport_size({"width": 390, "height": 844})
    wrong += look(page, url, paths)
    page.goto(f"{url}/demo/as/administrator/")
    wrong += look(
        page, url, ["/service/", "/service/recordings/", f"/service/unblinding/{study.split('/')[2]}/"]
    )
    assert not wrong


def the_demos_report(page, study: str) -> str:
    """The worker makes it while the first visitors look around."""
    for _second in range(180):
        page.goto(f"{study}reports/")
        if made := links(page, r"/studies/[0-9a-f-]{36}/reports/[0-9a-f-]{36}/"):
            return made[-1]
        page.wait_for_timeout(1000)
    raise AssertionError("no report came")


def test_targets_are_large_enough(new_context, url):
    page = new_context(viewport={"width": 390, "height": 844}, service_workers="block").new_page()
    page.goto(f"{url}/demo/as/participant/")
    to_date(page, url, 14)
    small = []
    for path in (
        "/today/",
        "/practices/p01-arriving/1/",
        "/questions/week-6/phq-8/",
        "/me/",
        "/me/reminders/",
        "/weekly/",
        "/flare/",
    ):
        page.goto(f"{url}{path}")
        small += page.evaluate(
            """path => [...document.querySelectorAll('button, .button, .tap, .tab-bar a, .flare-button, label.choice, select')]
            .filter(e => e.offsetParent && !e.closest('[hidden]'))
            .map(e => [e, e.getBoundingClientRect()])
            .filter(([e, r]) => r.width && (r.width < 44 || r.height < 44))
            .map(([e, r]) => `${path} ${e.className || e.tagName} ${e.textContent.trim().slice(0, 20)} ${r.width}×${r.height}`)""",
            path,
        )
    assert not small
