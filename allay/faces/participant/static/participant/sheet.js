// A sheet (my plan, flare plan, ...): finger drawings, and keeping a version on this phone while there is no signal.

import { keep, send } from "./outbox.js";
import { deviceTime } from "./phone.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDE, HIGH] = [1000, 700];
const SHORTEST = 12; // in the drawing's own units: a finger trembles

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

function draw(picture, strokes) {
  const path = (stroke) => {
    const line = document.createElementNS(SVG, "polyline");
    const points = [];
    for (let at = 0; at < stroke.length; at += 2) points.push(`${stroke[at]},${stroke[at + 1]}`);
    line.setAttribute("points", points.join(" "));
    return line;
  };
  picture.replaceChildren(...strokes.map(path));
}

function wireDrawing(box, field) {
  const picture = box.querySelector("svg");
  let strokes = JSON.parse(field.value || "[]");
  let now = null;
  const show = () => draw(picture, now ? [...strokes, now] : strokes);
  const change = (made) => {
    strokes = made;
    field.value = strokes.length ? JSON.stringify(strokes) : "";
    show();
  };
  const point = (event) => {
    const edge = picture.getBoundingClientRect();
    const within = (value, size, most) => Math.max(0, Math.min(most, Math.round((value / size) * most)));
    return [within(event.clientX - edge.left, edge.width, WIDE), within(event.clientY - edge.top, edge.height, HIGH)];
  };
  picture.addEventListener("pointerdown", (event) => {
    picture.setPointerCapture(event.pointerId);
    now = point(event);
  });
  picture.addEventListener("pointermove", (event) => {
    if (!now) return;
    const [x, y] = point(event);
    if (Math.hypot(x - now.at(-2), y - now.at(-1)) >= SHORTEST) now.push(x, y);
    show();
  });
  const end = () => {
    if (!now) return;
    const made = now.length > 2 ? now : [...now, now[0], now[1]]; // a dot
    now = null;
    change([...strokes, made]);
  };
  for (const moment of ["pointerup", "pointercancel"]) picture.addEventListener(moment, end);
  box.querySelector("[data-do=back]").addEventListener("click", () => change(strokes.slice(0, -1)));
  box.querySelector("[data-do=clear]").addEventListener("click", () => change([]));
  box.hidden = false;
  show();
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
