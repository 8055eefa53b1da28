// The selected exchange beside the list. The server makes the fragment; the same address is its whole page.

import htmx from "htmx.org";

const ROOM = matchMedia("(width >= 50rem)"); // under 800 px an exchange has a page of its own
const REST = 90; // ms: whoever runs down the list with a key held sees only where they stop

export class Pane extends EventTarget {
  id = "";
  #section;
  #content;
  #whole;
  #asked = null;
  #timer = 0;

  constructor(section) {
    super();
    this.#section = section;
    this.#content = section.querySelector("[data-pane-content]");
    this.#whole = section.querySelector("[data-pane-whole]");
    section.querySelector("[data-pane-close]").addEventListener("click", () => this.close());
    section.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.target.closest("input, select, textarea")) return;
      event.preventDefault();
      this.close();
    });
  }

  static get hasRoom() {
    return ROOM.matches;
  }

  static addressOf(id) {
    return `/exchange/${id}`;
  }

  show(id) {
    if (id === this.id) return;
    const soon = this.id ? REST : 0;
    this.id = id;
    this.#section.hidden = false;
    this.#whole.href = Pane.addressOf(id);
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

  async #load() {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    this.#content.setAttribute("aria-busy", "true");
    const again = this.#content.firstElementChild?.dataset.id === this.id;
    try {
      const answer = await fetch(Pane.addressOf(this.id), { headers: { "HX-Request": "true" }, signal: asked.signal });
      this.#fill(await answer.text());
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
    this.#content.replaceChildren(document.adoptNode(part));
    htmx.process(this.#content);
  }

  #say(sentence) {
    const line = document.createElement("p");
    line.textContent = sentence;
    this.#content.replaceChildren(line);
  }
}
