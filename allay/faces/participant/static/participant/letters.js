// The list of letters: opens them with the keys on this phone, shows those not sent yet, deletes.

import { drop, fetchSealed, linesNow, open } from "./letter-fetch.js";
import { keys } from "./letter-key.js";
import { wire as wireLost } from "./letter-lost.js";
import { toggle } from "./letter-show.js";
import * as outbox from "./outbox.js";

const ANYONE = "00000000-0000-4000-8000-000000000000";
const FOR_LATER = 10; // letters that come along for a day without signal

export async function wire(root) {
  let known = globalThis.crypto?.subtle && (await keys().catch(() => null));
  if (!known) return; // nothing can be kept here, so no letter was ever made here
  const find = (selector) => root.querySelector(selector);
  const address = (id) => root.dataset.sealedUrl.replace(ANYONE, id);
  const waiting = new Map(); // id -> sealed letter that has not gone out yet
  const gone = new Set(); // ids of letters deleted here
  const list = find("[data-list]");
  const lines = () => [...list.querySelectorAll("[data-letter]")];
  const lacking = () => lines().filter((line) => !known.some(({ key_id: id }) => id === line.dataset.key));
  const lineOf = (id) => lines().find((line) => line.dataset.letter === id);

  function say(what) {
    const line = find("[data-say]");
    Object.assign(line, { textContent: line.dataset[what], hidden: false });
  }

  async function opened(id) {
    const sealed = waiting.get(id) ?? (await fetchSealed(address(id)).catch(() => null));
    if (!sealed) say("offline");
    return sealed && open(sealed, known).catch(() => say("broken"));
  }

  async function remove(line) {
    const id = line.dataset.letter;
    await outbox.keep("letter-deletion", { letter: id }); // also for one not sent: it may be there all the same
    if (waiting.has(id)) await outbox.discard(id);
    await drop(address(id));
    gone.add(id);
    refresh();
    say("deleted");
    outbox.send();
  }

  function wireLine(line) {
    line.querySelector("[data-do=open]").addEventListener("click", () => toggle(line, () => opened(line.dataset.letter)));
    line.querySelector("[data-delete]").addEventListener("submit", (event) => { event.preventDefault(); remove(line); });
  }

  const put = (line) => { list.prepend(line); wireLine(line); };

  function add({ id, at }, { key_id: key }) {
    const line = find("[data-waiting]").content.firstElementChild.cloneNode(true);
    Object.assign(line.dataset, { letter: id, key });
    line.querySelector("b").textContent = new Date(at).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
    put(line);
  }

  /** What lies in the outbox: letters on their way, and letters that are to go. */
  async function addWaiting() {
    for (const entry of (await outbox.list()).filter(({ kind }) => kind.startsWith("letter"))) {
      const { content } = await outbox.read(entry);
      if (entry.kind === "letter-deletion") gone.add(content.letter);
      else if (!lineOf(entry.id)) add(entry, content);
      if (entry.kind === "letter") waiting.set(entry.id, { ...content, id: entry.id });
    }
  }

  function refresh() {
    lines().filter((line) => gone.has(line.dataset.letter)).forEach((line) => line.remove());
    const locked = lacking();
    for (const line of lines()) {
      line.querySelector("[data-do=open]").hidden = locked.includes(line);
      line.querySelector("[data-locked]")?.toggleAttribute("hidden", !locked.includes(line));
    }
    find("[data-key-missing]").hidden = !locked.length;
    list.hidden = !(find("[data-none]").hidden = lines().length > 0);
  }
  async function keepForLater() {
    const there = lines().map((line) => line.dataset.letter).filter((id) => !waiting.has(id));
    for (const id of there.slice(0, FOR_LATER)) await fetchSealed(address(id)).catch(() => {});
  }

  find("[data-plain]").hidden = true;
  find("[data-with-script]")?.toggleAttribute("hidden", false);
  lines().forEach(wireLine);
  await addWaiting().catch(() => {});
  refresh();
  wireLost(find("[data-key-missing]"), () => lacking().map((line) => line.dataset.key), async () => {
    known = await keys();
    refresh();
    say("opened");
  });
  outbox.send().then(linesNow).then((now) => {
    now.filter(({ dataset }) => !lineOf(dataset.letter)).forEach(put);
    refresh();
  }).catch(() => {}).then(keepForLater);
}
