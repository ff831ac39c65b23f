// What a page gains where scripts run: times in the reader's zone, buttons that copy, a key that finds the search box.
// Nothing depends on it.
(() => {
  "use strict";
  const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const withYear = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

  const localise = (root) => {
    for (const element of root.querySelectorAll("time[datetime]")) {
      const at = new Date(element.dateTime);
      if (Number.isNaN(at.getTime()) || element.dataset.local) continue;
      const isFar = Math.abs(Date.now() - at.getTime()) > 300 * 86400000;
      element.textContent = (isFar ? withYear : short).format(at);
      element.dataset.local = "yes";
    }
    for (const button of root.querySelectorAll("button.copy[hidden]")) {
      if (navigator.clipboard) button.hidden = false;
    }
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const before = button.textContent;
    button.textContent = "✓";
    setTimeout(() => { button.textContent = before; }, 1200);
  });

  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      document.querySelector(".search input")?.focus();
    }
  });

  // Choosing in a filter asks at once; without scripts its button does.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-ask]");
    if (form) form.requestSubmit();
    const all = event.target.closest("input[data-all]");
    if (all) for (const box of document.querySelectorAll(`input[name="${all.dataset.all}"]`)) box.checked = all.checked;
  });

  document.addEventListener("DOMContentLoaded", () => localise(document));
  if (document.readyState !== "loading") localise(document);
  for (const name of ["htmx:afterSwap", "htmx:after:swap"]) {
    document.addEventListener(name, () => localise(document));
  }
})();
