// How the list is grouped: as asked for in the address, else as was chosen at this level, else as the level has it at first.

const USUAL = { new: "page", details: "time" };
const WAYS = new Set(["time", "page", "host", "client"]);

export class Grouping extends EventTarget {
  /** What the address says; '' where it says nothing. */
  asked = "";
  #form = document.querySelector("[data-group-form]");
  #select = this.#form.elements.group;
  #told = "";

  /** Event: change (another way than before). */
  constructor(asked) {
    super();
    this.asked = WAYS.has(asked) ? asked : "";
    this.#told = this.#select.value = this.way;
    this.#form.querySelector("button").hidden = true;
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#select.addEventListener("change", () => {
      localStorage.setItem(this.#key, this.#select.value);
      this.ask(this.#select.value);
    });
  }

  get way() {
    return this.asked || localStorage.getItem(this.#key) || USUAL[document.documentElement.dataset.level] || "time";
  }

  get byPage() {
    return this.way === "page";
  }

  get #key() {
    return `inspector-group-${document.documentElement.dataset.level}`;
  }

  ask(way) {
    this.asked = WAYS.has(way) ? way : "";
    this.#tell();
  }

  /** The level was switched. */
  level() {
    this.#tell();
  }

  #tell() {
    const before = this.#told;
    this.#told = this.#select.value = this.way;
    if (this.#told !== before) this.dispatchEvent(new Event("change"));
  }
}
