// Before signing out: say what is unsent and ask. On the way out, leave nothing readable behind.

import { list, send } from "./outbox.js";
import { count, postForm } from "./phone.js";
import { all, forget } from "./store.js";

const unsent = async () => [...(await list().catch(() => [])), ...(await all("answers").catch(() => []))].length;

async function leave(form, keepStore) {
  if (!keepStore) await forget().catch(() => {});
  await globalThis.caches?.delete("allay-own").catch(() => {});
  localStorage.removeItem("allay-account");
  postForm(form, keepStore ? { keep: "1" } : {});
}

export async function wire(form) {
  const question = form.querySelector("[data-unsent]");
  const find = (verb) => question.querySelector(`[data-do=${verb}]`);

  async function ask() {
    const left = await unsent();
    if (!left) return leave(form, false);
    question.querySelector("[data-count]").textContent = count(question, left);
    question.hidden = false;
    question.focus();
    return null;
  }

  const keys = await all("keys").catch(() => []);
  const lost = form.querySelector("[data-letter-key]");
  if (lost) lost.hidden = !keys.some(({ id }) => id.startsWith("letter-"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  find("send").addEventListener("click", async () => { await send(); ask(); });
  find("keep").addEventListener("click", () => leave(form, true));
  find("discard").addEventListener("click", ({ currentTarget: button }) => {
    if (button.dataset.sure) return void leave(form, false);
    button.dataset.sure = "yes"; // the first tap asks, the second deletes
    button.textContent = button.dataset.confirm;
  });
}
