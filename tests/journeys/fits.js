// What does not fit on a page, as lines of words; nothing where all is well. Run in the page itself (no modules).
() => {
  const SIDE = 44, APART = 8, WIDE = document.documentElement.clientWidth;
  const unseen = (e) => !e.checkVisibility({ visibilityProperty: true }) || e.closest(".visually-hidden, .skip-link, datalist, template");
  const words = (e) => `<${e.tagName.toLowerCase()}> "${(e.textContent.trim() || e.name || e.className || "").toString().slice(0, 40)}"`;
  const round = (r) => `${Math.round(r.width)} by ${Math.round(r.height)}`;
  const wrong = [];

  if (document.documentElement.scrollWidth > innerWidth) wrong.push(`the page is ${document.documentElement.scrollWidth} wide`);

  // Text that leaves the screen, or its own box where that box hides what leaves it.
  const scrolls = (e) => { for (let p = e; p; p = p.parentElement) if (/auto|scroll/.test(getComputedStyle(p).overflowX)) return true; };
  for (const e of document.body.querySelectorAll("*")) {
    if (unseen(e) || e.closest("svg") && e.tagName !== "svg" && e.tagName !== "text") continue;
    const own = e.tagName === "text" || [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    if (own && !scrolls(e) && (box.right > WIDE + 1 || box.left < -1)) wrong.push(`leaves the screen: ${words(e)}`);
    const hides = /hidden|clip/.test(`${style.overflowX} ${style.overflowY}`);
    if (hides && e.tagName !== "svg" && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)) wrong.push(`is cut: ${words(e)}`);
    if (e.tagName === "BUTTON" && (e.scrollWidth > e.clientWidth + 1)) wrong.push(`is wider than its button: ${words(e)}`);
  }

  // Texts that lie on one another: the boxes of their lines, and of words in pictures.
  const lines = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, e = node.parentElement;
    if (!node.data.trim() || unseen(e) || e.closest("select, option, title, desc")) continue;
    const range = document.createRange(); range.selectNodeContents(node);
    for (const r of range.getClientRects()) if (r.width > 1) lines.push([e, r]);
  }
  const over = (a, b, by) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > by && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > by;
  const core = (r) => ({ left: r.left, right: r.right, top: r.top + r.height * .25, bottom: r.bottom - r.height * .25 });
  for (let i = 0; i < lines.length; i++) for (let j = i + 1; j < lines.length; j++)
    if (over(core(lines[i][1]), core(lines[j][1]), 2)) wrong.push(`lie on one another: ${words(lines[i][0])} and ${words(lines[j][0])}`);

  // Targets. A label around an input is the target; a link within a sentence is exempt (WCAG 2.5.8).
  const inSentence = (e) => {
    if (e.tagName !== "A" || getComputedStyle(e).display !== "inline") return false;
    let block = e.parentElement; while (getComputedStyle(block).display === "inline") block = block.parentElement;
    const beside = block.cloneNode(true); beside.querySelectorAll("a, .visually-hidden").forEach((a) => a.remove());
    return /\p{L}{2}/u.test(beside.textContent);
  };
  const found = new Set();
  for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], label")) {
    if (e.tagName === "LABEL") continue;
    const target = /^(radio|checkbox)$/.test(e.type) && e.labels?.[0] || e;
    const empty = e.matches("a, button") && !e.innerText && !e.querySelector("svg"); // a script gives it its words first
    if (!unseen(target) && !inSentence(e) && !empty) found.add(target);
  }
  const boxes = [...found].map((e) => [e, e.getBoundingClientRect()]);
  for (const [e, r] of boxes) if (r.width < SIDE - .5 || r.height < SIDE - .5) wrong.push(`small (${round(r)}): ${words(e)}`);
  // Between two targets lie 8 px, or they are larger by as much (rows of a list).
  const apart = (a, b) => Math.max(Math.max(a.left, b.left) - Math.min(a.right, b.right), Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom));
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
    const [a, ra] = boxes[i], [b, rb] = boxes[j];
    if (a.contains(b) || b.contains(a)) continue;
    if (over(ra, rb, 1)) { wrong.push(`overlap: ${words(a)} and ${words(b)}`); continue; }
    const gap = apart(ra, rb), x = Math.min(ra.right, rb.right) > Math.max(ra.left, rb.left);
    const spare = x ? (ra.height + rb.height) / 2 - SIDE : (ra.width + rb.width) / 2 - SIDE;
    if (gap + spare < APART - .5) wrong.push(`close (${Math.round(gap + spare)} px): ${words(a)} and ${words(b)}`);
  }
  // Words in pictures grow with the page. At 320 px they are a little smaller; a table beside them says the same.
  const small = parseFloat(getComputedStyle(document.documentElement).fontSize) * .65;
  for (const t of document.querySelectorAll("svg text")) if (!unseen(t)) {
    const size = parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a;
    if (size < small) wrong.push(`small words in a picture (${size.toFixed(1)} px): ${words(t)}`);
  }
  return [...new Set(wrong)];
}
