// One parcel of entries to the server, and what became of each.

import { csrf } from "./phone.js";

function ask(entries) {
  const body = JSON.stringify({ entries });
  return fetch(document.documentElement.dataset.sync ?? "/sync/", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf() },
    body,
    redirect: "manual",
    signal: AbortSignal.timeout?.(20_000 + Math.min(40_000, body.length / 10)), // a spoken letter takes its time
  }).catch(() => null);
}

/** Says why a reply is no answer: "later" (no signal, server busy), "signed-out", or nothing. */
export function obstacle(reply) {
  if (!reply || reply.status >= 500 || [408, 429].includes(reply.status)) return "later";
  return reply.type === "opaqueredirect" || [401, 403, 404].includes(reply.status) ? "signed-out" : "";
}

/** Posts entries. Gives { state: "more" | "later" | "signed-out", results: [{ id, status, why }] }. */
export async function post(entries) {
  const reply = await ask(entries);
  const state = obstacle(reply);
  if (state) return { state, results: [] };
  if (reply.ok) {
    const results = (await reply.json().catch(() => null))?.results ?? [];
    return { state: results.length ? "more" : "later", results };
  }
  // The whole parcel was refused: halve it until the one entry at fault stands alone.
  if (entries.length === 1) return { state: "more", results: [{ id: entries[0].id, status: "refused" }] };
  const half = Math.ceil(entries.length / 2);
  const first = await post(entries.slice(0, half));
  if (first.state !== "more") return first;
  const second = await post(entries.slice(half));
  return { state: second.state, results: [...first.results, ...second.results] };
}
