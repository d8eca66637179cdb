"""The report in a real browser: accessible in both themes, silent, and printable."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from allay.science.evaluation.plan import parse_plan
from allay.science.evaluation.story.figures import figures
from allay.science.evaluation.story.whole import report_page

from .conftest import REFERENCE, TRIAL_PLAN
from .whole import PLAN, diary, table

pytestmark = pytest.mark.browser


SOURCES = {
    "three arms": (REFERENCE / "synthetic_trial.csv", TRIAL_PLAN, None),
    "everything": (table(), PLAN, diary()),
}


@pytest.fixture(params=SOURCES)
def report_file(request, bench, tmp_path):
    content, plan, entries = SOURCES[request.param]
    results = bench(content, plan, diary=entries)
    drawn = figures(bench.connection, parse_plan(plan.encode(), "plan.toml"), results)
    path = tmp_path / "report.html"
    path.write_text(report_page(results, drawn), encoding="utf-8")
    return path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_breaks_no_rule_of_accessibility(browser, report_file, theme):
    context = browser.new_context(color_scheme=theme, bypass_csp=True)  # axe is a script, and none is allowed
    page = context.new_page()
    page.goto(report_file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    violations = Axe().run(page).response["violations"]
    context.close()
    assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == []


def test_it_asks_nobody_and_complains_of_nothing(page, report_file):
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(report_file.as_uri())
    assert asked == [report_file.as_uri()]
    assert said == []


def test_its_style_passes_its_own_policy(page, report_file):
    page.goto(report_file.as_uri())
    assert page.evaluate("getComputedStyle(document.querySelector('caption')).textAlign") == "left"


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_sticks_out_sideways(page, report_file, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(report_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints(page, report_file):
    page.goto(report_file.as_uri())
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
