// A letter code: 16 secret bytes and 2 that check them, as twelve groups of four letters that can be said aloud.
// Consonants and vowels take turns, so a "u" that looks like a "v" on paper is told apart by its place.

const CONSONANTS = "bdfghjklmnprstvw"; // 4 bits
const VOWELS = "aiou"; // 2 bits
const ALIKE = [{ q: "g", u: "v", i: "l", 1: "l", 5: "s", y: "j" }, { l: "i", 1: "i", v: "u", 0: "o" }];
const SECRET = 16;
const CHECK = 2;
const LETTERS = 48;

async function check(secret) {
  const label = new TextEncoder().encode("allay letter code");
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array([...label, ...secret]));
  return new Uint8Array(digest, 0, CHECK);
}

/** 16 bytes -> twelve groups of four letters. */
export async function spell(secret) {
  const bits = [...secret, ...(await check(secret))].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.match(/.{12}/g).map((group) => {
    const [, ...parts] = group.match(/^(....)(..)(....)(..)$/);
    return parts.map((part, place) => (place % 2 ? VOWELS : CONSONANTS)[parseInt(part, 2)]).join("");
  });
}

function bitsOf(letter, place) {
  const vowel = place % 2;
  const value = (vowel ? VOWELS : CONSONANTS).indexOf(ALIKE[vowel][letter] ?? letter);
  return value < 0 ? "" : value.toString(2).padStart(vowel ? 2 : 4, "0");
}

/** What somebody typed -> the 16 bytes, or null where a letter is wrong, missing or too many. */
export async function read(typed) {
  const letters = typed.normalize("NFKC").toLowerCase().replace(/[^a-z0-9]/g, "");
  if (letters.length !== LETTERS) return null;
  const bits = Array.from(letters, bitsOf).join("");
  if (bits.length !== 8 * (SECRET + CHECK)) return null;
  const bytes = new Uint8Array(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const secret = bytes.slice(0, SECRET);
  const wanted = await check(secret);
  return wanted.every((byte, place) => byte === bytes[SECRET + place]) ? secret : null;
}
