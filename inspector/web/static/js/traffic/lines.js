// What stands on each line of the list: the rows as they are, or rows by the page that they belong to, each page with a line above its own.
// Made anew from the window's rows, a thousand at most, whenever these have changed. Pure, as the rows are.

const OWN = "own";
const FEW = 2; // a page that fetched nothing needs no line above it

export class Lines {
  /** Whether rows stand by page. */
  grouped = false;
  order = "last";
  /** What is to be said of pages, by the id of the page's own exchange. */
  openings = {};
  #rows;
  #list = null;
  #places = new Map();
  #turned = new Set(); // groups that somebody folded, or unfolded where they are folded at first

  constructor(rows) {
    this.#rows = rows;
  }

  /** Oldest first, as rows are; what stands above when the newest come first stands behind its own then. */
  get list() {
    if (!this.grouped) return this.#rows.list;
    if (!this.#list) this.#make();
    return this.#list;
  }

  indexOf(id) {
    if (!this.grouped) return this.#rows.indexOf(id);
    if (!this.#list) this.#make();
    return this.#places.get(id) ?? -1;
  }

  get(id) {
    return this.list[this.indexOf(id)];
  }

  /** The rows are others now. */
  changed() {
    this.#list = null;
  }

  isFolded(key) {
    return this.#turned.has(key) !== key.startsWith(OWN);
  }

  fold(key, folded) {
    if (this.isFolded(key) === folded) return false;
    if (!this.#turned.delete(key)) this.#turned.add(key);
    this.changed();
    return true;
  }

  /** The group that a line is of, or ''. */
  groupOf(id) {
    const line = this.get(id);
    return line?.group?.key ?? line?.within ?? "";
  }

  #make() {
    const groups = new Map(); // in the order of their first rows
    let last = "";
    for (const row of this.#rows.list) {
      const page = row.page ?? "";
      if (page && page !== OWN) last = page;
      const key = page === OWN ? `${OWN}-${last}` : page || row.id;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(row);
    }
    this.#list = [...groups].flatMap(([key, rows]) => this.#linesOf(key, rows));
    this.#places = new Map(this.#list.map(({ id }, place) => [id, place]));
  }

  #linesOf(key, rows) {
    const own = key.startsWith(OWN);
    if (rows.length < FEW && !own) return rows;
    const folded = this.isFolded(key);
    const head = { id: `group-${key}`, group: { key, own, folded, rows, opening: this.openings[key] } };
    if (folded) return [head];
    const within = rows.map((row) => ({ ...row, within: key }));
    return this.order === "first" ? [...within, head] : [head, ...within];
  }
}
