// The filter over the list: what is typed is said back at once, by the server's words; Enter, a chip or a saved filter applies it
// without a new page. Without script the same box is a form, and the same links are links.

import { getJson } from "../http.js";
import { Offers } from "./offers.js";

const REST = 150; // ms between two letters

export class Filter extends EventTarget {
  /** The filter that the list obeys. */
  applied = "";
  #form = document.querySelector("[data-filter-box]");
  #input = this.#form.elements.q;
  #says = document.querySelector("[data-filter-says]");
  #clear = document.querySelector("[data-filter-clear]");
  #chips = document.querySelector("[data-filter-chips]");
  #save = document.querySelector("[data-filter-save]");
  #hints = document.querySelector("[data-filter-hints]");
  #without = document.querySelector("[data-filter-without]");
  #offers = new Offers(this.#input, document.querySelector("[data-filter-offers]"));
  #timer = 0;
  #asked = null;

  /** Events: apply (detail: the filter's text), leave (Escape in the box). */
  constructor(applied) {
    super();
    this.applied = applied;
    this.#input.addEventListener("input", () => this.#typed());
    this.#input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      this.dispatchEvent(new Event("leave"));
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.apply(this.#input.value);
    });
    document.addEventListener("click", (event) => this.#follow(event));
  }

  focus() {
    this.#input.focus();
    this.#input.select();
  }

  /** Have the list obey a filter, if it can be understood; its words are shown either way. */
  async apply(text, { history = true } = {}) {
    text = text.trim();
    this.#offers.close();
    this.#input.value = text;
    const found = await this.#understand(text);
    if (!found || found.mistake) return;
    const other = text !== this.applied;
    this.applied = text;
    this.#show(found);
    this.#showLinks(found);
    if (other) this.dispatchEvent(new CustomEvent("apply", { detail: { text, history } }));
  }

  /** Links that only change the filter: chips, saved ones, suggestions, "Show all". */
  #follow(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const link = event.target.closest("a[href]");
    if (!link?.closest("[data-filter-box], [data-filter-chips], [data-filter-says], [data-filter-saved], [data-filter-empty]")) return;
    event.preventDefault();
    link.closest("[popover]")?.hidePopover();
    this.apply(new URL(link.href).searchParams.get("q") ?? "");
    if (link.matches("[data-filter-clear]")) this.#input.focus();
  }

  #typed() {
    this.#clear.hidden = !this.#input.value;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#understand(this.#input.value.trim(), { unfinished: true }).then((found) => found && this.#show(found)), REST);
  }

  async #understand(text, { unfinished = false } = {}) {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    const asked = (this.#asked = new AbortController());
    try {
      const found = await getJson(`/api/v1/filter?${new URLSearchParams({ q: text })}`, { signal: asked.signal });
      if (found.mistake && !unfinished) this.#show(found);
      return found;
    } catch {
      return null;
    }
  }

  #show({ filter, meaning, mistake }) {
    this.#clear.hidden = !this.#input.value;
    if (mistake) this.#input.setAttribute("aria-invalid", "true");
    else this.#input.removeAttribute("aria-invalid");
    const line = document.createElement("p");
    if (mistake) fillMistake(line, mistake);
    else line.textContent = filter === this.applied || !meaning ? meaning : `Enter shows: ${meaning}`;
    this.#says.hidden = !line.textContent;
    this.#says.replaceChildren(line);
  }

  #showLinks({ filter, meaning, chips, without, hints }) {
    const links = [...this.#chips.querySelectorAll("a")];
    chips.forEach((chip, index) => {
      links[index].href = addressOf(chip.filter);
      if (chip.current) links[index].setAttribute("aria-current", "page");
      else links[index].removeAttribute("aria-current");
    });
    this.#save.hidden = !meaning;
    this.#save.elements.q.value = filter;
    fillLinks(this.#without, without.map((link) => ({ ...link, words: `without ${link.words}` })));
    fillLinks(this.#hints, hints);
  }
}

/** The page that the box is on, with another filter. */
export function addressOf(filter) {
  const page = new URL(document.querySelector("[data-filter-box]").action).pathname;
  return filter ? `${page}?${new URLSearchParams({ q: filter })}` : page;
}

function linkTo(filter, words, kind = "") {
  const link = document.createElement("a");
  link.href = addressOf(filter);
  link.textContent = words;
  if (kind) link.className = kind;
  return link;
}

function fillLinks(place, links) {
  if (!place) return; // only the list proposes what else could be asked
  place.hidden = !links.length;
  const made = links.map(({ words, filter }) => linkTo(filter, words, "chip"));
  place.querySelector("[data-filter-links]").replaceChildren(...made);
}

function fillMistake(line, { sentence, before, marked, after, mended }) {
  line.className = "filter-mistake";
  const text = document.createElement("code");
  const mark = document.createElement("mark");
  mark.textContent = marked;
  text.append(before, mark, after);
  line.append(text, ` ${sentence}`);
  mended.forEach((each, index) => {
    line.append(index ? " or " : " Did you mean ", linkTo(each, each || "no filter"));
  });
  if (mended.length) line.append("?");
}
