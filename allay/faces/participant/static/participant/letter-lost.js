// The key is not on this phone: the letter code brings it back.

import { read } from "./letter-code.js";
import { keyOf } from "./letter-crypto.js";
import { hold } from "./letter-key.js";

/** `wanted()` gives the names of the keys that are lacking; `back()` is called once one of them is here again. */
export function wire(section, wanted, back) {
  const field = section.querySelector("textarea");
  const problem = section.querySelector("[role=alert]");
  section.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const secret = await read(field.value);
    const key = secret && (await keyOf(secret));
    const found = key && wanted().includes(key.key_id);
    problem.hidden = Boolean(found);
    problem.textContent = found ? "" : problem.dataset[key ? "other" : "spelling"];
    if (!found) return;
    await hold(key);
    event.target.reset();
    back();
  });
}
