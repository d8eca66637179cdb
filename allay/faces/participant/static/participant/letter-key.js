// The keys to letters that are on this phone. They lie in this account's store and cannot be taken out of it.

import { keyOf } from "./letter-crypto.js";
import { all, put } from "./store.js";

const KIND = "letter-";

/** Keys on this phone, the newest first: new letters are locked with that one. */
export async function keys() {
  const found = (await all("keys")).filter(({ id }) => id.startsWith(KIND));
  return found.sort((one, other) => other.at - one.at);
}

export const hold = (key) => put("keys", { at: Date.now(), ...key, id: KIND + key.key_id });

/** Makes the key of a secret and keeps it here. Nothing else of the secret stays. */
export async function adopt(secret) {
  const key = await keyOf(secret);
  await hold(key);
  navigator.storage?.persist?.().catch(() => {});
  return key;
}
