// Level and theme: set at once, and told to the server, which renders them into the next page.

import { postJson } from "./http.js";

const ROOT = document.documentElement;

export function followDisplaySwitches(root) {
  root.addEventListener("submit", (event) => {
    const name = event.target.dataset?.preference;
    const button = event.submitter;
    if (!name || !button?.value) return;
    event.preventDefault();
    show(name, button.value);
    // If this fails, the page is right and only the next one forgets: no reason to disturb anybody.
    postJson(event.target.action, { [name]: button.value }).catch(() => {});
  });
}

function show(name, value) {
  ROOT.dataset[name] = value;
  for (const button of document.querySelectorAll(`[data-preference="${name}"] [aria-pressed]`)) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
  document.dispatchEvent(new CustomEvent("inspector:display", { detail: { name, value } }));
}
