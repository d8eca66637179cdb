// Reads a practice aloud, with a voice of this phone alone, from a tap on.
//
// What browsers get wrong, and what is done about it: long speech breaks off (one sentence at a time); pause() ends
// the sentence on Android (cancel, and the sentence again); "end" does not always come (a time limit); speech
// right after cancel() is lost (a short wait); an utterance nobody holds loses its events (it is held).

const RATE = .9;
const SETTLE = 80; // milliseconds after cancel()
const PLACE = "allay-voice";
const patience = (text) => 4000 + 150 * text.length; // milliseconds
const synthesis = globalThis.speechSynthesis;
const tag = (voice) => voice.lang.replace("_", "-").toLowerCase();
const language = (name) => name.toLowerCase().split("-")[0];
const sentences = (text) => text.match(/[^.!?…]+[.!?…]*["”’)]*\s*/g) ?? [];

// Only voices with localService. Any other voice sends the words to the server of a company, and with them which
// practice somebody takes up, and when. Where the phone has no voice of its own there is no button at all.
function voices() {
  const page = document.documentElement.lang || "en";
  const near = (voice) => [page.toLowerCase(), navigator.language.toLowerCase()].includes(tag(voice));
  const score = (voice) => 4 * (voice.voiceURI === localStorage.getItem(PLACE)) + 2 * near(voice) + voice.default;
  return (synthesis?.getVoices() ?? [])
    .filter((voice) => voice.localService === true && language(tag(voice)) === language(page))
    .sort((one, other) => score(other) - score(one));
}

/** @param line gives the words of the line on the screen; @param begin lets the practice go on */
export function speech(player, { line, begin }) {
  const find = (verb) => player.querySelector(`[data-do=${verb}]`);
  const [toggle, another, steps] = [find("voice"), find("another-voice"), player.querySelector(".steps")];
  let voice = null;
  let on = false;
  let rest = []; // sentences still to be said, the one being said first
  let saying = null;
  let timer = 0;
  let settle = 0;

  function next() {
    clearTimeout(timer);
    saying = null;
    if (!rest.length) return;
    const utterance = Object.assign(new SpeechSynthesisUtterance(rest[0]), { voice, lang: voice.lang, rate: RATE });
    const done = () => {
      if (saying !== utterance) return; // news of a sentence that was cancelled
      rest.shift();
      next();
    };
    utterance.onend = utterance.onerror = done;
    timer = setTimeout(() => { synthesis.cancel(); done(); }, patience(rest[0]));
    saying = utterance;
    synthesis.speak(utterance);
  }

  function hush() {
    clearTimeout(timer);
    if (saying) settle = SETTLE;
    saying = null;
    synthesis?.cancel();
  }

  function read(text) { hush(); rest = on ? sentences(text) : []; }

  function resume() {
    if (!rest.length || saying) return;
    clearTimeout(timer);
    if (settle) timer = setTimeout(next, settle);
    else next(); // at once: the first words must come within the tap
    settle = 0;
  }

  function show() {
    const found = voices();
    voice = found.find(({ voiceURI }) => voiceURI === voice?.voiceURI) ?? found[0] ?? null;
    toggle.hidden = !voice;
    another.hidden = !on || found.length < 2;
    toggle.setAttribute("aria-pressed", String(on));
    steps.setAttribute("aria-live", on ? "off" : "polite"); // not two voices at once
    player.dispatchEvent(new Event("voices"));
  }

  function again() {
    read(line());
    show();
    if (on) begin();
  }

  toggle.addEventListener("click", () => { on = !on; again(); });
  another.addEventListener("click", () => {
    const found = voices();
    voice = found[(found.findIndex(({ voiceURI }) => voiceURI === voice.voiceURI) + 1) % found.length];
    localStorage.setItem(PLACE, voice.voiceURI);
    again();
  });
  synthesis?.addEventListener?.("voiceschanged", show); // the list comes late, and may change
  globalThis.addEventListener("pagehide", hush);
  show();
  return { read, resume, hush, on: () => on, busy: () => on && rest.length > 0 };
}
