"""A researcher from the plan to a report: by hand, by keyboard alone, and without scripts."""

import re

import pytest

pytestmark = pytest.mark.browser
LONG = 180_000  # milliseconds: an evaluation on a busy machine


@pytest.fixture
def desk(new_context, url, watch):
    """A researcher's browser on the study's page; options are the context's."""

    def enter(width=1280, **options):
        page = watch.on(new_context(viewport={"width": width, "height": 900}, **options).new_page())
        page.goto(f"{url}/demo/as/researcher/")
        page.get_by_role("link", name="Demo study").click()
        return page

    return enter


def open_first_report(page) -> None:
    """The demo's own run may still be at work when the first visitor looks."""
    while not (
        reports := page.get_by_role("region", name="Reports").get_by_role("link", name=re.compile("20"))
    ).count():
        page.wait_for_timeout(1000)
        page.reload()
    reports.first.click()


def test_the_demo_has_a_finished_report_by_a_locked_plan(desk):
    page = desk()
    assert "locked on" in page.get_by_role("region", name="Evaluation").inner_text()
    open_first_report(page)
    page.get_by_text("none from version 1").wait_for()
    page.get_by_role("link", name="Read the report").click()
    page.get_by_role("heading", level=1).wait_for()
    assert "synthetic" in page.locator("body").inner_text().lower()


def test_a_run_goes_on_by_itself_and_the_page_follows(desk):
    page = desk(width=390)
    page.get_by_role("button", name="Run the evaluation").click()
    page.wait_for_url(re.compile("/runs/"))
    live = page.locator("[aria-live=polite] [data-part=state]")
    assert live.inner_text()
    page.get_by_role("link", name="Go to the report").wait_for(timeout=LONG)
    assert live.inner_text() == "The report is ready."
    assert not page.locator("progress").count()
    page.get_by_role("link", name="Go to the report").click()
    assert "same plan" in page.get_by_role("region", name="How it was made").inner_text()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_without_scripts_a_link_looks_again(desk):
    page = desk(java_script_enabled=False)
    page.get_by_role("button", name="Run the evaluation").click()
    again = page.get_by_role("link", name="Look again")
    while again.count():
        page.wait_for_timeout(500)
        page.reload()
    page.get_by_role("link", name="Go to the report").click()
    page.get_by_role("link", name="Read the report").wait_for()


def press_to(page, role: str, name: str, most: int = 80) -> None:
    """Tabs on until the element of this role and name has the focus."""
    wanted = page.get_by_role(role, name=name, exact=True).first
    for _step in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard never came to {name}")


def test_stopping_by_keyboard_alone(desk):
    page = desk()
    press_to(page, "button", "Run the evaluation")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/runs/"))
    press_to(page, "button", "Stop")
    page.keyboard.press("Enter")
    page.get_by_text(re.compile("It was stopped|The report is ready")).wait_for(timeout=LONG)


def test_a_plan_is_refused_mended_and_kept(desk):
    page = desk(width=390)
    page.get_by_role("link", name="Read the plan").click()
    page.get_by_role("link", name="Write a new version").click()
    text = page.get_by_label("The plan (TOML)")
    good = text.input_value()
    text.fill(good.replace('better = "lower"', 'better = "down"', 1) + "\n# a remark of mine\n")
    page.get_by_role("button", name="Keep as a new version").click()
    assert "outcomes[1].better" in page.get_by_role("alert").inner_text()
    assert "# a remark of mine" in text.input_value()
    text.fill(text.input_value().replace('"down"', '"lower"'))
    page.get_by_role("button", name="Keep as a new version").click()
    page.get_by_text(re.compile(r"Version \d+ is kept")).wait_for()
    assert "# a remark of mine" in page.locator("pre").inner_text()
