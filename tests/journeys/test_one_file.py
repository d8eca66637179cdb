"""Everything as one file: saved from the phone with its letters opened, read from a disk with nothing else there."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_letter import ready, write

pytestmark = pytest.mark.browser


def test_the_file_opens_from_a_disk_with_the_letters_in_it(phone, url, come_in, tmp_path, browser):
    page = come_in(phone)
    write(page, url, "Dear you, the lamp stays on. <b>not bold</b> 💛")
    page.goto(f"{url}/me/")
    page.get_by_role("link", name="Everything in one file").click()
    ready(page)
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save the file").click()
    assert saving.value.suggested_filename == "my-allay.html"
    saving.value.save_as(tmp_path / "my-allay.html")

    alone = browser.new_context(offline=True)
    file = alone.new_page()
    asked = []
    file.on("request", lambda request: asked.append(request.url))
    file.goto((tmp_path / "my-allay.html").as_uri())
    expect(file.get_by_text("the lamp stays on. <b>not bold</b> 💛")).to_be_visible()
    expect(file.get_by_text("I am on your side.").first).to_be_visible()
    expect(file.get_by_text("This letter is still locked")).to_have_count(0)
    expect(file.get_by_role("heading", name="Practices")).to_be_visible()
    assert file.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(250, 246, 239)"
    assert [address for address in asked if not address.startswith(("file:", "data:"))] == []
    alone.close()
