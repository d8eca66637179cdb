// A joining link carries its code after the #: that part never reaches a server's log. Put it into the field
// and take it out of the address bar, so that it is not left in the history of a shared phone.

export function wire(form) {
  const code = decodeURIComponent(location.hash.slice(1)).trim();
  if (!/^[\w-]{4,64}$/.test(code)) return;
  form.elements.namedItem("code").value = code;
  history.replaceState(null, "", location.pathname + location.search);
}
