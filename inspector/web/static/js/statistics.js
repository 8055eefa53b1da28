// Statistics: the filter says itself while one types, and a plot's stretches of time are gone through with the arrow keys.

import { addressOf, Filter } from "./traffic/filter.js";

const filter = new Filter(document.querySelector("[data-filter]").dataset.filter);
filter.addEventListener("apply", ({ detail }) => location.assign(addressOf(detail.text)));
filter.addEventListener("leave", () => document.querySelector("[data-plot-column]")?.focus());
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  filter.focus();
});

/** One stop for Tab in each plot; the arrows go from stretch to stretch. */
function rove(root) {
  for (const plot of root.querySelectorAll("[data-plot]")) {
    plot.querySelectorAll("[data-plot-column]").forEach((column, index) => column.setAttribute("tabindex", index ? "-1" : "0"));
  }
}

const columnAt = (target) => target.closest?.("[data-plot-column]");

function say(column) {
  const place = column.closest("section").querySelector("[data-plot-says]");
  place.textContent = column.getAttribute("aria-label");
}

const STEPS = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };

document.addEventListener("keydown", (event) => {
  const column = columnAt(event.target);
  const step = STEPS[event.key];
  if (!column || step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const all = [...column.closest("[data-plot]").querySelectorAll("[data-plot-column]")];
  const next = all[Math.min(Math.max(all.indexOf(column) + step, 0), all.length - 1)];
  column.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
});

for (const type of ["pointerover", "focusin"]) {
  document.addEventListener(type, (event) => columnAt(event.target) && say(columnAt(event.target)));
}

// A finger cannot hover: the first tap says the numbers, a second on the same stretch follows it.
let tapped = null;
document.addEventListener("click", (event) => {
  const column = columnAt(event.target);
  if (!column || event.pointerType !== "touch" || column === tapped) return;
  event.preventDefault();
  tapped = column;
  say(column);
});

rove(document);
document.addEventListener("htmx:after:swap", () => rove(document));
