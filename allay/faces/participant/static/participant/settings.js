// How pages look: shown at once, kept on this phone, then sent. Until the service knows, this phone remembers.

import { keep, list, send } from "./outbox.js";
import { postForm } from "./phone.js";

const ATTRIBUTES = { theme: "theme", text_size: "text", contrast: "contrast", motion: "motion", hand: "hand" };
const PLACE = "allay-look";
const root = document.documentElement;

function show(chosen) {
  for (const [name, attribute] of Object.entries(ATTRIBUTES)) if (chosen[name]) root.dataset[attribute] = chosen[name];
}

const isWaiting = async () => (await list()).some(({ kind }) => kind === "preferences");

/** On pages kept from before the choice: as chosen, for as long as the service does not know yet. */
export async function remembered() {
  const chosen = JSON.parse(localStorage.getItem(PLACE));
  show(chosen);
  if (!(await isWaiting())) localStorage.removeItem(PLACE);
}

/** Pages kept for times without signal are fetched anew in the look just chosen. */
async function renew() {
  const kept = await (await globalThis.caches?.open("allay-own"))?.keys() ?? [];
  const urls = kept.map(({ url }) => new URL(url).pathname);
  navigator.serviceWorker?.controller?.postMessage({ type: "renew", urls });
}

function fields(form) {
  const { csrfmiddlewaretoken: _token, ...chosen } = Object.fromEntries(new FormData(form));
  return { ...chosen, audio_first: chosen.audio_first === "yes" };
}

async function save(form) {
  const chosen = fields(form);
  await keep("preferences", chosen);
  localStorage.setItem(PLACE, JSON.stringify(chosen));
  await send();
  const waits = await isWaiting();
  if (!waits) {
    localStorage.removeItem(PLACE);
    await renew();
    if (chosen.language && chosen.language !== root.lang) location.reload();
  }
  const line = form.querySelector("[data-saved]");
  line.textContent = waits ? line.dataset.kept : line.dataset.saved;
}

export function wire(form) {
  form.addEventListener("change", () => show(fields(form)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(form).catch(() => postForm(form));
  });
}
