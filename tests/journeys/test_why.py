"""A tap on "What suits me", also without signal, and the page that then says why it looks otherwise."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_flare import open_page, until
from tests.journeys.test_offline import KEPT

pytestmark = pytest.mark.browser


def test_what_suits_is_said_without_signal_and_pages_say_why(phone, url, come_in, rows):
    come_in(phone)
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.reload()
    phone.evaluate(KEPT)
    said = "SELECT count(*) FROM records_circumstances WHERE go_gently AND doing = 'under'"
    (before,) = rows(said)[0]
    phone.context.set_offline(True)
    open_page(phone, f"{url}/me/suits/")
    phone.get_by_text("Some things are too close for me.").click()
    phone.get_by_text("rest more than I would like").click()
    phone.get_by_role("button", name="Save").click()
    expect(phone.locator("#suits-thanks")).to_be_visible()
    phone.context.set_offline(False)
    open_page(phone, f"{url}/me/")
    until(phone, lambda: rows(said)[0][0] == before + 1)

    open_page(phone, f"{url}/practices/")
    expect(phone.locator("ul.list a").first).to_contain_text("Find your anchor")
    phone.get_by_text("Why am I seeing this?").click()
    expect(phone.get_by_text("You asked us to go gently")).to_be_visible()
    phone.get_by_role("link", name="Change what suits me").first.click()
    phone.wait_for_url(f"{url}/me/suits/")
    expect(phone.locator("input[name=go_gently]")).to_be_checked()
