// Sealed letters: from this phone where they were fetched before, else from the service. And opening one.

import { unlock, unpack } from "./letter-crypto.js";

const OWN = "allay-own"; // beside the pages kept for a day without signal; cleared at sign-out
const how = { ignoreVary: true };
const cache = () => globalThis.caches?.open(OWN).catch(() => null);

/** { id, key_id, nonce, sealed }. What is sealed never changes, so what was fetched once is good for ever. */
export async function fetchSealed(url) {
  const own = await cache();
  const found = await own?.match(url, how);
  if (found) return found.json();
  const reply = await fetch(url, { headers: { Accept: "application/json" }, redirect: "manual" });
  if (!reply.ok) throw new Error("the letter could not be fetched");
  await own?.put(url, reply.clone()).catch(() => {});
  return reply.json();
}

/** The lines of this page as the service has them now: one letter may have gone out while the page was on its way. */
export async function linesNow() {
  const reply = await fetch(location.pathname, { redirect: "manual" });
  const page = new DOMParser().parseFromString(reply.ok ? await reply.text() : "", "text/html");
  return [...page.querySelectorAll("[data-list] > [data-letter]")];
}

export const drop = async (url) => (await cache())?.delete(url, how).catch(() => {});

/** { letter, voice } of a sealed letter. Rejects where its key is not among those given. */
export async function open(sealed, keys) {
  const key = keys.find(({ key_id: id }) => id === sealed.key_id);
  return unpack(await unlock(key, sealed.id, sealed));
}
