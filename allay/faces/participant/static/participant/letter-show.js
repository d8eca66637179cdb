// An opened letter as parts of a page. Words are only ever put in as text.

const SVG = "http://www.w3.org/2000/svg";

function paragraph(text) {
  const made = document.createElement("p");
  made.dir = "auto";
  made.textContent = text;
  return made;
}

/** Strokes [[x, y, x, y, ...], ...] in thousandths of the side -> one picture. */
function picture(strokes, label) {
  const made = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 1000 1000", role: "img", "aria-label": label, class: "sketch" })) {
    made.setAttribute(name, value);
  }
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", strokes.map((points) => `M${points.join(" ")}`).join(""));
  made.append(line);
  return made;
}

function sound(address, label) {
  const made = document.createElement("audio");
  made.controls = true;
  made.setAttribute("aria-label", label);
  made.setAttribute("src", address);
  return made;
}

/** Parts of the page for a letter; `voice` is the address of its sound, or nothing. */
export function parts({ lines = [], words = "", strokes = [] }, voice) {
  const say = document.getElementById("letter-words").dataset;
  return [
    ...lines.map(paragraph),
    ...(words ? [paragraph(words)] : []),
    ...(strokes.length ? [picture(strokes, say.drawing)] : []),
    ...(voice ? [sound(voice, say.voice)] : []),
  ];
}

/** Shows a letter under its line, or closes it again. `open()` gives { letter, voice }, or nothing. */
export async function toggle(line, open) {
  const [place, button] = [line.querySelector("[data-shown]"), line.querySelector("[data-do=open]")];
  const found = place.hidden && (await open());
  if (place.hidden && !found) return;
  const blob = found?.voice?.length && new Blob([found.voice], { type: found.letter.voice_type });
  place.replaceChildren(...(found ? parts(found.letter, blob && URL.createObjectURL(blob)) : []));
  place.hidden = !found;
  button.dataset.open ??= button.textContent;
  button.textContent = found ? document.getElementById("letter-words").dataset.close : button.dataset.open;
  if (found) place.focus();
}
