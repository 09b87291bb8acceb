// A digit presses its button, unless something is being typed. Without this script the buttons work by themselves.
(() => {
  "use strict";
  const form = document.querySelector("form[data-digits]");
  if (!form) return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.closest("input, textarea, select")) return;
    const button = form.querySelector(`button[data-digit="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
})();
