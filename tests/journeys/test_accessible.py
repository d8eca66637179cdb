"""axe on every page of every role, in both themes and with more contrast; nothing wider than the phone."""

import re
from collections.abc import Iterable

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.pages import (
    LATER,
    NOWHERE,
    PARTICIPANT,
    PUBLIC,
    WEEK_6,
    WEEK_12,
    at_full_height,
    look_like,
    open_at,
    to_date,
)

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary'][:160]}"
        for rule in found
        for node in rule["nodes"]
    ]


def links(page, pattern: str) -> list[str]:
    hrefs = page.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href') || '')")
    return sorted({href for href in hrefs if re.fullmatch(pattern, href)})


def look(page, url: str, paths: Iterable[str]) -> list[str]:
    wrong = []
    for path in paths:
        wrong += open_at(page, url, path)
        wrong += [f"{path}: {violation}" for violation in at_full_height(page, lambda: violations(page))]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{path}: wider than the screen")
    return wrong


@pytest.fixture(params=["light", "dark"])
def at_width(request, new_context, watch):
    def page(width: int, contrast: str = "no-preference"):
        context = new_context(
            viewport={"width": width, "height": 900},
            color_scheme=request.param,
            contrast=contrast,
            service_workers="block",
        )
        return watch.on(context.new_page())

    return page


def tries(page, url: str) -> list[str]:
    page.goto(f"{url}/me/two-weeks/")
    found = links(page, r"/me/two-weeks/[0-9a-f-]{36}/")
    assert len(found) == 2
    return found


@pytest.mark.parametrize("contrast", ["no-preference", "more"])
def test_public_pages(at_width, url, contrast):
    assert not look(at_width(390, contrast), url, PUBLIC)


@pytest.mark.parametrize("contrast", ["system", "more"])
def test_participant_pages(at_width, url, contrast):
    """With the person's own choice of contrast."""
    page = at_width(390)
    page.goto(f"{url}/demo/as/participant/")
    look_like(page, url, contrast=contrast)
    wrong = look(page, url, ["/me/two-weeks/"])  # one is on
    to_date(page, url, WEEK_6)  # questionnaires are open; both tries are over
    wrong += look(page, url, [*PARTICIPANT, *tries(page, url), NOWHERE])
    to_date(page, url, WEEK_12)
    wrong += look(page, url, LATER)
    look_like(page, url, contrast="system")
    assert not wrong


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
