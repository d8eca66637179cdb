// Making a letter: the key and its code first, once; then say, tap, draw or write. It is locked before it is kept.

import { newId } from "./crypto.js";
import { fits, lock, pack } from "./letter-crypto.js";
import { wire as wireDrawing } from "./letter-draw.js";
import { hold, keys } from "./letter-key.js";
import { makeKey, show } from "./letter-sheet.js";
import { wire as wireVoice } from "./letter-voice.js";
import { keep, list, send } from "./outbox.js";
import { deviceTime } from "./phone.js";

async function thank(root, id) {
  const thanks = root.querySelector("[data-thanks]");
  show(thanks);
  await Promise.race([send(), new Promise((done) => setTimeout(done, 2000))]);
  const waiting = (await list()).some((entry) => entry.id === id);
  thanks.querySelector(`[data-when=${waiting ? "kept" : "sent"}]`).hidden = false;
}

function compose(root, form, key) {
  const drawing = wireDrawing(form.querySelector("[data-drawing]"));
  const voice = wireVoice(form.querySelector("[data-voice]"));
  const problem = form.querySelector("[data-problem]");
  let kept = false;

  function say(why) {
    problem.textContent = problem.dataset[why];
    show(problem);
  }

  const lines = () => new FormData(form).getAll("line");
  const words = () => form.elements.words.value;
  const empty = () => !lines().length && !words().trim() && !drawing.strokes.length && !voice.blob;

  async function keepLetter() {
    const spoken = await voice.bytes();
    if (empty()) return say("empty");
    const letter = { made: deviceTime(), lines: lines(), words: words(), strokes: drawing.strokes, voice_type: voice.blob?.type };
    const bytes = pack(letter, spoken);
    if (!fits(bytes)) return say("long");
    const id = newId();
    await hold(key); // should the store have been emptied meanwhile, the key goes back in first
    await keep("letter", await lock(key, id, bytes), id);
    kept = true;
    form.hidden = true;
    return thank(root, id);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.hasAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    problem.hidden = true;
    keepLetter().catch(() => say("store")).finally(() => form.removeAttribute("aria-busy"));
  });
  addEventListener("beforeunload", (event) => { if (!kept && !empty()) event.preventDefault(); });
  show(form);
}

export async function wire(root) {
  if (!globalThis.crypto?.subtle) return;
  const found = await keys().catch(() => null);
  if (!found) return; // nothing can be kept here: the page offers paper
  root.querySelector("[data-plain]").hidden = true;
  const goOn = (key) => compose(root, root.querySelector("[data-compose]"), key);
  if (found.length) goOn(found[0]);
  else makeKey(root).then(goOn);
}
