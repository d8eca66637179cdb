// Small facts about this phone and this page: its clock, its CSRF token, its words for numbers.

const two = (number) => String(Math.trunc(number)).padStart(2, "0");

/** Local time with its offset, for example 2026-03-01T21:15:00+01:00. A demo may look at another day. */
export function deviceTime() {
  const now = new Date(Date.now() + 86_400_000 * (document.documentElement.dataset.daysAhead ?? 0));
  const offset = -now.getTimezoneOffset();
  const local = new Date(now.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const away = Math.abs(offset);
  return `${local}${offset < 0 ? "-" : "+"}${two(away / 60)}:${two(away % 60)}`;
}

/** Read at the moment of sending: a token stored with an entry would go stale. */
export function csrf() {
  return document.cookie.match(/(?:^|; )(?:__Host-)?allay-csrf=([^;]*)/)?.[1] ?? "";
}

/** Words for a number from data-one, data-few, data-other ... of an element; {n} is the number. */
export function count(element, number, prefix = "") {
  const form = new Intl.PluralRules(document.documentElement.lang || "en").select(number);
  const name = (end) => (prefix ? prefix + end[0].toUpperCase() + end.slice(1) : end);
  const words = element.dataset[name(form)] ?? element.dataset[name("other")] ?? "{n}";
  return words.replace("{n}", number);
}

/** Posts a form the ordinary way, past any listener, with further fields. */
export function postForm(form, fields = {}) {
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field); // the last of two with one name counts
  }
  HTMLFormElement.prototype.submit.call(form);
}
