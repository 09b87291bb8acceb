// Says once that a person looks at this page: on the first touch, or after some seconds in sight. Machines that open
// links by themselves do neither. The number says nothing about who it was.
(() => {
  "use strict";
  const { opened: address, token } = document.currentScript.dataset;
  const kept = (act) => { try { return act(sessionStorage); } catch { return null; } };
  if (kept((box) => box.getItem(address))) return;
  let told = false;
  const tell = () => {
    if (told || document.hidden) return;
    told = true;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", token);
    fetch(address, { method: "POST", body, keepalive: true }).catch(() => {});
    kept((box) => box.setItem(address, "1"));
  };
  const look = () => setTimeout(tell, 5000);
  for (const act of ["pointerdown", "pointermove", "keydown", "scroll"]) addEventListener(act, tell, { passive: true });
  document.addEventListener("visibilitychange", look);
  look();
})();
