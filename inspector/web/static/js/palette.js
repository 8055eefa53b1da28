// The command palette, Ctrl-K or ⌘K: a dialog with a combobox as ARIA has it. Pages, words and exchanges come from the server, actions
// and the filters that were used lately from here.

import { getJson } from "./http.js";
import { openKeys } from "./keys-help.js";

const REST = 90; // ms between two letters
const RECENT = "inspector-filters";
const MOST_RECENT = 8;

const press = (selector) => document.querySelector(selector)?.click();
const ACTIONS = [
  { words: "Keys: what they do", also: "help keyboard shortcuts", key: "?", act: openKeys },
  { words: "Level: New to this", also: "roomy beginner", act: () => press(".topbar [value=new]") },
  { words: "Level: Details", also: "dense expert", act: () => press(".topbar [value=details]") },
  { words: "Dark theme", also: "look colours", act: () => press(".topbar [value=dark]") },
  { words: "Light theme", also: "look colours", act: () => press(".topbar [value=light]") },
  { words: "Presenter’s view, on or off", also: "projector secrets hide", key: "p", act: () => press("[data-presenter-switch] button") },
  { words: "Open a captured window", also: "browser watch", act: () => press("[data-window] button") },
  { words: "Pause or go on capturing", also: "lamp stop record", act: () => press("[data-lamp-switch]") },
  { words: "Clear the list", also: "delete remove all", on: "[data-do=clear]", act: () => press("[data-do=clear]") },
  { words: "Undo the last deletion", also: "bring back", key: "u", on: "[data-removals]:not([hidden])", act: () => press("[data-removals] [value=undo]") },
  { words: "Columns of the list", also: "chooser order show hide", on: "[data-columns-open]", act: () => press("[data-columns-open]") },
];

/** Filters that were applied lately, the last first. */
export function recentFilters() {
  try {
    return JSON.parse(localStorage.getItem(RECENT) ?? "[]").filter((each) => typeof each === "string");
  } catch {
    return [];
  }
}

export function rememberFilter(text) {
  if (!text) return;
  localStorage.setItem(RECENT, JSON.stringify([text, ...recentFilters().filter((each) => each !== text)].slice(0, MOST_RECENT)));
}

export function enablePalette(root) {
  const dialog = root.querySelector("[data-palette]");
  if (!dialog) return;
  const palette = new Palette(dialog);
  root.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    palette.toggle();
  });
  root.addEventListener("click", (event) => event.target.closest("[data-palette-open]") && palette.toggle());
}

class Palette {
  #dialog;
  #input;
  #list;
  #items = [];
  #at = 0;
  #timer = 0;
  #asked = null;

  constructor(dialog) {
    this.#dialog = dialog;
    this.#input = dialog.querySelector("input");
    this.#list = dialog.querySelector("[role=listbox]");
    this.#input.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#find(), REST);
    });
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("click", (event) => {
      const line = event.target.closest("[role=option]");
      if (line) this.#go(this.#items[Number(line.dataset.at)]);
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }

  toggle() {
    if (this.#dialog.open) return this.#dialog.close();
    this.#input.value = "";
    this.#dialog.showModal();
    this.#input.focus();
    this.#find();
  }

  #key(event) {
    const { length } = this.#items;
    const to = { ArrowDown: this.#at + 1, ArrowUp: this.#at - 1, PageDown: this.#at + 8, PageUp: this.#at - 8 }[event.key];
    if (to !== undefined && length) {
      event.preventDefault();
      this.#choose(event.key.startsWith("Arrow") ? (to + length) % length : Math.max(0, Math.min(length - 1, to)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.#go(this.#items[this.#at]);
    }
  }

  async #find() {
    const typed = this.#input.value.trim();
    this.#asked?.abort();
    const asked = (this.#asked = new AbortController());
    const own = [...this.#actions(typed), ...this.#recent(typed)];
    this.#show(own, typed, false);
    const answer = await getJson(`/api/v1/palette?${new URLSearchParams({ q: typed })}`, { signal: asked.signal }).catch(() => null);
    if (!asked.signal.aborted) this.#show(typed ? [...(answer?.items ?? []), ...own] : [...own, ...(answer?.items ?? [])], typed, true);
  }

  #actions(typed) {
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    return ACTIONS.filter(({ words: name, also, on }) => (!on || document.querySelector(on)) && words.every((word) => `${name} ${also}`.toLowerCase().includes(word))).map(
      ({ words: name, key, act }) => ({ kind: "Actions", words: name, more: key ?? "", act }),
    );
  }

  #recent(typed) {
    const low = typed.toLowerCase();
    return recentFilters()
      .filter((text) => text.toLowerCase().includes(low))
      .map((text) => ({ kind: "Filters used lately", words: text, more: "", url: `/traffic?${new URLSearchParams({ q: text })}` }));
  }

  #show(items, typed, over) {
    this.#items = items;
    const groups = grouped(items);
    this.#items = [...groups.values()].flat();
    let at = 0;
    this.#list.replaceChildren(
      ...[...groups].map(([kind, members]) => {
        const group = element("div", { role: "group", "aria-label": kind });
        group.append(element("div", { class: "palette-kind", "aria-hidden": "true" }, kind));
        for (const { words, more } of members) {
          const line = element("div", { role: "option", id: `palette-${at}`, "data-at": String(at) }, "");
          line.append(element("span", { class: "palette-words" }, words), element("span", { class: "palette-more" }, more));
          group.append(line);
          at += 1;
        }
        return group;
      }),
    );
    this.#dialog.querySelector("[data-palette-nothing]").hidden = Boolean(items.length) || !over || !typed;
    this.#choose(0);
  }

  #choose(at) {
    this.#at = at;
    for (const line of this.#list.querySelectorAll("[role=option]")) {
      const chosen = Number(line.dataset.at) === at;
      line.setAttribute("aria-selected", String(chosen));
      if (chosen) line.scrollIntoView({ block: "nearest" });
    }
    if (this.#items.length) this.#input.setAttribute("aria-activedescendant", `palette-${at}`);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  #go(item) {
    if (!item) return;
    this.#dialog.close();
    if (item.act) item.act();
    else location.assign(item.url);
  }
}

function grouped(items) {
  const groups = new Map();
  for (const item of items) groups.set(item.kind, [...(groups.get(item.kind) ?? []), item]);
  return groups;
}

/** Text stays text: what was captured is among it. */
function element(name, attributes, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}
