// A form marked data-outbox is first kept on this phone, then sent. Without storage it is posted like any form.

import { newId } from "./crypto.js";
import { keep, list, send } from "./outbox.js";
import { deviceTime, postForm } from "./phone.js";

const NOT_ANSWERS = ["csrfmiddlewaretoken", "id", "day", "not_today"];
const answer = (value) => (/^\d+$/.test(value) ? Number(value) : value); // ids of choices begin with a letter

/** What was tapped, by the names of the fields. "Not today" is a full answer: it leaves out what was tapped before. */
function content(form, submitter) {
  const fields = new FormData(form), checkIn = form.dataset.outbox === "check-in";
  if (submitter?.name) fields.append(submitter.name, submitter.value);
  const notToday = fields.has("not_today");
  const counts = ([name, value]) => value !== "" && !NOT_ANSWERS.includes(name) && (!notToday || name === "form");
  const tapped = [...fields].filter(counts).map(([name, value]) => [name, answer(value)]);
  return { ...Object.fromEntries(tapped), ...(checkIn && { not_today: notToday }), day: deviceTime().slice(0, 10) };
}

/** A check-in with nothing tapped: the server would refuse it, and it would lie on this phone for ever. */
const isEmpty = ({ not_today: notToday, form: _form, day: _day, ...answers }) =>
  notToday === false && !Object.keys(answers).length;

function askForOne(form) {
  const line = document.getElementById(form.dataset.empty);
  if (line) line.hidden = false;
  line?.focus();
}

function showWhere(thanks, where) {
  for (const line of thanks.querySelectorAll("[data-when]")) line.hidden = line.dataset.when !== where;
}

/** Pages kept on this phone that look otherwise now. */
const renew = (urls) => navigator.serviceWorker?.controller?.postMessage({ type: "renew", urls });

async function thank(form, submitter, id) {
  const thanks = document.getElementById(submitter?.dataset.thanks ?? form.dataset.thanks);
  const sending = send().then(async () => {
    const still = (await list()).find((entry) => entry.id === id);
    showWhere(thanks, still ? "kept" : "sent");
    if (!still && form.dataset.renew) renew(form.dataset.renew.split(" "));
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
