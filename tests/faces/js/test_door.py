"""Coming in with a code in the address, and going out with entries unsent."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

UNSENT = """async () => {
  const { keep } = await import("/static/participant/outbox.js");
  await keep("check-in", { mood: 1 });
}"""
DATABASES = "async () => (await indexedDB.databases()).map(({ name }) => name)"


def test_the_code_moves_from_the_address_to_the_field(visit, server):
    page = visit("/join/#K7TM-29QX-4HPN")
    expect(page.get_by_label("Your code")).to_have_value("K7TM-29QX-4HPN")
    assert page.url.endswith("/join/")


def test_anything_else_after_the_hash_is_left_alone(visit):
    page = visit("/join/#<b>x")
    expect(page.get_by_label("Your code")).to_have_value("")


@pytest.fixture
def leaving(visit, server):
    server.mood = "busy"
    page = visit("/leave/")
    page.evaluate(UNSENT)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("1 entry on this phone is not sent yet.")).to_be_visible()
    return page


def test_signing_out_with_nothing_unsent_asks_nothing(visit, server):
    page = visit("/leave/")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title("posted")
    assert [path for path, _ in server.posted] == ["/sign-out/"]


def test_send_now_sends_and_leaves(leaving, server):
    server.mood = "ok"
    leaving.get_by_role("button", name="Send now").click()
    expect(leaving).to_have_title("posted")
    assert len(server.rows) == 1


def test_keep_leaves_the_locked_entries_and_tells_the_server(leaving, server):
    server.mood = "ok"
    leaving.get_by_role("button", name="Keep on this phone").click()
    expect(leaving).to_have_title("posted")
    assert server.posted[0][1]["keep"] == "1"
    assert leaving.evaluate(DATABASES) == ["allay-a1b2"]


def test_delete_takes_two_taps_and_leaves_nothing(leaving, server):
    server.mood = "ok"
    leaving.get_by_role("button", name="Delete").click()
    expect(leaving.get_by_role("button", name="Yes, delete for good")).to_be_visible()
    leaving.get_by_role("button", name="Yes, delete for good").click()
    expect(leaving).to_have_title("posted")
    assert server.rows == {}
    assert leaving.evaluate(DATABASES) == []
