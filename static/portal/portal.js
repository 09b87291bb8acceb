// Comforts on top of pages that work without any script: nothing here decides anything, the server does.
(() => {
  "use strict";
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };

  const plural = (n, one, few, many) => {
    const tail = n % 100;
    if (tail > 10 && tail < 20) return many;
    return n % 10 === 1 ? one : n % 10 > 1 && n % 10 < 5 ? few : many;
  };

  // --- Toasts -------------------------------------------------------------------------------------------------------
  const toast = (words, kind = "warning") => {
    const shown = element("div", { class: `alert alert-${kind}` }, words);
    document.getElementById("toasts")?.append(shown);
    setTimeout(() => shown.remove(), 8000);
  };

  // --- A form goes once: its button rests until the answer, or until the page is shown again ---------------------------
  const RESTS_MS = 10000; // a download leaves the page where it is, so the button must wake up by itself
  const wake = (button) => { button.disabled = false; button.removeAttribute("aria-busy"); };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    const button = event.submitter;
    if (!button) return;
    // After the browser has collected the fields: a disabled button would not send its own name and value.
    setTimeout(() => { button.disabled = true; button.setAttribute("aria-busy", "true"); });
    setTimeout(() => wake(button), RESTS_MS);
  });
  window.addEventListener("pageshow", () => $$("[aria-busy=true]:disabled").forEach(wake));

  // --- data-confirm="Отклонить {n|заявку,заявки,заявок}?" data-confirm-yes="Отклонить" on the button that submits ------
  const counted = (words, n) => words.replace(/\{n(?:\|([^}]*))?\}/g, (_, forms) => (forms ? `${n} ${plural(n, ...forms.split(","))}` : n));
  const ask = (question, yes) => new Promise((answer) => {
    const dialog = element("dialog", { class: "ask", "aria-labelledby": "ask-question" });
    const confirm = element("button", { class: "btn btn-primary", value: "yes" }, yes);
    const cancel = element("button", { class: "btn", value: "no" }, "Не сейчас");
    dialog.append(element("form", { method: "dialog" }, element("h2", { id: "ask-question" }, question),
      element("div", { class: "form-actions" }, confirm, cancel)));
    dialog.addEventListener("close", () => { dialog.remove(); answer(dialog.returnValue === "yes"); });
    document.body.append(dialog);
    dialog.showModal();
    cancel.focus(); // Enter pressed too early must not do what cannot be undone
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-confirm]");
    if (!button || button.dataset.confirmed || typeof HTMLDialogElement === "undefined") return;
    if (button.form && !button.form.reportValidity()) { event.preventDefault(); return; }
    event.preventDefault();
    event.stopPropagation();
    const chosen = button.form ? $$("[data-bulk-item]:checked", button.form).length : 0;
    const question = counted(button.dataset.confirm, chosen);
    if (!(await ask(question, button.dataset.confirmYes || button.textContent.trim()))) { button.focus(); return; }
    button.dataset.confirmed = "yes";
    button.click();
    delete button.dataset.confirmed;
  }, true);

  // --- data-copy="words" or data-copy-from="#id" ----------------------------------------------------------------------
  const copy = async (words) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(words);
    const area = element("textarea", { class: "visually-hidden" }); // plain http in a school's own network
    area.value = words;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("copy refused");
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-from]");
    if (!button) return;
    const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
    try {
      await copy(source ? source.value ?? source.innerText : button.dataset.copy);
      toast(button.dataset.copied || "Скопировано", "success");
    } catch {
      toast("Браузер не разрешил копирование: выделите текст и нажмите Ctrl+C");
    }
  });

  // --- Many rows at once: shift selects a range, the bar says how many --------------------------------------------------
  const refreshBulk = (form) => {
    const items = $$("[data-bulk-item]", form);
    const chosen = items.filter((item) => item.checked).length;
    $$(".bulkbar", form).forEach((bar) => bar.classList.toggle("is-on", chosen > 0));
    $$("[data-bulk-count]", form).forEach((place) => {
      place.textContent = `${plural(chosen, "Выбрана", "Выбрано", "Выбрано")} ${chosen} ${plural(chosen, "строка", "строки", "строк")}`;
    });
    $$("[data-bulk-all]", form).forEach((all) => {
      all.checked = chosen > 0 && chosen === items.length;
      all.indeterminate = chosen > 0 && chosen < items.length;
    });
  };
  let lastItem = null;
  document.addEventListener("click", (event) => {
    const box = event.target;
    const form = box.closest?.("[data-bulk]");
    if (!form || !box.matches("[data-bulk-item], [data-bulk-all]")) return;
    const items = $$("[data-bulk-item]", form);
    if (box.matches("[data-bulk-all]")) {
      items.forEach((item) => { item.checked = box.checked; });
    } else {
      const [from, to] = [items.indexOf(lastItem), items.indexOf(box)].sort((a, b) => a - b);
      if (event.shiftKey && from >= 0) items.slice(from, to + 1).forEach((item) => { item.checked = box.checked; });
      lastItem = box;
    }
    refreshBulk(form);
  });
  window.addEventListener("pageshow", () => $$("[data-bulk]").forEach(refreshBulk));

  // --- On a phone tabs run out of the screen: the open one is brought into sight -------------------------------------
  $$(".tabs, .mainnav").forEach((strip) => {
    const open = strip.querySelector("[aria-current]");
    if (open && strip.scrollWidth > strip.clientWidth) {
      strip.scrollLeft += open.getBoundingClientRect().left - strip.getBoundingClientRect().left - 40;
    }
  });

  // --- Menus close when one looks elsewhere ---------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    $$("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    $$("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  // --- On a phone the row of sections is wider than the screen: begin with the one we are in ------------------------------
  document.addEventListener("DOMContentLoaded", () => {
    for (const here of $$(".mainnav [aria-current], .tabs [aria-current]")) {
      const row = here.closest(".mainnav, .tabs");
      row.scrollLeft = here.offsetLeft - row.offsetLeft - row.clientWidth / 3;
    }
  });

  // --- A dropped line under htmx ------------------------------------------------------------------------------------------
  document.addEventListener("htmx:sendError", () => toast("Связь прервалась — повторите"));
  document.addEventListener("htmx:timeout", () => toast("Портал долго не отвечает — повторите"));
  document.addEventListener("htmx:responseError", (event) => {
    const signedOut = event.detail.xhr.status === 403;
    toast(signedOut ? "Похоже, вход закончился: обновите страницу и войдите снова" : "Не получилось — обновите страницу и повторите");
  });
  // After a lapsed session the answer is the sign-in page, which is no piece of this one: what was ticked stays.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!new URL(event.detail.xhr.responseURL).pathname.startsWith("/accounts/")) return;
    event.detail.shouldSwap = false;
    if (event.detail.requestConfig.verb === "get") window.location.reload();
    else toast("Вход закончился: войдите снова в соседней вкладке и повторите");
  });
  document.addEventListener("htmx:afterSettle", () => $$("[data-bulk]").forEach(refreshBulk));
})();
