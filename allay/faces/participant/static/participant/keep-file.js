// Everything as one file: letters whose key is on this phone are opened here and put in before the file is saved.

import { toBase64 } from "./letter-crypto.js";
import { open } from "./letter-fetch.js";
import { keys } from "./letter-key.js";
import { parts } from "./letter-show.js";

const STYLE = /<style>.*?<\/style>/s;
const PLACE = "<!--style-->";

async function openLetters(file) {
  const known = await keys().catch(() => []);
  for (const place of file.querySelectorAll("[data-letter]")) {
    const { letter: id, key: keyId, nonce, sealed } = place.dataset;
    const found = await open({ id, key_id: keyId, nonce, sealed }, known).catch(() => null);
    if (!found) continue;
    const { letter, voice } = found;
    const sound = voice.length && `data:${letter.voice_type.split(";")[0]};base64,${toBase64(voice)}`;
    place.replaceChildren(...parts(letter, sound));
    for (const name of ["nonce", "sealed"]) delete place.dataset[name];
  }
}

function save(file, style, name) {
  const body = new XMLSerializer().serializeToString(file.documentElement).replace(PLACE, () => style);
  const text = `<!doctype html>\n${body}`;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/html" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function wire(root) {
  const link = root.querySelector("a[download$='.html']");
  link.addEventListener("click", async (event) => {
    if (!globalThis.crypto?.subtle) return; // then the letters stay locked in it
    event.preventDefault();
    const reply = await fetch(link.href, { redirect: "manual" }).catch(() => null);
    if (!reply?.ok) return void (location.href = link.href);
    const text = await reply.text();
    const [style] = text.match(STYLE); // stays aside: the policy of this page lets no style into a page made here
    const file = new DOMParser().parseFromString(text.replace(STYLE, PLACE), "text/html");
    await openLetters(file);
    save(file, style, link.download);
    root.querySelector("[data-say]").hidden = false;
  });
}
