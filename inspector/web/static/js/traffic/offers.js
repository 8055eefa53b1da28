// What could be typed next, under the filter box: a combobox as ARIA has it. The list never takes the focus; arrows choose, Enter
// and a click put in, Escape closes, and whoever just goes on typing is not disturbed.

import { getJson } from "../http.js";

const REST = 120; // ms between two letters

export class Offers {
  #input;
  #box;
  #found = { start: 0, end: 0, offers: [] };
  #chosen = -1;
  #timer = 0;
  #asked = null;

  constructor(input, box) {
    this.#input = input;
    this.#box = box;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", box.id);
    input.setAttribute("aria-expanded", "false");
    input.addEventListener("input", () => this.ask());
    input.addEventListener("click", () => this.ask());
    input.addEventListener("blur", () => this.close());
    input.addEventListener("keydown", (event) => this.#key(event));
    box.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the focus stays where one types
      const option = event.target.closest("[role=option]");
      if (option) this.#take(Number(option.dataset.index));
    });
  }

  get isOpen() {
    return !this.#box.hidden;
  }

  ask() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fetch(), REST);
  }

  close() {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#chosen = -1;
    this.#box.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
  }

  async #fetch() {
    this.#asked?.abort();
    const { signal } = (this.#asked = new AbortController());
    const asked = new URLSearchParams({ q: this.#input.value, caret: this.#input.selectionStart ?? this.#input.value.length });
    try {
      const found = await getJson(`/api/v1/filter/completions?${asked}`, { signal });
      const kept = this.#found.offers[this.#chosen]?.insert;
      this.#found = found;
      if (document.activeElement === this.#input) this.#show(kept);
    } catch {
      if (!signal.aborted) this.close(); // without proposals one types on; who gave up for a newer question leaves that one alone
    }
  }

  /** `kept` is what was chosen already, when an answer comes late: it stays so. */
  #show(kept) {
    this.#box.replaceChildren(...this.#found.offers.map(option));
    this.#choose(kept === undefined ? -1 : this.#found.offers.findIndex(({ insert }) => insert === kept));
    const any = this.#found.offers.length > 0;
    this.#box.hidden = !any;
    this.#input.setAttribute("aria-expanded", String(any));
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.isOpen) this.#choose(this.#chosen + (event.key === "ArrowDown" ? 1 : -1));
      else this.#fetch();
    } else if (event.key === "Enter" && this.isOpen && this.#chosen >= 0) {
      event.preventDefault();
      this.#take(this.#chosen);
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  /** -1 is the box itself: the arrows go round over it. */
  #choose(index) {
    const count = this.#box.children.length;
    this.#chosen = ((index + 1 + count + 1) % (count + 1)) - 1;
    [...this.#box.children].forEach((each, at) => each.setAttribute("aria-selected", String(at === this.#chosen)));
    const chosen = this.#box.children[this.#chosen];
    if (chosen) this.#input.setAttribute("aria-activedescendant", chosen.id);
    else this.#input.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  #take(index) {
    const { start, end, offers } = this.#found;
    const { insert } = offers[index];
    const text = this.#input.value;
    this.#input.value = text.slice(0, start) + insert + text.slice(end);
    this.#input.setSelectionRange(start + insert.length, start + insert.length);
    this.close();
    this.#input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function option({ insert, means }, index) {
  const item = document.createElement("li");
  item.id = `filter-offer-${index}`;
  item.dataset.index = index;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  const what = document.createElement("code");
  what.textContent = insert;
  const said = document.createElement("span");
  said.textContent = means;
  item.append(what, " ", said);
  return item;
}
