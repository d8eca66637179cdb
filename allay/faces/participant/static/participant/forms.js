// A form marked data-outbox is first kept on this phone, then sent. Without storage it is posted like any form.

import { newId } from "./crypto.js";
import { keep, list, send } from "./outbox.js";
import { deviceTime, postForm } from "./phone.js";

const number = (value) => (value === null || value === "" ? null : Number(value));

/** Fields of a form -> the content of an entry, for each kind of entry. */
const CONTENT = {
  "check-in": (fields) => {
    const notToday = fields.has("not_today");
    const given = (name) => (notToday ? null : fields.get(name) || null);
    return { not_today: notToday, mood: number(given("mood")), comfort: number(given("comfort")), helped: given("helped") };
  },
  practice: (fields) => ({
    practice: fields.get("practice"),
    minutes: number(fields.get("minutes")),
    after: fields.get("after") || null,
  }),
};

function content(form, submitter) {
  const fields = new FormData(form);
  if (submitter?.name) fields.append(submitter.name, submitter.value);
  return { ...CONTENT[form.dataset.outbox](fields), day: deviceTime().slice(0, 10) };
}

/** A check-in with nothing tapped: the server would refuse it, and it would lie on this phone for ever. */
const isEmpty = ({ not_today: notToday, mood, comfort, helped }) =>
  notToday === false && mood === null && comfort === null && helped === null;

function askForOne(form) {
  const line = document.getElementById(form.dataset.empty);
  if (line) line.hidden = false;
  line?.focus();
}

function showWhere(thanks, where) {
  for (const line of thanks.querySelectorAll("[data-when]")) line.hidden = line.dataset.when !== where;
}

async function thank(form, submitter, id) {
  const thanks = document.getElementById(submitter?.dataset.thanks ?? form.dataset.thanks);
  const sending = send().then(async () => {
    const still = (await list()).find((entry) => entry.id === id);
    showWhere(thanks, still ? "kept" : "sent");
  });
  showWhere(thanks, "");
  form.hidden = true;
  thanks.hidden = false;
  thanks.focus();
  await Promise.race([sending, new Promise((done) => setTimeout(done, 2000))]);
  if (!thanks.querySelector("[data-when]:not([hidden])")) showWhere(thanks, "kept");
}

function postPlainly(form, submitter, id) {
  const pressed = submitter?.name ? { [submitter.name]: submitter.value } : {};
  postForm(form, { ...pressed, id }); // the same id: should the entry stand in the store after all, it counts once
}

/** One question at a time: an answer opens the next. Without this script each opens by a tap on its words. */
function openNext({ target }) {
  const next = target.closest(".ask")?.nextElementSibling;
  if (next?.matches("details.ask")) next.open = true;
}

export function wire(form) {
  form.addEventListener("change", openNext);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.hasAttribute("aria-busy")) return; // a second tap
    const made = content(form, event.submitter);
    if (isEmpty(made)) return void askForOne(form);
    form.setAttribute("aria-busy", "true");
    const id = newId();
    const stored = keep(form.dataset.outbox, made, id);
    await stored.then(() => thank(form, event.submitter, id), () => postPlainly(form, event.submitter, id));
  });
}
