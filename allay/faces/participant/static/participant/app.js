// The one script of participant pages: wires what is present. A page without JavaScript works the same, but online.

import * as kept from "./kept.js";
import { wire as wireForm } from "./forms.js";
import { start } from "./outbox.js";
import { account } from "./store.js";

const each = (selector, wire) => document.querySelectorAll(selector).forEach(wire);

/** Resolves when every such part of the page can be used. */
async function wirePart(selector, load) {
  const parts = [...document.querySelectorAll(selector)];
  if (parts.length) await Promise.all(parts.map((await load()).wire));
}

function pagesToKeep() {
  const list = document.getElementById("precache");
  return list ? [location.pathname, ...JSON.parse(list.textContent)] : [];
}

async function worker() {
  const container = navigator.serviceWorker;
  if (!container) return;
  const offer = () => {
    const urls = pagesToKeep();
    if (urls.length) container.controller?.postMessage({ type: "precache", urls });
    // What is said once must not be said again offline: keep the page without it.
    const once = document.querySelector("main > [aria-live] > .notice");
    if (once) container.controller?.postMessage({ type: "renew", urls: [location.pathname] });
  };
  // Another person on the same phone: the pages of the one before must not show up offline.
  if (account && localStorage.getItem("allay-account") !== account) {
    for (const name of ["allay-own", "allay-sound"]) await globalThis.caches?.delete(name);
    localStorage.setItem("allay-account", account);
  }
  container.addEventListener("controllerchange", offer);
  await container.register(document.documentElement.dataset.worker ?? "/sw.js", { scope: "/" });
  offer();
}

if (account) {
  each("form[data-outbox]", wireForm);
  kept.wire();
  start().catch(() => {});
  if (localStorage.getItem("allay-look")) import("./settings.js").then((settings) => settings.remembered());
}
const parts = [
  wirePart(".player", () => import("./practice.js")),
  wirePart("form[data-answer-url]", () => import("./questionnaire.js")),
  wirePart("form[data-join]", () => import("./join.js")),
  wirePart("form[data-sign-out]", () => import("./signout.js")),
  wirePart("[data-letters]", () => import("./letters.js")),
  wirePart("[data-keep-file]", () => import("./keep-file.js")),
  wirePart("[data-letter-new]", () => import("./letter-new.js")),
  wirePart("[data-recording]", () => import("./recording.js")),
  wirePart("form[data-sheet]", () => import("./sheet.js")),
  wirePart("form[data-settings]", () => import("./settings.js")),
];
Promise.all(parts).then(() => { document.documentElement.dataset.ready = "yes"; });
worker().catch(() => {});
