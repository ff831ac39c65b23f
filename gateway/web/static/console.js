// What a page gains where scripts run: times in the reader's zone, buttons that copy, a key that finds the search box,
// and of what is done at once only what fits the chosen ones.
// Nothing depends on it.
(() => {
  "use strict";
  // Of 24 hours and with its zone, whatever the browser's language: nobody shall wonder which seven o'clock is meant.
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
  const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", ...clock });
  const withYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric", ...clock });

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
    fit(event.target.closest("form[data-fit]"));
  });

  // Of the deeds only those that some chosen row allows; where none is chosen, those that some row allows.
  const fit = (form) => {
    if (!form) return;
    const boxes = [...form.querySelectorAll("[data-deeds]")];
    const chosen = boxes.filter((box) => box.checked);
    const allowed = new Set((chosen.length ? chosen : boxes).flatMap((box) => box.dataset.deeds.split(" ")));
    for (const option of form.querySelectorAll('select[name="deed"] option[value]:not([value=""])')) {
      option.hidden = option.disabled = !allowed.has(option.value);
      if (option.disabled && option.selected) option.parentElement.value = "";
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    localise(document);
    fit(document.querySelector("form[data-fit]"));
  });
  if (document.readyState !== "loading") localise(document);
  for (const name of ["htmx:afterSwap", "htmx:after:swap"]) {
    document.addEventListener(name, () => localise(document));
  }
})();
