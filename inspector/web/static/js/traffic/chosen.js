// Which rows are chosen for something to be done with all of them. Apart from the selected one, which is only looked at.

export class Chosen extends EventTarget {
  ids = new Set();
  #anchor = "";

  /** Event: change. */
  get size() {
    return this.ids.size;
  }

  has(id) {
    return this.ids.has(id);
  }

  /** One more, or one less. */
  toggle(id) {
    if (!this.ids.delete(id)) this.ids.add(id);
    this.#anchor = id;
    this.#changed();
  }

  /** All of some, or none where all were chosen. */
  turn(ids) {
    if (ids.every((id) => this.ids.has(id))) for (const id of ids) this.ids.delete(id);
    else for (const id of ids) this.ids.add(id);
    this.#changed();
  }

  /** All between the last one that was chosen, or where one stands, and another. */
  reach(id, rows, from = "") {
    const start = rows.indexOf(this.#anchor || from);
    const end = rows.indexOf(id);
    if (start < 0 || end < 0) return this.toggle(id);
    this.#anchor ||= from;
    for (let at = Math.min(start, end); at <= Math.max(start, end); at += 1) this.ids.add(rows.list[at].id);
    this.#changed();
  }

  all(rows) {
    for (const { id } of rows) this.ids.add(id);
    this.#changed();
  }

  drop(ids) {
    for (const id of ids) this.ids.delete(id);
    this.#changed();
  }

  clear() {
    this.#anchor = "";
    if (!this.ids.size) return false;
    this.ids.clear();
    this.#changed();
    return true;
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
