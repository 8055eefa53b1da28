// The part of the window that can be seen. All lines have one height, so a line's place is a multiplication and there
// is nothing to measure; that is why this is thirty lines of arithmetic and not a virtualising library.
// It reads the scroll position once a frame, then writes.

const SPARE = 6; // lines kept ready above and below what can be seen

export class View {
  order = "last"; // where the newest is
  selected = "";
  chosen = new Set();
  #box;
  #body;
  #lines;
  #rows;
  #makeLine;
  #shown = new Map();
  #unused = [];
  #height = 0;
  #head = 0;
  #visible = 0;
  #selectedInSight = false;

  constructor(box, rows, makeLine) {
    this.#box = box;
    this.#rows = rows;
    this.#makeLine = makeLine;
    this.#body = box.querySelector("[data-list-body]");
    this.#lines = box.querySelector("[data-list-lines]");
    this.#lines.replaceChildren();
    box.classList.add("list-windowed");
    box.setAttribute("role", "grid");
    box.setAttribute("aria-rowcount", "-1");
    box.setAttribute("aria-multiselectable", "true");
  }

  /** Make lines in another way from now on. */
  remake(makeLine) {
    this.#makeLine = makeLine;
    this.#shown.clear();
    this.#unused = [];
    this.#lines.replaceChildren();
  }

  /** Measure again: at the start, when the level, the theme's font or the window's width changed. */
  measure() {
    const line = this.#makeLine();
    this.#lines.append(line.element);
    const height = line.element.getBoundingClientRect().height;
    line.element.remove();
    const top = this.#height ? this.#box.scrollTop / this.#height : 0;
    const following = this.atEnd;
    this.#head = this.#body.offsetTop;
    this.#visible = this.#box.clientHeight - this.#head;
    this.#height = height || 1;
    this.#stretch();
    if (following) this.toEnd();
    else this.#box.scrollTop = top * this.#height;
    if (this.#selectedInSight) this.reveal(this.selected);
  }

  get capacity() {
    return Math.max(1, Math.floor(this.#visible / this.#height));
  }

  /** Is the end, where new rows come, in sight? */
  get atEnd() {
    if (!this.#height) return true;
    const top = this.#box.scrollTop;
    if (this.order === "first") return top < this.#height / 2;
    return top + this.#visible > this.#rows.list.length * this.#height - this.#height / 2;
  }

  toEnd() {
    this.#box.scrollTop = this.order === "first" ? 0 : this.#rows.list.length * this.#height;
  }

  /** How many lines there are to the edge of the window of rows: [older side, newer side]. */
  get margins() {
    const above = this.#box.scrollTop / this.#height;
    const below = this.#rows.list.length - above - this.#visible / this.#height;
    return this.order === "first" ? [below, above] : [above, below];
  }

  /** Do something to the rows, and leave what is in sight where it is. */
  keepingPlace(change) {
    const top = this.#box.scrollTop;
    const first = Math.min(Math.floor(top / this.#height), this.#rows.list.length - 1);
    const anchor = this.#at(first)?.id;
    const result = change();
    this.#stretch();
    const place = anchor ? this.#rows.indexOf(anchor) : -1;
    if (place >= 0) {
      const moved = this.#lineOf(place) - first;
      if (moved) this.#box.scrollTop = top + moved * this.#height;
    }
    return result;
  }

  /** Bring a row into sight, moving no more than needed. */
  reveal(id) {
    const place = this.#rows.indexOf(id);
    if (place < 0) return;
    const top = this.#lineOf(place) * this.#height;
    const seen = this.#box.scrollTop;
    if (top < seen) this.#box.scrollTop = top;
    else if (top + this.#height > seen + this.#visible) this.#box.scrollTop = top + this.#height - this.#visible;
  }

  /** The rows in sight, oldest first. */
  inSight() {
    const first = Math.floor(this.#box.scrollTop / this.#height);
    const seen = [];
    for (let line = first; line < first + this.capacity + 2; line += 1) if (this.#at(line)) seen.push(this.#at(line));
    return this.order === "first" ? seen.reverse() : seen;
  }

  /** The row some lines on from another, as the eye goes; null past the edge. */
  step(id, lines) {
    const place = this.#rows.indexOf(id);
    return this.#at((place < 0 ? 0 : this.#lineOf(place)) + lines) ?? null;
  }

  render({ tint = false } = {}) {
    const first = Math.max(0, Math.floor(this.#box.scrollTop / this.#height) - SPARE);
    const last = Math.min(this.#rows.list.length, first + Math.ceil(this.#visible / this.#height) + 2 * SPARE);
    const wanted = [];
    for (let line = first; line < last; line += 1) wanted.push(this.#at(line));
    this.#release(wanted);
    this.#lines.style.transform = `translateY(${first * this.#height}px)`;
    wanted.forEach((row, index) => this.#show(row, index, tint));
    while (this.#lines.children.length > wanted.length) this.#lines.lastElementChild.remove();
    this.#markSelected();
    this.#selectedInSight = this.#shown.has(this.selected);
  }

  /** A line that is shown already moves to its place; a new row takes a line that is free, in a storm the one that stands there. */
  #show(row, index, tint) {
    const there = this.#lines.children[index];
    let line = this.#shown.get(row.id);
    if (line) line.fill(row);
    else {
      line = this.#unused.pop() ?? this.#makeLine();
      this.#shown.set(row.id, line);
      line.fill(row);
      line.element.classList.toggle("row-new", tint);
    }
    if (there !== line.element) this.#lines.insertBefore(line.element, there ?? null);
  }

  /** Give back the lines of rows that are gone. If all are gone they stay where they are, to be filled again in order. */
  #release(wanted) {
    const ids = new Set(wanted.map((row) => row.id));
    const gone = [...this.#shown].filter(([id]) => !ids.has(id));
    const all = gone.length === this.#shown.size;
    for (const [id, line] of gone) {
      this.#shown.delete(id);
      this.#unused.push(line);
      if (!all) line.element.remove();
    }
    if (!all) return;
    const inOrder = new Map([...this.#lines.children].map((element, index) => [element, index]));
    const place = ({ element }) => inOrder.get(element) ?? inOrder.size;
    this.#unused.sort((a, b) => place(b) - place(a)); // the last is taken first
  }

  #markSelected() {
    for (const [id, { element }] of this.#shown) {
      element.setAttribute("aria-selected", String(id === this.selected || this.chosen.has(id)));
      element.classList.toggle("row-current", id === this.selected);
      element.classList.toggle("row-chosen", this.chosen.has(id));
    }
    if (this.#shown.has(this.selected)) this.#box.setAttribute("aria-activedescendant", `row-${this.selected}`);
    else this.#box.removeAttribute("aria-activedescendant");
  }

  #stretch() {
    this.#body.style.blockSize = `${this.#rows.list.length * this.#height}px`;
  }

  #lineOf(place) {
    return this.order === "first" ? this.#rows.list.length - 1 - place : place;
  }

  #at(line) {
    return this.#rows.list[this.#lineOf(line)];
  }
}
