// Which columns the list has, and in which order: as the level has them, until somebody chooses. Remembered for each level. Where there is
// less room than they need, the last in the order of weight are left out, so nothing ever scrolls sideways.

const REM = 16;
const GAP = 0.75;
const PADDING = 2.25; // rem
const LEAST_ROOM = 36; // rem: below, the list has its narrow form

// How wide each is (its track, and the least of it in rem), and its weight: the lightest go first.
const COLUMNS = {
  clock: ["6.75rem", 6.75, 4],
  method: ["4.75rem", 4.75, 9],
  status: ["minmax(3rem, 11rem)", 5, 8],
  address: ["minmax(16rem, 1fr)", 18, 10],
  kind: ["6rem", 6, 5],
  size: ["4.5rem", 4.5, 6],
  took: ["4.75rem", 4.75, 7],
  client: ["minmax(4rem, 9rem)", 5, 3],
  version: ["5rem", 5, 2],
  tls: ["4.5rem", 4.5, 2],
  remote: ["minmax(6rem, 11rem)", 9, 2],
  peer: ["minmax(6rem, 10rem)", 9, 1],
  media: ["minmax(5rem, 10rem)", 7, 2],
  sent: ["4.5rem", 4.5, 2],
  cookies: ["6.5rem", 6.5, 2],
  rule: ["minmax(4rem, 9rem)", 6, 2],
};
const USUAL = { new: ["method", "status", "address", "kind", "took"], details: ["clock", "method", "status", "address", "kind", "size", "took", "client"] };
const FROM_HEADS = ["cookies", "rule"]; // what the rows alone don't know

export class Columns extends EventTarget {
  #section;
  #dialog;
  #sheet = new CSSStyleSheet();
  #order = null;

  /** Event: change. */
  constructor(section, dialog) {
    super();
    this.#section = section;
    this.#dialog = dialog;
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.#sheet];
    new ResizeObserver(() => this.#lay()).observe(section);
    document.addEventListener("click", (event) => event.target.closest("[data-columns-open]") && this.#open());
    dialog.addEventListener("click", (event) => this.#click(event));
    dialog.addEventListener("change", () => this.#take());
    dialog.addEventListener("keydown", (event) => this.#key(event));
    dialog.addEventListener("dragstart", (event) => event.target.closest("li")?.classList.add("dragged"));
    dialog.addEventListener("dragover", (event) => this.#drag(event));
    dialog.addEventListener("dragend", () => this.#drop());
    this.#read();
  }

  /** Whether any of them is told by the records only. */
  get fromHeads() {
    return FROM_HEADS.some((name) => this.#order?.includes(name));
  }

  /** The level was switched. */
  level() {
    this.#read();
    this.dispatchEvent(new Event("change"));
  }

  get #level() {
    return document.documentElement.dataset.level;
  }

  get #kept() {
    return `inspector-columns-${this.#level}`;
  }

  #read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.#kept) ?? "null");
      this.#order = Array.isArray(kept) ? kept.filter((name) => name in COLUMNS) : null;
    } catch {
      this.#order = null;
    }
    if (this.#order && !this.#order.includes("address")) this.#order.push("address");
    this.#arrange();
    this.#lay();
  }

  /** Cells stand in the page as they are seen, for whoever hears them. */
  #arrange() {
    const order = this.#order ?? USUAL[this.#level] ?? USUAL.details;
    const places = [this.#section.querySelector(".list-head"), document.querySelector("template[data-row-template]").content.firstElementChild];
    for (const place of places) for (const name of order) place.append(place.querySelector(`.cell-${name}`));
  }

  #lay() {
    const room = this.#section.clientWidth / (parseFloat(getComputedStyle(document.documentElement).fontSize) || REM);
    if (!this.#order || room < LEAST_ROOM) return this.#sheet.replaceSync("");
    const shown = [...this.#order];
    const needed = () => shown.reduce((sum, name) => sum + COLUMNS[name][1] + GAP, PADDING);
    while (needed() > room && shown.length > 1) {
      const lightest = shown.reduce((least, name) => (COLUMNS[name][2] <= COLUMNS[least][2] ? name : least));
      shown.splice(shown.indexOf(lightest), 1);
    }
    const hidden = Object.keys(COLUMNS).filter((name) => !shown.includes(name));
    this.#sheet.replaceSync(`
      .list .list-head, .list .row:not(.row-group) {
        --columns: ${shown.map((name) => COLUMNS[name][0]).join(" ")};
        --areas: "${shown.join(" ")}";
        --height: var(--row-height-wide);
        column-gap: ${GAP}rem;
      }
      .list .list-head { display: grid; }
      ${shown.map((name) => `.list .list-head > .cell-${name}, .list .row:not(.row-group) > .cell-${name} { display: ${name === "address" || name === "kind" ? "flex" : "block"}; grid-area: ${name}; }`).join("\n")}
      ${hidden.map((name) => `.list .list-head > .cell-${name}, .list .row > .cell-${name} { display: none; }`).join("\n")}
    `);
  }

  // --- the dialog --------------------------------------------------------------------------------------

  #open() {
    const order = this.#order ?? USUAL[this.#level] ?? USUAL.details;
    const list = this.#dialog.querySelector("ol");
    for (const name of [...order, ...Object.keys(COLUMNS).filter((each) => !order.includes(each))]) {
      const line = list.querySelector(`[data-column=${name}]`);
      line.querySelector("input").checked = order.includes(name);
      list.append(line);
    }
    this.#dialog.showModal();
  }

  #take() {
    const chosen = [...this.#dialog.querySelectorAll("li")].filter((line) => line.querySelector("input").checked).map((line) => line.dataset.column);
    this.#order = chosen;
    localStorage.setItem(this.#kept, JSON.stringify(chosen));
    this.#arrange();
    this.#lay();
    this.dispatchEvent(new Event("change"));
  }

  #click(event) {
    if (event.target === this.#dialog) return this.#dialog.close();
    const move = event.target.closest("[data-move]");
    if (move) this.#move(move.closest("li"), Number(move.dataset.move), move);
    if (!event.target.closest("[data-columns-usual]")) return;
    localStorage.removeItem(this.#kept);
    this.#dialog.close();
    this.#read();
    this.dispatchEvent(new Event("change"));
  }

  #key(event) {
    const line = event.target.closest("li");
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!line || !by || !event.altKey) return;
    event.preventDefault();
    this.#move(line, by, event.target);
  }

  #move(line, by, focused) {
    const other = by < 0 ? line.previousElementSibling : line.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(line);
    else other.after(line);
    focused.focus();
    this.#take();
  }

  #drag(event) {
    const dragged = this.#dialog.querySelector(".dragged");
    const over = event.target.closest("li");
    if (!dragged || !over) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    if (over !== dragged) over[event.clientY < top + height / 2 ? "before" : "after"](dragged);
  }

  #drop() {
    this.#dialog.querySelector(".dragged")?.classList.remove("dragged");
    this.#take();
  }
}
