// A practice at a calm pace: one step at a time, never by itself, and Stop is always there.

import { count } from "./phone.js";

const now = () => performance.now() / 1000;

async function stayAwake() {
  return navigator.wakeLock?.request("screen").catch(() => null);
}

export function wire(player) {
  const steps = [...player.querySelectorAll(".steps > li")];
  const find = (verb) => player.querySelector(`[data-do=${verb}]`);
  const play = find("play");
  const time = player.querySelector(".player-time");
  const form = document.getElementById(player.dataset.after);
  const ends = [];
  for (const step of steps) ends.push((ends.at(-1) ?? 0) + Number(step.dataset.seconds));
  const total = ends.at(-1);
  let before = 0; // seconds heard before the last press of Start
  let since = null; // when Start was last pressed; null while pausing
  let ticking = 0;
  let awake = null;

  const elapsed = () => before + (since === null ? 0 : now() - since);

  function show() {
    const at = elapsed();
    if (at >= total) return finish();
    const current = ends.findIndex((end) => at < end);
    steps.forEach((step, index) => { if (step.hidden !== (index !== current)) step.hidden = index !== current; });
    player.querySelector("rect").setAttribute("width", (100 * (current + 1)) / steps.length);
    const left = total - at;
    time.textContent = left < 60 ? time.dataset.soon : count(time, Math.round(left / 60));
  }

  function label(name) {
    play.textContent = play.dataset[name];
  }

  async function go() {
    since = now();
    player.classList.add("playing");
    label("pause");
    clearInterval(ticking);
    ticking = setInterval(show, 250);
    show();
    awake = await stayAwake();
    if (since === null) awake?.release();
  }

  function pause() {
    if (since === null) return;
    before = elapsed();
    since = null;
    clearInterval(ticking);
    awake?.release();
    label("resume");
  }

  function back() {
    before = Math.max(0, elapsed() - 15);
    if (since !== null) since = now();
    if (player.classList.contains("playing")) show();
  }

  function finish() {
    pause();
    player.hidden = true;
    if (!form) return;
    form.hidden = false;
    form.tabIndex = -1;
    form.focus();
  }

  play.addEventListener("click", () => (since === null ? go() : pause()));
  find("back").addEventListener("click", back);
  find("stop").addEventListener("click", finish);
  find("time").addEventListener("click", (event) => {
    time.hidden = !time.hidden; // a countdown only for those who ask
    event.currentTarget.setAttribute("aria-pressed", String(!time.hidden));
  });
  document.addEventListener("visibilitychange", () => document.hidden && pause());
  player.querySelector(".player-controls").hidden = false;
  for (const line of player.querySelectorAll("[data-plain]")) line.hidden = true; // words for where no script runs
  if (form) form.hidden = true;
}
