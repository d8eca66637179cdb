// Theme and text size change at once; the form still posts them, so that they last.

export function wire(form) {
  form.addEventListener("change", ({ target }) => {
    const setting = { theme: "theme", text_size: "text" }[target.name];
    if (setting) document.documentElement.dataset[setting] = target.value;
  });
}
