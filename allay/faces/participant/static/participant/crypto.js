// What waits on this phone is unreadable without a key that the browser will use but never hand out.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const makeKey = () =>
  crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);

/** Encrypts a JSON value. The label (account, id, kind) is bound to it: a record cannot be moved or relabelled. */
export async function seal(key, label, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: encoder.encode(label) };
  return { iv, data: await crypto.subtle.encrypt(how, key, encoder.encode(JSON.stringify(value))) };
}

export async function unseal(key, label, { iv, data }) {
  const how = { name: "AES-GCM", iv, additionalData: encoder.encode(label) };
  return JSON.parse(decoder.decode(await crypto.subtle.decrypt(how, key, data)));
}

/** A random UUID (version 4), also where randomUUID is withheld because the page came over plain http. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
