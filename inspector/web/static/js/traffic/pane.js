// The selected exchange beside the list. The server makes the fragment; the same address is its whole page.

import htmx from "htmx.org";

const ROOM = matchMedia("(width >= 50rem)"); // under 800 px an exchange has a page of its own
const REST = 90; // ms: whoever runs down the list with a key held sees only where they stop

export class Pane extends EventTarget {
  id = "";
  /** What is asked for of the exchange, as its address says it: tab=messages&side=site. '' is what opens at first. */
  view = "";
  #section;
  #content;
  #whole;
  #asked = null;
  #timer = 0;

  /** Events: close, view (somebody chose another tab or side). */
  constructor(section) {
    super();
    this.#section = section;
    this.#content = section.querySelector("[data-pane-content]");
    this.#whole = section.querySelector("[data-pane-whole]");
    section.querySelector("[data-pane-close]").addEventListener("click", () => this.close());
    section.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || event.target.closest("input, select, textarea, dialog, details[open]")) return;
      event.preventDefault();
      this.close();
    });
    this.#content.addEventListener("click", (event) => this.#follow(event), { capture: true });
  }

  static get hasRoom() {
    return ROOM.matches;
  }

  static addressOf(id, view = "") {
    return view ? `/exchange/${id}?${view}` : `/exchange/${id}`;
  }

  show(id, view = this.view) {
    if (id === this.id && view === this.view) return;
    const soon = this.id && id !== this.id ? REST : 0;
    this.id = id;
    this.view = view;
    this.#section.hidden = false;
    this.#whole.href = Pane.addressOf(id, view);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#load(), soon);
  }

  /** The exchange went on: fetch it again. */
  refresh() {
    if (this.id) this.#load();
  }

  close() {
    if (!this.id) return;
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.id = "";
    this.#section.hidden = true;
    this.#content.replaceChildren();
    this.dispatchEvent(new Event("close"));
  }

  /** A link to another view of the same exchange: it changes what the pane shows, and the address bar says so. */
  #follow(event) {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("a[href]");
    if (!link || link.hash || link.origin !== location.origin || link.pathname !== `/exchange/${this.id}`) return;
    event.preventDefault();
    event.stopPropagation();
    this.show(this.id, link.search.slice(1));
    this.dispatchEvent(new Event("view"));
  }

  async #load() {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    this.#content.setAttribute("aria-busy", "true");
    const again = this.#content.firstElementChild?.dataset.id === this.id;
    try {
      const answer = await fetch(Pane.addressOf(this.id, this.view), { headers: { "HX-Request": "true" }, signal: asked.signal });
      const html = await answer.text();
      if (asked.signal.aborted) return;
      this.#fill(html);
      if (!again) this.#content.scrollTop = 0;
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#say("Inspector does not answer. The list tries to reconnect by itself.");
    }
    this.#content.removeAttribute("aria-busy");
  }

  /** Whatever came: only the exchange's own part of it goes into the page, made by our own templates, which escape what was captured. */
  #fill(html) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const part = parsed.querySelector("article") ?? parsed.querySelector("main");
    if (!part) return this.#say("This exchange cannot be shown.");
    const focused = this.#content.contains(document.activeElement) ? document.activeElement.id : "";
    this.#content.replaceChildren(document.adoptNode(part));
    htmx.process(this.#content);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  #say(sentence) {
    const line = document.createElement("p");
    line.textContent = sentence;
    this.#content.replaceChildren(line);
  }
}
