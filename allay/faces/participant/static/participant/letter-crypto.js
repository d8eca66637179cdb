// How a letter is locked: secret -> HKDF -> an AES-GCM key that the browser uses but never hands out.
// docs/adr/0009 says why, and what this does not protect from. No storage and no page here.

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const STEP = 1024; // letters are filled up to whole steps: their length says little
const TAG = 16;
export const LARGEST = 640 * 1024; // of a sealed letter; the service refuses more

const derived = (info) => ({
  name: "HKDF", hash: "SHA-256", salt: encoder.encode("allay letter 1"), info: encoder.encode(info),
});

/** 16 secret bytes -> { key_id, key }. The name of the key is derived apart: it gives nothing of the key away. */
export async function keyOf(secret) {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey", "deriveBits"]);
  const aes = { name: "AES-GCM", length: 256 };
  const key = await crypto.subtle.deriveKey(derived("key"), base, aes, false, ["encrypt", "decrypt"]);
  const name = new Uint8Array(await crypto.subtle.deriveBits(derived("name"), base, 128));
  return { key_id: Array.from(name, (byte) => byte.toString(16).padStart(2, "0")).join(""), key };
}

/** { made, lines, words, strokes } and the bytes of a voice -> bytes in whole steps. */
export function pack(letter, voice = new Uint8Array()) {
  const head = encoder.encode(JSON.stringify({ ...letter, voice_size: voice.length }));
  const bytes = new Uint8Array(Math.ceil((4 + head.length + voice.length) / STEP) * STEP);
  new DataView(bytes.buffer).setUint32(0, head.length);
  bytes.set(head, 4);
  bytes.set(voice, 4 + head.length);
  return bytes;
}

export function unpack(bytes) {
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const letter = JSON.parse(decoder.decode(bytes.subarray(4, end)));
  return { letter, voice: bytes.slice(end, end + letter.voice_size) };
}

export const fits = (bytes) => bytes.length + TAG <= LARGEST;

// The letter's id and the key's name are bound to it: the service cannot hand out one letter as another.
const how = (iv, id, keyId) => ({ name: "AES-GCM", iv, additionalData: encoder.encode(`allay-letter|1|${id}|${keyId}`) });

/** Bytes -> { key_id, nonce, sealed }, the last two in base64: all that ever leaves this phone. */
export async function lock({ key, key_id: keyId }, id, bytes) {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt(how(nonce, id, keyId), key, bytes);
  return { key_id: keyId, nonce: toBase64(nonce), sealed: toBase64(new Uint8Array(sealed)) };
}

/** Rejects where the key is another one, or a byte has changed. */
export async function unlock({ key, key_id: keyId }, id, { nonce, sealed }) {
  return new Uint8Array(await crypto.subtle.decrypt(how(fromBase64(nonce), id, keyId), key, fromBase64(sealed)));
}

export function toBase64(bytes) {
  const parts = [];
  for (let start = 0; start < bytes.length; start += 0x8000) {
    parts.push(String.fromCharCode(...bytes.subarray(start, start + 0x8000)));
  }
  return btoa(parts.join(""));
}

export const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
