// Looks how far a run is, every few seconds while somebody sees the page, and tells only what has changed.
// The request says that nobody sits there, so that it keeps nobody signed in (server/middleware.py).

const OFTEN = 2000, RARELY = 15000; // milliseconds
const card = document.querySelector("#run");
const part = (within, name) => within.querySelector(`[data-part="${name}"]`);
let pause = OFTEN;

async function look() {
  const answer = await fetch(location.href, { headers: { "X-Allay-Polling": "yes" }, cache: "no-store" });
  if (answer.redirected || answer.status < 500 && !answer.ok) return location.reload(); // signed out, or no longer ours
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#run");
  if (page.dataset.state === "over") return over(page);
  say(part(page, "state").textContent);
  part(card, "bar").value = part(page, "bar").value;
  again();
}

function say(sentence) {
  const here = part(card, "state");
  if (here.textContent !== sentence) here.textContent = sentence; // the same sentence is not read out twice
}

function over(page) {
  say(part(page, "state").textContent);
  for (const old of [...card.children].slice(2)) old.remove(); // the bar, the button; heading and sentence stay
  for (const now of [...page.children].slice(2)) card.append(document.adoptNode(now));
}

function again() {
  setTimeout(next, pause);
}

function next() {
  if (document.hidden) return document.addEventListener("visibilitychange", next, { once: true });
  look().then(() => { pause = OFTEN; }, () => { pause = Math.min(RARELY, pause * 2); again(); });
}

part(card, "again").hidden = true;
again();
