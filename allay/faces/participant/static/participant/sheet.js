// A sheet (my plan, flare plan, ...): keeping a version on this phone while there is no signal.

import { keep, send } from "./outbox.js";
import { deviceTime } from "./phone.js";
import { wireDrawing } from "./strokes.js";

const number = (text) => (text === "" || text === undefined ? null : Number(text));
const filled = (value) => value !== null && value !== "" && (!Array.isArray(value) || value.length > 0);

function place(carried) {
  return carried.startsWith("tap:") ? { tap: carried.slice(4) } : { words: carried.slice(4) };
}

/** The fields of one item as an entry holds them, like sheet_form.content on the server. */
function item(fields, id) {
  const part = (name) => fields.getAll(`${id}.${name}`);
  const who = part("who");
  const ask = part("ask");
  const given = {
    taps: part("taps"),
    words: part("words").join("\n"),
    drawing: JSON.parse(part("drawing").join("") || "[]"),
    people: who.map((one, at) => ({ who: one, ask: ask[at] ?? "" })).filter((row) => row.who || row.ask),
    ring: part("place").filter((carried) => !["tap:", "own:"].includes(carried)).map(place),
    strongest: number(part("strongest").at(-1)),
    step_out: number(part("step_out").at(-1)),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => filled(value)));
}

function entry(form) {
  const fields = new FormData(form);
  const items = [...form.querySelectorAll("[data-item]")].map((section) => section.dataset.item);
  const content = Object.fromEntries(items.map((id) => [id, item(fields, id)]).filter(([, given]) => Object.keys(given).length));
  return { sheet: form.dataset.sheet, content, follows: fields.getAll("follows"), day: deviceTime().slice(0, 10) };
}

function say(form, name) {
  const line = document.getElementById("sheet-kept");
  line.textContent = line.dataset[name];
  line.hidden = false;
  line.tabIndex = -1;
  line.focus();
}

export function wire(form) {
  for (const box of form.querySelectorAll("[data-drawing]")) wireDrawing(box, box.previousElementSibling);
  form.addEventListener("submit", async (event) => {
    if (navigator.onLine || event.submitter?.name === "step") return;
    event.preventDefault();
    const id = form.elements.namedItem("id").value;
    await keep("sheet", entry(form), id);
    say(form, "waiting");
    send();
  });
}
