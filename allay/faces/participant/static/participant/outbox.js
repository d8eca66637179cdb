// Entries made on this phone, sent once. An entry is deleted only when the server says that it has it.

import { newId } from "./crypto.js";
import { post } from "./parcel.js";
import { deviceTime } from "./phone.js";
import { account, all, keepSealed, put, readSealed, remove } from "./store.js";

const BATCH = 50;
const LONGEST_WAIT = 15 * 60_000;
const others = "BroadcastChannel" in globalThis ? new BroadcastChannel(`allay-${account}`) : null;
const listeners = new Set();
let [running, again, tries, timer] = [null, false, 0, 0];

/** What the last attempt came to: "empty", "later" (will be tried again) or "signed-out". */
export let state = "empty";

const tell = () => listeners.forEach((listener) => listener());

function changed() {
  tell();
  others?.postMessage("changed");
}

if (others) others.onmessage = tell;
export const onChange = (listener) => listeners.add(listener);

/** Stores an entry; resolves with its id once it stands on the disk of this phone. */
export async function keep(kind, content, id = newId()) {
  await keepSealed("entries", { id, kind, at: Date.now() }, { content, device_time: deviceTime() });
  changed();
  return id;
}

/** All entries on this phone, oldest first. `help` (with `why`) marks one that the server would not take. */
export const list = async () => (await all("entries")).sort((one, other) => one.at - other.at);

/** The content of an entry and the time it was made. */
export const read = (entry) => readSealed(entry);

export async function discard(id) {
  await remove("entries", id);
  changed();
}

async function settle(entries, { id, status, why = "" }) {
  const entry = entries.find((one) => one.id === id);
  if (["kept", "already", "gone"].includes(status)) await remove("entries", id);
  else if (entry) await put("entries", { ...entry, help: status, why });
}

async function opened(entries) {
  const open = async (entry) => ({ id: entry.id, kind: entry.kind, ...(await read(entry)) });
  const tried = await Promise.allSettled(entries.map(open));
  const lost = entries.filter((_, index) => tried[index].status === "rejected");
  await Promise.all(lost.map(({ id }) => settle(entries, { id, status: "unreadable" })));
  return tried.flatMap(({ value }) => value ?? []);
}

async function sendBatch() {
  const waiting = (await list()).filter((entry) => !entry.help).slice(0, BATCH);
  if (!waiting.length) return "empty";
  const entries = await opened(waiting);
  if (!entries.length) return "more";
  const answer = await post(entries);
  await Promise.all(answer.results.map((result) => settle(waiting, result)));
  return answer.state;
}

async function sendAll() {
  do {
    again = false;
    state = await sendBatch();
  } while (state === "more" || (again && state === "empty"));
}

function planNext() {
  running = null;
  clearTimeout(timer);
  tries = state === "later" ? tries + 1 : 0;
  const wait = Math.min(LONGEST_WAIT, 2 ** tries * 1000) * (0.5 + Math.random()); // spread: not all at 8 o'clock
  if (tries) timer = setTimeout(send, wait);
  if (tries === 1) navigator.storage?.persist?.().catch(() => {});
  changed();
}

/** Sends what waits, in one tab of this phone at a time. Resolves with the state it came to. */
export function send() {
  again = true;
  const locked = () => (navigator.locks ? navigator.locks.request(`allay-send-${account}`, sendAll) : sendAll());
  running ??= locked().catch(() => { state = "later"; }).then(planNext);
  return running.then(() => (again ? send() : state));
}

/** Sends now, when the signal comes back, and when somebody looks at the page again. */
export function start() {
  for (const moment of ["online", "focus"]) addEventListener(moment, send);
  document.addEventListener("visibilitychange", () => document.hidden || send());
  return send();
}
