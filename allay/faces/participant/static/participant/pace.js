// The clock of a practice: how far it is, in seconds, and at which line. It knows nothing of the page.

const now = () => performance.now() / 1000;

/** @param seconds of every line, in order */
export function pace(seconds) {
  const ends = [];
  for (const length of seconds) ends.push((ends.at(-1) ?? 0) + length);
  const total = ends.at(-1);
  let before = 0; // seconds gone before it was last started
  let since = null; // when it was last started; null while pausing

  const at = () => before + (since === null ? 0 : now() - since);
  const line = () => ends.findIndex((end) => at() < end);
  const start = (index) => ends[index - 1] ?? 0;
  function moveTo(second) {
    before = Math.max(0, second);
    if (since !== null) since = now();
  }
  return {
    line,
    moveTo,
    running: () => since !== null,
    over: () => at() >= total,
    left: () => total - at(),
    go: () => { since = now(); },
    pause: () => { before = at(); since = null; },
    back: () => moveTo(at() - 15),
    toStartOfLine: () => moveTo(start(line())),
    /** Holds the end of a line for a voice that is slower than its time. */
    wait: (index) => { if (at() >= ends[index]) moveTo(ends[index] - .01); },
  };
}
