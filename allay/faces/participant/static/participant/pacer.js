// A slow pace to follow, only when asked for: a circle that grows and shrinks, or two words that take turns where
// things are to keep still. Nothing is counted.

const PACES = [.7, .85, 1, 1.2, 1.4]; // times the seconds that the practice gives
const SIZES = { grow: ["scale(.5)", "scale(1)"], shrink: ["scale(1)", "scale(.5)"] };

const still = () =>
  document.documentElement.dataset.motion === "still" || matchMedia("(prefers-reduced-motion: reduce)").matches;

export function pacer(player) {
  const box = player.querySelector(".pacer");
  if (!box) return { go() {}, hold() {} };
  const [circle, word] = [box.querySelector(".pacer-circle"), box.querySelector(".pacer-word")];
  const find = (verb) => player.querySelector(`[data-do=${verb}]`);
  let pace = 2;
  let timer = 0;
  let moving = null;

  function turn(way) {
    const seconds = Number(word.dataset[`${way}Seconds`]) * PACES[pace];
    word.textContent = word.dataset[way];
    moving?.cancel();
    // By script, as the content policy allows no styles in the page, and with the person's own pace.
    moving = still() ? null
      : circle.animate({ transform: SIZES[way] }, { duration: 1000 * seconds, easing: "ease-in-out", fill: "forwards" });
    timer = setTimeout(turn, 1000 * seconds, way === "grow" ? "shrink" : "grow");
  }

  function hold() {
    clearTimeout(timer);
    moving?.cancel();
    word.textContent = "";
  }

  function go() {
    hold();
    if (!box.hidden) turn("grow");
  }

  function change(by) {
    pace = Math.min(PACES.length - 1, Math.max(0, pace + by));
    find("quicker").setAttribute("aria-disabled", String(pace === 0));
    find("slower").setAttribute("aria-disabled", String(pace === PACES.length - 1));
    go();
  }

  find("pacer").addEventListener("click", (event) => {
    box.hidden = !box.hidden;
    event.currentTarget.setAttribute("aria-pressed", String(!box.hidden));
    const line = player.querySelector(".playing .steps > li:not([hidden])");
    for (const part of [line, box]) part?.scrollIntoView({ block: "nearest" }); // both in sight
    go();
  });
  find("slower").addEventListener("click", () => change(1));
  find("quicker").addEventListener("click", () => change(-1));
  return { go, hold };
}
