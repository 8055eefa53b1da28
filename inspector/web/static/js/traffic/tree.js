// The tree of hosts, or of programs, beside the list: the server's own, put in place when the filter, the branch or the traffic changed.

const CALM = 3000; // ms between two counts while exchanges come

export class Tree extends EventTarget {
  /** Which branch is open, and the filter that narrows the list to it. */
  within = "";
  narrows = "";
  #place;
  #way = "";
  #filter = "";
  #timer = 0;
  #asked = null;

  /** Event: choose (somebody chose a branch). */
  constructor(place, within) {
    super();
    this.#place = place;
    this.within = within;
    this.narrows = place.querySelector("[data-tree]")?.dataset.narrows ?? "";
    place.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-within]");
      if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.within = link.dataset.within;
      this.narrows = link.dataset.narrows;
      this.dispatchEvent(new Event("choose"));
    });
    place.addEventListener("keydown", (event) => this.#key(event));
  }

  get isShown() {
    return !this.#place.hidden;
  }

  /** Show the tree of hosts or of programs; any other way hides it. */
  async show(way, filter) {
    this.#way = way === "host" || way === "client" ? way : "";
    this.#filter = filter;
    this.#place.hidden = !this.#way;
    if (!this.#way) {
      this.within = this.narrows = "";
      this.#place.replaceChildren();
      return;
    }
    await this.#load();
  }

  /** More exchanges have come: count again, not often. */
  grow() {
    if (this.#way) this.#timer ||= setTimeout(() => this.#load(), CALM);
  }

  async #load() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#asked?.abort();
    const asked = (this.#asked = new AbortController());
    const query = new URLSearchParams({ group: this.#way, q: this.#filter, within: this.within });
    try {
      const answer = await fetch(`/traffic/tree?${query}`, { signal: asked.signal });
      const made = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-tree]");
      if (!made || asked.signal.aborted) return;
      const at = this.#place.contains(document.activeElement) ? document.activeElement.dataset.within : null;
      this.narrows = made.dataset.narrows;
      const { scrollTop } = this.#place;
      this.#place.replaceChildren(document.adoptNode(made));
      this.#place.scrollTop = scrollTop;
      if (at !== null) [...this.#place.querySelectorAll("a")].find((link) => link.dataset.within === at)?.focus({ preventScroll: true });
    } catch (error) {
      if (error.name !== "AbortError") this.#timer = setTimeout(() => this.#load(), CALM);
    }
  }

  #key(event) {
    const links = [...this.#place.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
    if (to === undefined || !links[to]) return;
    event.preventDefault();
    links[to].focus();
  }
}
