// Before the first letter on a phone: what a key is, then its code, shown this once.

import { spell } from "./letter-code.js";
import { adopt } from "./letter-key.js";

export function show(part) {
  part.hidden = false;
  (part.querySelector("[data-first]") ?? part).focus();
}

function group(letters) {
  return Object.assign(document.createElement("li"), { textContent: letters.toUpperCase() });
}

/** Resolves with the key once the person says that they have the code. */
export function makeKey(root) {
  const [before, sheet] = ["before", "sheet"].map((name) => root.querySelector(`[data-${name}]`));
  const press = (place, name) => place.querySelector(`[data-do=${name}]`);
  const others = JSON.parse(document.getElementById("letter-keys").textContent);
  before.querySelector("[data-other-key]").hidden = !others.length;
  before.hidden = false;
  press(sheet, "print").addEventListener("click", () => print());
  return new Promise((done) => {
    press(before, "make").addEventListener("click", async () => {
      const secret = crypto.getRandomValues(new Uint8Array(16));
      const groups = sheet.querySelector("[data-groups]");
      groups.replaceChildren(...(await spell(secret)).map(group));
      before.hidden = true;
      show(sheet);
      press(sheet, "have").addEventListener("click", async () => {
        const key = await adopt(secret);
        secret.fill(0);
        groups.replaceChildren();
        sheet.hidden = true;
        done(key);
      }, { once: true });
    }, { once: true });
  });
}
