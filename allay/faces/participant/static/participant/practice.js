// A practice at a calm pace: one line at a time, never by itself, with Stop and Back always on the screen.

import { count } from "./phone.js";
import { pace } from "./pace.js";
import { pacer } from "./pacer.js";
import { voiceFirst } from "./voice-first.js";
import { speech } from "./voice.js";

const stayAwake = async () => navigator.wakeLock?.request("screen").catch(() => null);

export function wire(player) {
  const lines = [...player.querySelectorAll(".steps > li")];
  const find = (verb) => player.querySelector(`[data-do=${verb}]`);
  const play = find("play");
  const time = player.querySelector(".player-time");
  const said = player.querySelector("[role=status]");
  const form = document.getElementById(player.dataset.after);
  const clock = pace(lines.map((line) => Number(line.dataset.seconds)));
  const circle = pacer(player);
  const arrange = voiceFirst(player);
  let current = -1;
  const line = () => lines[current]?.textContent ?? "";
  const voice = speech(player, { line, begin: () => (clock.running() ? voice.resume() : go()) });
  let [ticking, awake] = [0, null];

  function turnTo(index) {
    if (index === current) return;
    current = index;
    lines.forEach((line, other) => { line.hidden = other !== index; });
    player.querySelector("rect").setAttribute("width", (100 * (index + 1)) / lines.length);
    lines[index].scrollIntoView({ block: "nearest" });
    voice.read(lines[index].textContent);
    if (clock.running()) voice.resume();
  }

  function show() {
    if (voice.busy()) clock.wait(current);
    if (clock.over()) return finish();
    turnTo(clock.line());
    time.textContent = clock.left() < 60 ? time.dataset.soon : count(time, Math.round(clock.left() / 60));
  }

  function label(name) {
    play.textContent = play.dataset[name];
    said.textContent = said.dataset[name] ?? "";
  }

  async function go() {
    clock.go();
    player.classList.add("playing");
    arrange();
    label("pause");
    ticking = setInterval(show, 250);
    show();
    voice.resume();
    circle.go();
    awake = await stayAwake();
    if (!clock.running()) awake?.release();
  }

  function pause() {
    circle.hold();
    voice.hush();
    if (!clock.running()) return;
    clock.pause();
    clearInterval(ticking);
    awake?.release();
    label("resume");
  }

  function back() {
    clock.back();
    if (voice.on()) [current] = [-1, clock.toStartOfLine()]; // half a sentence is no use
    if (player.classList.contains("playing")) show();
  }

  function finish() {
    pause();
    player.hidden = true;
    document.body.classList.remove("has-player");
    if (!form) return;
    Object.assign(form, { hidden: false, tabIndex: -1 }).focus();
  }

  play.addEventListener("click", () => (clock.running() ? pause() : go()));
  find("back").addEventListener("click", back);
  find("stop").addEventListener("click", finish);
  find("time").addEventListener("click", (event) => {
    time.hidden = !time.hidden; // how long it still takes, only for those who ask
    player.querySelector(".player-line").toggleAttribute("hidden", time.hidden);
    event.currentTarget.setAttribute("aria-pressed", String(!time.hidden));
  });
  document.addEventListener("visibilitychange", () => document.hidden && pause());
  player.addEventListener("voices", arrange);
  for (const part of player.querySelectorAll("[data-plain], .player-controls, .player-bar")) part.hidden = "plain" in part.dataset;
  arrange();
  if (!form) return;
  form.hidden = true;
  document.body.classList.add("has-player");
}
