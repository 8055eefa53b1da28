// The presenter's view: P switches it. While it is on, a hidden secret is a button that shows it for a few seconds.

import { getJson } from "./http.js";

const MARK = /\*{2,}[0-9a-f]{4}(?![0-9A-Za-z])/;
const NOT_IN = "a, button, summary, svg, input, textarea, [role=grid], [role=listbox]";

export function followPresenter(root) {
  root.addEventListener("keydown", (event) => {
    if (event.key !== "p" || event.altKey || event.ctrlKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (event.target.closest?.("input, select, textarea, [contenteditable], [popover]")) return;
    event.preventDefault();
    root.querySelector("[data-presenter-switch]")?.requestSubmit(root.querySelector("[data-presenter-switch] button"));
  });
  const main = root.querySelector("main");
  if (!root.documentElement.hasAttribute("data-presenter") || !main) return;
  offer(main);
  new MutationObserver((records) => {
    for (const record of records) for (const node of record.addedNodes) offer(node);
  }).observe(main, { childList: true, subtree: true });
  main.addEventListener("click", (event) => {
    const button = event.target.closest("[data-secret]");
    if (button) show(button);
  });
}

// Each mark inside an exchange becomes a button; inside links and lists, where a click means something else, it stays text.
function offer(node) {
  if (node.nodeType === Node.TEXT_NODE) return wrap(node);
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches("[data-secret]")) return;
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) if (MARK.test(texts.currentNode.data)) found.push(texts.currentNode);
  found.forEach(wrap);
}

function wrap(text) {
  const around = text.parentElement;
  if (!around?.closest("[data-id]") || around.closest(NOT_IN)) return;
  for (let rest = text, found; (found = MARK.exec(rest.data)); ) {
    const mark = rest.splitText(found.index);
    rest = mark.splitText(found[0].length);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "secret";
    button.dataset.secret = found[0];
    button.title = "Show it for ten seconds";
    mark.replaceWith(button);
    button.append(mark);
  }
}

async function show(button) {
  const mark = button.dataset.secret;
  if (button.textContent !== mark) return hide(button);
  const id = button.closest("[data-id]").dataset.id;
  try {
    const { value, seconds } = await getJson(`/exchange/${id}/secrets/${mark}`);
    button.textContent = value;
    button.classList.add("secret-shown");
    setTimeout(() => hide(button), seconds * 1000);
  } catch {
    button.title = "It can’t be shown now";
  }
}

function hide(button) {
  button.textContent = button.dataset.secret;
  button.classList.remove("secret-shown");
}
