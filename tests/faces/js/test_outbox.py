"""An entry made on the phone reaches the service once, whatever happens on the way."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

STORED = """async (store) => {
  const open = indexedDB.open(`allay-${document.documentElement.dataset.account}`, 1);
  const database = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const request = database.transaction(store).objectStore(store).getAll();
  const records = await new Promise((done) => { request.onsuccess = () => done(request.result); });
  database.close();
  return records.length;
}"""


def check_in(page, mood=6):
    page.locator(f"label.tap:has(#mood-{mood})").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()


def outbox(page):
    return page.locator("#outbox")


def test_an_entry_made_offline_is_shown_as_kept(visit, phone):
    page = visit("/check/")
    phone.set_offline(True)
    check_in(page)
    expect(outbox(page)).to_have_text("1 entry kept on this phone.")
    expect(page.get_by_text("Kept on this phone.", exact=True)).to_be_visible()


def test_an_entry_made_offline_is_sent_once_when_there_is_signal(visit, phone, server):
    page = visit("/check/")
    phone.set_offline(True)
    check_in(page)
    expect(outbox(page)).to_be_visible()
    phone.set_offline(False)
    expect(outbox(page)).to_be_hidden()
    assert [len(parcel) for parcel in server.parcels] == [1]
    assert page.evaluate(STORED, "entries") == 0


def test_what_is_sent_follows_the_protocol(visit, server):
    page = visit("/check/")
    page.get_by_text("Company").click()
    check_in(page, mood=0)
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    (entry,) = server.rows.values()
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", entry["id"])
    assert entry["device_time"].endswith("+05:30")
    content = {"not_today": False, "mood": 0, "helped": "company"}
    assert entry["content"] == {**content, "day": entry["device_time"][:10]}


def test_not_today_is_a_full_answer(visit, server):
    page = visit("/check/")
    page.locator("label.tap:has(#mood-3)").click()
    page.get_by_role("button", name="Not today").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    (entry,) = server.rows.values()
    assert entry["content"]["not_today"]
    assert "mood" not in entry["content"]


def test_two_quick_taps_make_one_entry(visit, server):
    page = visit("/check/")
    page.locator("label.tap:has(#mood-6)").click()
    page.evaluate("const save = document.querySelector('form button'); save.click(); save.click();")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert len(server.rows) == 1


def test_an_empty_entry_is_not_kept(visit, server):
    page = visit("/check/")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Tap at least one.")).to_be_focused()
    assert page.evaluate(STORED, "entries") == 0


def test_two_tabs_do_not_send_twice(visit, phone, server):
    one, two = visit("/check/"), visit("/check/")
    phone.set_offline(True)
    check_in(one)
    expect(outbox(two)).to_have_text("1 entry kept on this phone.")
    server.delay = 0.3
    phone.set_offline(False)
    for page in (one, two):
        page.evaluate("dispatchEvent(new Event('online'))")
    expect(outbox(one)).to_be_hidden()
    expect(outbox(two)).to_be_hidden()
    assert [len(parcel) for parcel in server.parcels] == [1]


def test_a_reply_lost_on_the_way_does_not_make_two(visit, phone, server):
    page = visit("/check/")
    page.route("**/sync/", lambda route: (route.fetch(), route.abort()), times=1)
    check_in(page)
    expect(outbox(page)).to_be_visible()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(outbox(page)).to_be_hidden()
    assert len(server.parcels) == 2
    assert len(server.rows) == 1


def test_a_broken_server_loses_nothing_and_is_tried_again(visit, server):
    server.mood = "down"
    page = visit("/check/")
    check_in(page)
    expect(outbox(page)).to_have_text("1 entry kept on this phone.")
    server.mood = "ok"
    expect(outbox(page)).to_be_hidden()  # by itself, after a pause
    assert len(server.rows) == 1


def test_signed_out_keeps_the_entry_and_says_so(visit, server):
    server.mood = "signed-out"
    page = visit("/check/")
    check_in(page)
    expect(outbox(page)).to_have_text("1 entry kept on this phone. Sign in again and we will send it.")


def test_an_entry_in_conflict_can_be_saved_as_text(visit, server):
    server.mood = "conflict"
    page = visit("/check/")
    check_in(page)
    expect(outbox(page)).to_have_text("1 entry could not be sent.")
    expect(page.get_by_text("Sent before with other answers.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as text").click()
    assert "mood: 6" in Path(download.value.path()).read_text()


def test_an_entry_in_conflict_is_deleted_by_two_taps(visit, server):
    server.mood = "conflict"
    page = visit("/check/")
    check_in(page)
    page.get_by_role("button", name="Delete").click()
    assert page.evaluate(STORED, "entries") == 1
    page.get_by_role("button", name="Delete for good").click()
    expect(page.locator("#outbox-help")).to_be_hidden()
    assert page.evaluate(STORED, "entries") == 0


def test_one_bad_entry_does_not_hold_up_the_others(visit, phone, server):
    server.mood = "refuse"
    pages = [visit("/check/") for _ in range(3)]
    phone.set_offline(True)
    for page, mood in zip(pages, (4, 10, 5), strict=True):
        check_in(page, mood)
    phone.set_offline(False)
    expect(outbox(pages[0])).to_have_text("1 entry could not be sent.")
    assert sorted(row["content"]["mood"] for row in server.rows.values()) == [4, 5]


def test_without_storage_the_form_is_posted_like_any_form(visit, phone, server):
    phone.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    page = visit("/check/")
    page.get_by_role("button", name="Not today").click()
    expect(page).to_have_title("posted")
    ((path, fields),) = server.posted
    assert (path, fields["not_today"]) == ("/check-in/", "1")
    assert fields["id"] != "made-by-server"


def test_many_entries_go_in_parcels_of_fifty(visit, phone, server):
    page = visit("/check/")
    phone.set_offline(True)
    page.evaluate("""async () => {
      const { keep } = await import("/static/participant/outbox.js");
      for (let n = 0; n < 60; n++) await keep("check-in", { mood: 1 });
    }""")
    expect(outbox(page)).to_have_text("60 entries kept on this phone.")
    phone.set_offline(False)
    expect(outbox(page)).to_be_hidden()
    assert [len(parcel) for parcel in server.parcels] == [50, 10]
