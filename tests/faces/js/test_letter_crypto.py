"""How a letter is locked, in a real browser: codes, keys, sizes, and everything that must not open."""

import re

import pytest

pytestmark = pytest.mark.browser

SPELL = """async (bytes) => {
  const { spell, read } = await import("/static/participant/letter-code.js");
  const groups = await spell(new Uint8Array(bytes));
  return { groups, back: Array.from(await read(groups.join(" "))) };
}"""
READ = """async (typed) => {
  const { read } = await import("/static/participant/letter-code.js");
  const secret = await read(typed);
  return secret && Array.from(secret);
}"""
LOCKED = """async ({ words, secret = 7, other = 7, change = (it) => it }) => {
  const { keyOf, lock, pack, unlock, unpack } = await import("/static/participant/letter-crypto.js");
  const key = await keyOf(new Uint8Array(16).fill(secret));
  const sealed = await lock(key, "an-id", pack({ words }, new Uint8Array([1, 2, 3])));
  const size = atob(sealed.sealed).length;
  const opened = await unlock(await keyOf(new Uint8Array(16).fill(other)), "an-id", sealed).then(unpack, () => null);
  return { size, words: opened?.letter.words ?? null, voice: opened && Array.from(opened.voice), sealed };
}"""
TAMPERED = """async (how) => {
  const { keyOf, lock, pack, unlock } = await import("/static/participant/letter-crypto.js");
  const key = await keyOf(new Uint8Array(16).fill(7));
  const sealed = await lock(key, "an-id", pack({ words: "Dear you" }));
  const flipped = (text) => (text[9] === "A" ? "B" : "A").concat(text.slice(1));
  const changes = {
    nothing: ["an-id", sealed],
    "another letter's id": ["another-id", sealed],
    "a byte": ["an-id", { ...sealed, sealed: flipped(sealed.sealed) }],
    "the nonce": ["an-id", { ...sealed, nonce: flipped(sealed.nonce) }],
    "the end": ["an-id", { ...sealed, sealed: btoa(atob(sealed.sealed).slice(0, -1)) }],
  };
  return unlock(key, ...changes[how]).then(() => "opens", () => "stays locked");
}"""
KEY = """async () => {
  const { keyOf } = await import("/static/participant/letter-crypto.js");
  const { key, key_id } = await keyOf(new Uint8Array(16).fill(7));
  const out = await crypto.subtle.exportKey("raw", key).then(() => "handed out", (error) => error.name);
  return { out, extractable: key.extractable, algorithm: key.algorithm, usages: key.usages.sort(), key_id };
}"""


@pytest.fixture
def page(visit):
    return visit("/check/")


@pytest.mark.parametrize("secret", [[0] * 16, [255] * 16, list(range(16)), [7, 200] * 8])
def test_a_code_is_twelve_groups_of_four_letters_and_reads_back(page, secret):
    spelt = page.evaluate(SPELL, secret)
    assert len(spelt["groups"]) == 12
    assert all(
        re.fullmatch("[bdfghjklmnprstvw][aiou][bdfghjklmnprstvw][aiou]", group) for group in spelt["groups"]
    )
    assert spelt["back"] == secret


def test_a_code_may_be_copied_by_hand(page):
    secret = list(range(16))
    groups = page.evaluate(SPELL, secret)["groups"]
    for typed in (
        "".join(groups).upper(),
        "\n".join(groups),
        " - ".join(groups).title() + " ",
        "  ".join("".join(chr(ord(letter) + 0xFEE0) for letter in group) for group in groups),  # full width
        " ".join(re.sub("(?<=[^aiou])u", "v", group) for group in groups),  # u and v look alike
    ):
        assert page.evaluate(READ, typed) == secret, typed


def test_any_one_wrong_letter_is_noticed(page):
    code = "".join(page.evaluate(SPELL, list(range(16)))["groups"])
    wrong = [code[:at] + ("b" if code[at] != "b" else "d") + code[at + 1 :] for at in range(0, 48, 2)]
    wrong += [code[:at] + ("a" if code[at] != "a" else "o") + code[at + 1 :] for at in range(1, 48, 2)]
    assert page.evaluate(f"async (all) => Promise.all(all.map(({READ})))", wrong) == [None] * 48


@pytest.mark.parametrize(
    "typed", ["", "baba", "b" * 48, "baba " * 12, "baba " * 13, "1234 " * 12, "💛" * 48, "x" * 100_000]
)
def test_what_is_no_code_is_refused(page, typed):
    assert page.evaluate(READ, typed) is None


def test_the_key_cannot_be_taken_out_and_its_name_is_always_the_same(page):
    one, two = page.evaluate(KEY), page.evaluate(KEY)
    assert (one["extractable"], one["out"]) == (False, "InvalidAccessError")
    assert one["algorithm"] == {"name": "AES-GCM", "length": 256}
    assert one["usages"] == ["decrypt", "encrypt"]
    assert one["key_id"] == two["key_id"]
    assert re.fullmatch("[0-9a-f]{32}", one["key_id"])


def test_the_derivation_is_hkdf_as_others_compute_it(page):
    """Worked out here by RFC 5869, so that a letter can be opened without this program."""
    import hashlib
    import hmac

    prk = hmac.new(b"allay letter 1", bytes([7]) * 16, hashlib.sha256).digest()
    name = hmac.new(prk, b"name\x01", hashlib.sha256).digest()[:16]
    assert page.evaluate(KEY)["key_id"] == name.hex()


WORDS = {
    "plain": "Dear you, I know this has been hard.",
    "emoji": "💛👩🏽‍🦽 ok",
    "right to left": "שלום לך. \u202eabc\u202c مرحبا",
    "marks": "a" + "\u0301" * 1000,
    "control": "null \x00 and tab \t",
    "markup": "<script>alert(1)</script></textarea>",
    "100,000 characters": "кириллица " * 10_000,
}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS.keys())
def test_what_was_locked_opens_again(page, words):
    found = page.evaluate(LOCKED, {"words": words})
    assert found["words"] == words
    assert found["voice"] == [1, 2, 3]
    assert found["size"] % 1024 == 16


def test_half_a_character_does_no_harm(page):
    code = (
        "("
        + LOCKED.replace("({ words, ", "({ words: given, ").replace("{ words }", "{ words: 'x\\ud83d' }")
        + ")"
    )
    found = page.evaluate(f"async () => {{ const r = await {code}({{}}); return r.words.charCodeAt(1); }}")
    assert found == 0xD83D


def test_letters_of_like_length_look_alike(page):
    sizes = {page.evaluate(LOCKED, {"words": words})["size"] for words in ("No.", "Yes, and " * 40)}
    assert sizes == {1040}


def test_the_same_words_never_look_the_same(page):
    one, two = (page.evaluate(LOCKED, {"words": "Dear you"})["sealed"] for _ in range(2))
    assert one["nonce"] != two["nonce"]
    assert one["sealed"] != two["sealed"]


def test_another_key_does_not_open_it(page):
    assert page.evaluate(LOCKED, {"words": "Dear you", "other": 8})["words"] is None


@pytest.mark.parametrize("how", ["another letter's id", "a byte", "the nonce", "the end"])
def test_what_was_tampered_with_stays_locked(page, how):
    assert page.evaluate(TAMPERED, "nothing") == "opens"
    assert page.evaluate(TAMPERED, how) == "stays locked"
