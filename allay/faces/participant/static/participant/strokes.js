// A drawing made with a finger: strokes as numbers in the viewBox of its picture, kept as JSON in a hidden field.

const SVG = "http://www.w3.org/2000/svg";
const [WIDE, HIGH] = [1000, 700];
const SHORTEST = 12; // in the drawing's own units: a finger trembles

function draw(picture, strokes) {
  const path = (stroke) => {
    const line = document.createElementNS(SVG, "polyline");
    const points = [];
    for (let at = 0; at < stroke.length; at += 2) points.push(`${stroke[at]},${stroke[at + 1]}`);
    line.setAttribute("points", points.join(" "));
    return line;
  };
  picture.replaceChildren(...strokes.map(path));
}

export function wireDrawing(box, field) {
  const picture = box.querySelector("svg");
  let strokes = JSON.parse(field.value || "[]");
  let now = null;
  const show = () => draw(picture, now ? [...strokes, now] : strokes);
  const change = (made) => {
    strokes = made;
    field.value = strokes.length ? JSON.stringify(strokes) : "";
    show();
  };
  const point = (event) => {
    const edge = picture.getBoundingClientRect();
    const within = (value, size, most) => Math.max(0, Math.min(most, Math.round((value / size) * most)));
    return [within(event.clientX - edge.left, edge.width, WIDE), within(event.clientY - edge.top, edge.height, HIGH)];
  };
  picture.addEventListener("pointerdown", (event) => {
    picture.setPointerCapture(event.pointerId);
    now = point(event);
  });
  picture.addEventListener("pointermove", (event) => {
    if (!now) return;
    const [x, y] = point(event);
    if (Math.hypot(x - now.at(-2), y - now.at(-1)) >= SHORTEST) now.push(x, y);
    show();
  });
  const end = () => {
    if (!now) return;
    const made = now.length > 2 ? now : [...now, now[0], now[1]]; // a dot
    now = null;
    change([...strokes, made]);
  };
  for (const moment of ["pointerup", "pointercancel"]) picture.addEventListener(moment, end);
  box.querySelector("[data-do=back]").addEventListener("click", () => change(strokes.slice(0, -1)));
  box.querySelector("[data-do=clear]").addEventListener("click", () => change([]));
  box.hidden = false;
  show();
}
