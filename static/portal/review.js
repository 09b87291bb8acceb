// One key for each decision of the review desk. The server decides; without this script every button works as a form.
(() => {
  "use strict";
  const form = document.querySelector("form[data-review]");
  const words = document.querySelector("[data-review-words]")?.content;
  if (!form || !words || typeof HTMLDialogElement === "undefined") return;
  const IN_PLACE = ["take-back", "undo", "same", "apart"];
  const OFF = "review-keys-off";
  const $$ = (selector, root = form) => [...root.querySelectorAll(selector)];
  const rows = () => $$("tr.request");
  const url = (verb) => form.action.replace(/accept\/$/, `${verb}/`);
  const pending = (row) => row.dataset.status === "pending" && !row.hasAttribute("aria-busy");
  const waits = (row) => pending(row) && !("later" in row.dataset);

  // --- What happened, in one place that screen readers follow ---------------------------------------------------------
  const said = document.createElement("div");
  let fading = 0;
  const tell = (text, kind = "warning") => {
    said.className = `alert alert-${kind}`;
    said.textContent = text;
    document.getElementById("toasts").append(said);
    clearTimeout(fading);
    fading = setTimeout(() => said.remove(), 8000);
  };

  // --- The current row ----------------------------------------------------------------------------------------------
  let current = null;
  const go = (row, { focus = true } = {}) => {
    if (!row) return;
    if (current) { current.classList.remove("is-current"); current.tabIndex = -1; }
    current = row;
    row.classList.add("is-current");
    row.tabIndex = 0;
    if (focus) row.focus();
  };
  const step = (by) => {
    const all = rows();
    go(all[Math.min(Math.max(all.indexOf(current) + by, 0), all.length - 1)]);
  };
  const next = (row) => {
    const all = rows();
    const place = all.indexOf(row);
    return all.slice(place + 1).find(waits) || all.slice(0, place).reverse().find(waits);
  };
  form.addEventListener("focusin", (event) => {
    const row = event.target.closest("tr.request");
    if (row && row !== current) go(row, { focus: false });
  });

  // --- To the server, one after another; what was not written down is told and stays ----------------------------------
  let line = Promise.resolve();
  let lastBatch = "";
  const post = async (verb, fields) => {
    const data = new FormData();
    // From the cookie: who has signed in again in another tab has a new one there.
    const token = /(?:^|; )portal_csrf=([^;]+)/.exec(document.cookie)?.[1] || form.elements.csrfmiddlewaretoken.value;
    data.append("csrfmiddlewaretoken", token);
    data.append("back", form.elements.back.value);
    for (const [name, value] of Object.entries(fields)) data.append(name, value);
    let answer;
    try {
      answer = await fetch(url(verb), { method: "POST", body: data, headers: { "X-Review": "1" } });
    } catch {
      throw new Error("Связь прервалась: решение не записано. Повторите.");
    }
    if (answer.redirected || answer.status === 403) throw new Error("Вход закончился: войдите снова в соседней вкладке и повторите. Решение не записано.");
    if (!answer.ok) throw new Error("Не получилось: решение не записано. Обновите страницу и повторите.");
    return answer.json();
  };
  const show = (answer) => {
    for (const [key, html] of Object.entries(answer.rows)) {
      const old = document.getElementById(`request-${key}`);
      if (!old) continue;
      const made = document.createElement("template");
      made.innerHTML = html.trim();
      const fresh = made.content.firstElementChild;
      const wasCurrent = old === current, hadFocus = old.contains(document.activeElement);
      old.replaceWith(fresh);
      if (wasCurrent) { current = null; go(fresh, { focus: hadFocus }); }
    }
    const figures = document.querySelector("[data-figures]");
    if (figures) figures.outerHTML = answer.figures;
    if (answer.batch) lastBatch = answer.batch;
    const heard = answer.said.map(([, text]) => text).join(" ");
    if (heard) tell(answer.batch ? `${heard} Отменить: U.` : heard, answer.said.some(([level]) => level > 25) ? "warning" : "success");
  };
  const decide = (verb, row, fields = {}) => {
    const key = row.dataset.key;
    const here = () => document.getElementById(`request-${key}`);
    row.setAttribute("aria-busy", "true");
    const then = next(row);
    if (then) go(then);
    line = line.then(async () => {
      try {
        const answer = await post(verb, { one: key, seen: row.dataset.seen, ...fields });
        here()?.removeAttribute("aria-busy");
        if (answer.ask) { go(here()); question(answer.ask, () => decide(verb, here(), { ...fields, confirmed: "yes" })); return; }
        show(answer);
        if (!rows().some((one) => waits(one) || one.hasAttribute("aria-busy"))) finished();
      } catch (error) {
        here()?.removeAttribute("aria-busy");
        go(here());
        tell(`${row.dataset.number}: ${error.message}`, "danger");
      }
    });
  };
  const finished = () => {
    if (document.querySelector("[data-review-more]")) return;
    const more = document.createElement("p");
    more.dataset.reviewMore = "";
    const link = document.createElement("a");
    link.className = "btn btn-primary";
    link.href = window.location.href;
    link.textContent = "На этой странице всё решено. Показать следующие";
    more.append(link);
    form.after(more);
    link.focus();
  };
  const undoLast = () => {
    if (!lastBatch) { document.querySelector("[data-recent] button[name=batch]")?.click(); return; }
    const batch = lastBatch;
    lastBatch = "";
    line = line.then(async () => {
      try {
        const answer = await post("undo", { batch });
        show(answer);
        document.querySelector("[data-review-more]")?.remove();
        go(document.getElementById(`request-${Object.keys(answer.rows)[0]}`));
      } catch (error) {
        lastBatch = batch;
        tell(error.message, "danger");
      }
    });
  };

  // --- Questions in place: the same as on pages of their own ------------------------------------------------------------
  const open = (heading, content, buttons) => {
    const dialog = document.createElement("dialog");
    dialog.className = "ask review-ask";
    dialog.setAttribute("aria-label", heading);
    const title = document.createElement("h2");
    title.textContent = heading;
    const actions = document.createElement("div");
    actions.className = "form-actions";
    for (const [label, kind, act] of buttons) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `btn ${kind}`;
      button.textContent = label;
      button.addEventListener("click", () => act(dialog));
      actions.append(button);
    }
    const trouble = document.createElement("p");
    trouble.className = "text-danger";
    trouble.setAttribute("role", "alert");
    dialog.append(title, content, trouble, actions);
    dialog.complain = (text) => { trouble.textContent = text; };
    dialog.addEventListener("close", () => { dialog.remove(); current?.focus(); });
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  };
  const close = (dialog) => dialog.close();
  const question = (ask, yes) => {
    const text = document.createElement("p");
    text.textContent = ask.explanation;
    open(ask.question, text, [[ask.submit, "btn-primary", (dialog) => { close(dialog); yes(); }], ["Не сейчас", "", close]]);
  };
  // The fields of a form of the page, sent for one row; what was typed stays until the server has taken it.
  const ask = (verb, row, heading, submit, source, begin) => {
    const fields = document.createElement("form");
    fields.append(words.querySelector(source).cloneNode(true));
    const send = async (dialog) => {
      if (row.hasAttribute("aria-busy")) return;
      row.setAttribute("aria-busy", "true");
      try {
        const answer = await post(verb, { ...Object.fromEntries(new FormData(fields)), one: row.dataset.key, confirmed: "yes" });
        if (answer.ask) { dialog.complain(answer.errors.join(" ")); return; }
        const then = next(row);
        show(answer);
        go(then, { focus: false });
        close(dialog);
        if (!rows().some(waits)) finished();
      } catch (error) {
        dialog.complain(error.message);
      } finally {
        row.removeAttribute("aria-busy");
      }
    };
    const dialog = open(`${heading} ${row.dataset.number}`, fields, [[submit, "btn-primary", send], ["Не сейчас", "", close]]);
    fields.addEventListener("submit", (event) => { event.preventDefault(); send(dialog); });
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input")) { event.preventDefault(); send(dialog); }
    });
    begin(fields, dialog);
  };
  const reject = (row, chosen = 0) => ask("reject", row, "Отклонить", "Отклонить", "[data-review-reject]", (fields, dialog) => {
    const reasons = [...fields.querySelectorAll("[name=reason]")];
    const pick = (number) => {
      const reason = reasons[number - 1];
      if (!reason) return;
      reason.checked = true;
      (reason.value === "other" ? fields.querySelector("[name=reason_text]") : reason).focus();
    };
    reasons.forEach((reason, place) => reason.parentElement.querySelector("label")?.prepend(`${place + 1}. `));
    dialog.addEventListener("keydown", (event) => {
      if (!typing(event.target) && digit(event)) { event.preventDefault(); pick(digit(event)); }
    });
    if (chosen) pick(chosen);
    else reasons[0]?.focus();
  });
  const later = (row) => ask("postpone", row, "Позже:", "Отложить", "[data-review-later]", (fields) => {
    fields.querySelector("[name=note]").focus();
  });
  const help = () => {
    const content = words.querySelector("[data-review-keys]").cloneNode(true);
    const toggle = keysOff() ? "Включить клавиши" : "Выключить клавиши";
    open("Клавиши", content, [["Понятно", "btn-primary", close], [toggle, "", (dialog) => { setKeysOff(!keysOff()); close(dialog); }]]);
  };

  // --- Buttons of a row do the same as keys ----------------------------------------------------------------------------
  const act = (verb, row) => {
    if (verb === "accept") decide("accept", row);
    else if (verb === "reject") reject(row);
    else if (verb === "postpone") later(row);
  };
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-verb]");
    if (!button) return;
    const { verb } = button.dataset;
    const row = button.closest("tr.request");
    if (row && ["accept", "reject", "postpone"].includes(verb)) {
      event.preventDefault();
      if (pending(row)) act(verb, row);
    } else if (row && IN_PLACE.includes(verb)) {
      event.preventDefault();
      go(row);
      decide(verb, row);
    }
  });
  document.querySelectorAll("[data-review-help]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", help);
  });

  // --- Keys: by their place, so that both layouts work; never while something is being typed -----------------------------
  const keysOff = () => { try { return localStorage.getItem(OFF) === "yes"; } catch { return false; } };
  const setKeysOff = (off) => { try { localStorage.setItem(OFF, off ? "yes" : ""); } catch { /* for this page only */ } };
  const typing = (target) => target.matches?.("textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio])");
  const digit = (event) => Number(/^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1] || 0);
  const tick = (row, on) => {
    const box = row?.querySelector("[data-bulk-item]");
    if (box && (on === undefined || box.checked !== on)) box.click();
  };
  const mark = (by) => { tick(current, true); step(by); tick(current, true); };
  const rejectBy = (number) => {
    const reason = words.querySelectorAll("[name=reason]")[number - 1];
    if (!reason) return;
    if (["other", "wrong-role"].includes(reason.value)) reject(current, number);
    else decide("reject", current, { reason: reason.value, is_reason_shown: "on", confirmed: "yes" });
  };
  const VERBS = {
    KeyA: () => act("accept", current),
    KeyR: () => act("reject", current),
    KeyC: () => act("postpone", current),
    KeyS: () => decide("postpone", current, { until: form.dataset.later, confirmed: "yes" }),
  };
  const MOVES = { ArrowDown: 1, KeyJ: 1, ArrowUp: -1, KeyK: -1 };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") { event.preventDefault(); help(); return; }
    if (keysOff()) return;
    const by = MOVES[event.code];
    if (by) {
      event.preventDefault();
      if (!current) go(rows()[0]);
      else if (event.shiftKey) mark(by);
      else step(by);
      return;
    }
    if (event.repeat || event.shiftKey) return; // a key held down decides once
    if (event.code === "KeyU") { event.preventDefault(); undoLast(); return; }
    if (!current) return;
    if (event.code === "KeyX") { event.preventDefault(); tick(current); return; }
    if (!pending(current)) return;
    if (VERBS[event.code]) { event.preventDefault(); VERBS[event.code](); }
    else if (digit(event)) { event.preventDefault(); rejectBy(digit(event)); }
  });
  go(rows().find(pending), { focus: false });
})();
