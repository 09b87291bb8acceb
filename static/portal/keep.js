// <form data-keep="appoint-12">: what was typed survives a lapsed session or a dropped line, in this tab only.
(() => {
  "use strict";
  const KEY = "kept-form:";
  const SECRET = "[type=password], [type=hidden], [type=file], [autocomplete=one-time-code], [autocomplete$=password]";
  const fields = (form) => [...form.elements].filter((field) => field.name && !field.matches(SECRET) && field.type !== "submit");
  const boxed = (field) => field.type === "checkbox" || field.type === "radio";
  const id = (field) => (boxed(field) ? `${field.name}=${field.value}` : field.name);
  const snapshot = (form) => Object.fromEntries(fields(form).map((field) => [id(field), boxed(field) ? field.checked : field.value]));

  // Storage may be forbidden: then nothing is kept, and the form works as any other.
  const read = (name) => { try { return JSON.parse(sessionStorage.getItem(KEY + name)); } catch { return null; } };
  const write = (name, kept) => { try { sessionStorage.setItem(KEY + name, JSON.stringify(kept)); } catch { /* not kept */ } };
  const forget = (name) => { try { sessionStorage.removeItem(KEY + name); } catch { /* nothing was kept */ } };

  const restore = (form, values) => {
    for (const field of fields(form)) {
      if (!(id(field) in values)) continue;
      if (boxed(field)) field.checked = values[id(field)];
      else field.value = values[id(field)];
    }
  };

  const offer = (form, name, values) => {
    const notice = document.createElement("div");
    notice.className = "alert alert-info";
    notice.setAttribute("role", "status");
    const words = document.createElement("div");
    words.textContent = "В прошлый раз вы начали заполнять эту форму, но она не отправилась. ";
    for (const [label, act] of [["Вернуть введённое", () => restore(form, values)], ["Забыть", () => forget(name)]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm me-2";
      button.textContent = label;
      button.addEventListener("click", () => { act(); notice.remove(); });
      words.append(button);
    }
    notice.append(words);
    form.prepend(notice);
  };

  const forgetSent = () => {
    // A page without the form after it was sent means success, unless it belongs to the sign-in after a lapsed session.
    if (!document.body.hasAttribute("data-signed-in")) return;
    const here = new Set([...document.querySelectorAll("form[data-keep]")].map((form) => form.dataset.keep));
    try {
      for (const key of Object.keys(sessionStorage)) {
        const name = key.slice(KEY.length);
        if (key.startsWith(KEY) && read(name)?.sent && !here.has(name)) forget(name);
      }
    } catch { /* nothing was kept */ }
  };

  document.addEventListener("DOMContentLoaded", () => {
    forgetSent();
    for (const form of document.querySelectorAll("form[data-keep]")) {
      const name = form.dataset.keep;
      const kept = read(name);
      if (kept && JSON.stringify(kept.values) !== JSON.stringify(snapshot(form))) offer(form, name, kept.values);
      form.addEventListener("input", () => write(name, { values: snapshot(form) }));
      form.addEventListener("submit", () => write(name, { values: snapshot(form), sent: true }));
    }
  });
})();
