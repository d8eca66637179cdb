// Each answer is saved as it is given. One that cannot be sent waits, encrypted, and is sent later.

import { obstacle } from "./parcel.js";
import { csrf, postForm } from "./phone.js";
import { all, keepSealed, readSealed, remove } from "./store.js";

async function post(form, item, answer) {
  const reply = await fetch(form.dataset.answerUrl, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": csrf() },
    body: new URLSearchParams({ [item]: answer, response_id: form.elements.namedItem("response_id")?.value ?? "" }),
    redirect: "manual",
    signal: AbortSignal.timeout?.(20_000),
  }).catch(() => null);
  const state = obstacle(reply);
  if (state) return state === "later" ? "kept" : "signedOut";
  return reply.ok ? "saved" : "refused";
}

function addStatusLine(question) {
  const line = document.createElement("p");
  line.className = "saved";
  line.setAttribute("role", "status");
  question.append(line);
}

export function wire(form) {
  const url = form.dataset.answerUrl;
  const idOf = (item) => `${url}|${item}`;
  let line = Promise.resolve(); // answers go one after the other, in the order given

  function say(item, outcome) {
    const place = form.querySelector(`[name="${CSS.escape(item)}"]`)?.closest("fieldset")?.querySelector(".saved");
    if (place) place.textContent = form.dataset[outcome] ?? "";
  }

  async function deliver(item, answer) {
    const outcome = await post(form, item, answer);
    if (["saved", "refused"].includes(outcome)) await remove("answers", idOf(item)).catch(() => {});
    say(item, outcome);
    return outcome;
  }

  async function waiting() {
    const records = (await all("answers").catch(() => [])).filter((record) => record.id.startsWith(`${url}|`));
    return Promise.all(records.map((record) => readSealed(record).catch(() => null))).then((found) => found.filter(Boolean));
  }

  async function save(item, answer) {
    await keepSealed("answers", { id: idOf(item), kind: "answer" }, { item, answer }).catch(() => {});
    await deliver(item, answer);
  }

  async function flush() {
    for (const { item, answer } of await waiting()) {
      if (!["saved", "refused"].includes(await deliver(item, answer))) return false;
    }
    return true;
  }

  const queue = (work) => (line = line.then(work, work));

  async function restore() {
    for (const { item, answer } of await waiting()) {
      const chosen = [...form.elements].find((one) => one.name === item && one.value === answer);
      if (chosen) chosen.checked = true;
    }
    return flush();
  }

  form.addEventListener("change", ({ target }) => {
    if (target.type === "radio") queue(() => save(target.name, target.value));
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const pressed = event.submitter?.name ? { [event.submitter.name]: event.submitter.value } : {};
    if (await queue(flush)) return void postForm(form, pressed);
    const last = form.querySelector("[data-finish-line]");
    if (last) last.textContent = form.dataset.kept ?? "";
  });
  addEventListener("online", () => queue(flush));
  addEventListener("focus", () => queue(flush));
  form.querySelectorAll("fieldset").forEach(addStatusLine);
  const early = [...form.elements].filter((one) => one.type === "radio" && one.checked && !one.defaultChecked);
  for (const { name, value } of early) queue(() => save(name, value)); // tapped while this script was on its way
  queue(restore);
}
