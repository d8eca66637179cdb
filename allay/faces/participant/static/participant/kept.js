// Says what is kept on this phone (#outbox), and offers a way out for entries that could not be sent (#outbox-help).

import * as outbox from "./outbox.js";
import { count } from "./phone.js";

/** A page made before the service knew of a flare shows that it is on, until the entry has gone out. */
function showWhileKept(entries) {
  const last = entries.filter(({ kind }) => kind.startsWith("flare")).at(-1)?.kind;
  for (const part of document.querySelectorAll("[data-while-kept]")) part.hidden = part.dataset.whileKept !== last;
}

async function render() {
  const entries = await outbox.list().catch(() => []);
  const stuck = entries.filter((entry) => entry.help);
  const waiting = entries.length - stuck.length;
  showWhileKept(entries);
  const line = document.getElementById("outbox");
  const words = [];
  if (waiting) words.push(count(line, waiting));
  if (waiting && outbox.state === "signed-out") words.push(line.dataset.signedOut);
  if (stuck.length) words.push(count(line, stuck.length, "help"));
  line.hidden = !words.length;
  line.textContent = words.join(" ");
  const section = document.getElementById("outbox-help");
  if (!section) return;
  section.hidden = !stuck.length;
  if (!stuck.length) return;
  const { row } = await import("./stuck.js"); // seldom needed, so it comes by itself
  section.querySelector("ul").replaceChildren(...stuck.map((entry) => row(section, entry)));
}

export function wire() {
  if (!document.getElementById("outbox")) return;
  let soon = 0; // an entry that leaves at once is not worth a flicker
  const later = () => { clearTimeout(soon); soon = setTimeout(() => render().catch(() => {}), 300); };
  outbox.onChange(later);
  later();
}
