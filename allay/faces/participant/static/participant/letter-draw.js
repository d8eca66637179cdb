// Drawing with a finger: strokes as numbers, in thousandths of the side, so that they fit any page later.

const MOST = 20_000; // numbers in all; then the pen is empty

export function wire(root) {
  const canvas = root.querySelector("canvas");
  const pen = canvas.getContext("2d");
  const strokes = [];
  let current = null;

  function draw() {
    const scale = canvas.width / 1000;
    pen.clearRect(0, 0, canvas.width, canvas.height);
    Object.assign(pen, { lineWidth: 6, lineCap: "round", lineJoin: "round", strokeStyle: getComputedStyle(canvas).color });
    for (const points of strokes) {
      pen.beginPath();
      for (let at = 0; at < points.length; at += 2) pen.lineTo(points[at] * scale, points[at + 1] * scale);
      pen.stroke();
    }
  }

  function add(event) {
    if (!current || strokes.flat().length >= MOST) return;
    const box = canvas.getBoundingClientRect();
    const part = (at, start, size) => Math.round(Math.min(1, Math.max(0, (at - start) / size)) * 1000);
    const [x, y] = [part(event.clientX, box.left, box.width), part(event.clientY, box.top, box.height)];
    if (current.at(-2) === x && current.at(-1) === y) return;
    current.push(x, y);
    draw();
  }

  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    strokes.push((current = []));
    add(event);
    current.push(current[0] + 1, current[1]); // a tap leaves a dot
    draw();
  });
  canvas.addEventListener("pointermove", add);
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { current = null; });
  root.querySelector("[data-do=undo]").addEventListener("click", () => { strokes.pop(); draw(); });
  root.querySelector("[data-do=clear]").addEventListener("click", () => { strokes.length = 0; draw(); });
  return { strokes };
}
