// The way out for an entry that could not be sent: save it as text, or delete it.

import * as outbox from "./outbox.js";

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

export function row(section, entry) {
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
