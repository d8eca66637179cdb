// Says what is kept on this phone (#outbox), and offers a way out for entries that could not be sent (#outbox-help).

import * as outbox from "./outbox.js";
import { count } from "./phone.js";

function asFile(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = `${name}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function asText({ content, device_time: time }) {
  return [time, ...Object.entries(content).map(([field, value]) => `${field}: ${value ?? ""}`)].join("\n");
}

function row(section, entry) {
  const line = section.querySelector("template").content.firstElementChild.cloneNode(true);
  const [save, drop] = ["save", "delete"].map((verb) => line.querySelector(`[data-do=${verb}]`));
  line.querySelector("time").textContent = new Date(entry.at).toLocaleString(document.documentElement.lang);
  line.querySelector(".hush").textContent = entry.why;
  save.addEventListener("click", async () => {
    const text = await outbox.read(entry).then(asText, () => entry.help);
    asFile(section.dataset.file, text);
  });
  drop.addEventListener("click", () => {
    if (drop.dataset.sure) return void outbox.discard(entry.id);
    drop.dataset.sure = "yes"; // the first tap asks, the second deletes
    drop.textContent = section.dataset.confirm;
  });
  return line;
}

async function render() {
  const entries = await outbox.list().catch(() => []);
  const stuck = entries.filter((entry) => entry.help);
  const waiting = entries.length - stuck.length;
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
  section.querySelector("ul").replaceChildren(...stuck.map((entry) => row(section, entry)));
}

export function wire() {
  if (!document.getElementById("outbox")) return;
  let soon = 0; // an entry that leaves at once is not worth a flicker
  const later = () => { clearTimeout(soon); soon = setTimeout(render, 300); };
  outbox.onChange(later);
  later();
}
