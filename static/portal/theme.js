// Light or dark before the first paint: the choice kept in this browser, else the system's.
(() => {
  "use strict";
  const KEY = "portal-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");

  // Storage may be forbidden by the browser's settings: then the system's theme is the only one.
  const chosen = () => { try { return localStorage.getItem(KEY) || ""; } catch { return ""; } };
  const keep = (theme) => { try { localStorage.setItem(KEY, theme); } catch { /* shown, not kept */ } };
  document.documentElement.classList.add("js");
  const show = (theme) => {
    document.documentElement.dataset.bsTheme = theme || (system.matches ? "dark" : "light");
  };

  show(chosen());
  system.addEventListener("change", () => show(chosen()));
  document.addEventListener("DOMContentLoaded", () => {
    for (const select of document.querySelectorAll("[data-theme-choice]")) {
      select.value = chosen();
      select.closest("[hidden]")?.removeAttribute("hidden");
      select.addEventListener("change", () => { keep(select.value); show(select.value); });
    }
  });
})();
