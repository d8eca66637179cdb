"""What waits on the phone says nothing to somebody who opens its storage."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

KEEP = """async () => {
  const { keep } = await import("/static/participant/outbox.js");
  return keep("check-in", { helped: "a walk with my sister", mood: 3 });
}"""
RAW = """async () => {
  const open = indexedDB.open("allay-a1b2", 1);
  const database = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const all = (store) => new Promise((done) => {
    const request = database.transaction(store).objectStore(store).getAll();
    request.onsuccess = () => done(request.result);
  });
  const [entry] = await all("entries");
  const [{ key }] = await all("keys");
  const bytes = (buffer) => Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  const text = JSON.stringify({ ...entry, iv: bytes(entry.iv), data: bytes(entry.data) });
  const out = await crypto.subtle.exportKey("raw", key).then(() => "exported", (error) => error.name);
  return { text, out, extractable: key.extractable, fields: Object.keys(entry).sort() };
}"""
RELABEL = """async () => {
  const { all, put } = await import("/static/participant/store.js");
  const [entry] = await all("entries");
  await put("entries", { ...entry, kind: "practice" });
  dispatchEvent(new Event("online"));
}"""


@pytest.fixture
def offline_page(visit, phone):
    page = visit("/check/")
    page.evaluate("import('/static/participant/outbox.js')")
    phone.set_offline(True)
    page.evaluate(KEEP)
    return page


def test_storage_holds_no_plain_text(offline_page):
    raw = offline_page.evaluate(RAW)
    assert raw["fields"] == ["at", "data", "id", "iv", "kind"]
    assert "sister" not in raw["text"]
    assert "mood" not in raw["text"]


def test_the_key_cannot_be_taken_out(offline_page):
    raw = offline_page.evaluate(RAW)
    assert (raw["extractable"], raw["out"]) == (False, "InvalidAccessError")


def test_a_relabelled_entry_is_not_sent(offline_page, phone, server):
    server.mood = "down"
    phone.set_offline(False)
    offline_page.evaluate(RELABEL)
    expect(offline_page.locator("#outbox")).to_have_text("1 entry could not be sent.")
    assert server.rows == {}


def test_each_account_has_a_store_and_a_key_of_its_own(visit, offline_page, phone, server):
    server.mood = "down"
    phone.set_offline(False)
    other = visit("/other/")
    expect(other.locator("#outbox")).to_be_hidden()
    names = other.evaluate("async () => (await indexedDB.databases()).map(({ name }) => name).sort()")
    assert names == ["allay-a1b2", "allay-c3d4"]


def test_pages_opened_together_agree_on_one_key(visit):
    page = visit("/check/")
    read = """async () => {
      const { keepSealed, readSealed, all } = await import("/static/participant/store.js");
      await Promise.all([1, 2, 3].map((n) => keepSealed("answers", { id: `a${n}`, kind: "answer" }, { n })));
      return (await Promise.all((await all("answers")).map(readSealed))).map(({ n }) => n);
    }"""
    assert page.evaluate(read) == [1, 2, 3]


def test_ids_are_made_without_random_uuid_too(visit):
    page = visit("/check/")
    made = page.evaluate("""async () => {
      Object.defineProperty(crypto, "randomUUID", { value: undefined });
      const { newId } = await import("/static/participant/crypto.js");
      return Array.from({ length: 50 }, newId);
    }""")
    assert len(set(made)) == 50
    assert all(len(one) == 36 and one[14] == "4" and one[19] in "89ab" for one in made)
