// Points from a value to its bytes and back, by mouse and by keyboard. Without scripts each value is a link that does so.
(() => {
  "use strict";
  for (const place of document.querySelectorAll("[data-anatomy]")) begin(place);

  function begin(place) {
    const said = place.parentElement.querySelector(".pointed");
    const byField = new Map();
    for (const value of place.querySelectorAll("a.v[data-field]")) {
      const known = byField.get(value.dataset.field) ?? [];
      known.push(value);
      byField.set(value.dataset.field, known);
  }
    let lit = [];

    const show = (value) => {
      const scroller = value.closest(".inner");
      if (!scroller || scroller.scrollHeight <= scroller.clientHeight) return;
      const box = value.getBoundingClientRect();
      const room = scroller.getBoundingClientRect();
      if (box.top < room.top || box.bottom > room.bottom) {
        scroller.scrollTop += box.top - room.top - room.height / 2;
      }
    };

    const explain = (value) => {
      const field = value.dataset.field;
      const told = value.dataset.at ? value : (byField.get(field) ?? []).find((each) => each.dataset.at);
      if (!said || !told) return;
      const name = document.createElement("code");
      name.textContent = `${field} = ${told.textContent}`;
      said.replaceChildren(name, ` from ${told.dataset.at}`);
    };

    const point = (value) => {
      for (const each of lit) each.classList.remove("lit", "same-line");
      const line = value.closest("[data-line]")?.dataset.line
        ?? (byField.get(value.dataset.field) ?? []).map((each) => each.closest("[data-line]")?.dataset.line).find(Boolean);
      // One cell may have become several fields, and one field may come of several cells.
      const target = document.getElementById(value.hash.slice(1));
      const pointing = value.id ? place.querySelectorAll(`a.v[href="#${CSS.escape(value.id)}"]`) : [];
      const same = [...new Set([...(byField.get(value.dataset.field) ?? []), ...(target?.matches("a.v") ? [target] : []), ...pointing])];
      for (const each of same) {
        each.classList.add("lit");
        if (each !== value && each.closest(".pane") !== value.closest(".pane")) show(each);
      }
      const beside = line === undefined ? [] : [...place.querySelectorAll("li[data-line]")].filter((each) => each.dataset.line === line);
      for (const each of beside) each.classList.add("same-line");
      const other = beside.find((each) => each.id.startsWith("o"));
      if (other) show(other);
      lit = [...same, ...beside];
      explain(value);
    };

    for (const kind of ["mouseover", "focusin"]) {
      place.addEventListener(kind, (event) => {
        const value = event.target.closest?.("a.v[data-field]");
        if (value) point(value);
      });
    }

    // Up and down go from value to value inside one pane; Enter follows the link to the other side, and focuses there.
    place.addEventListener("keydown", (event) => {
      const value = event.target.closest?.("a.v[data-field]");
      if (!value || !["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"].includes(event.key)) return;
      const all = [...value.closest(".pane").querySelectorAll("a.v[data-field]")];
      const next = all[all.indexOf(value) + (event.key === "ArrowDown" || event.key === "ArrowRight" ? 1 : -1)];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    });
    place.addEventListener("click", (event) => {
      const value = event.target.closest?.("a.v[data-field]");
      if (!value) return;
      const there = document.getElementById(value.hash.slice(1));
      const other = there?.matches("a.v") ? there : there?.querySelector("a.v");
      if (!other) return;
      event.preventDefault(); // following the link would take the focus away again
      other.focus();
    });
  }
})();
