// The window: the few hundred rows of the list that are in memory, out of the million that may be in the captures.
// Ordered by id, which is by time. Pure: it knows neither page nor network.

export const LIMIT = 1000;

const newer = (row, other) => (other && other.change > row.change ? other : row);
const byId = (a, b) => (a.id < b.id ? -1 : 1);

export class Rows {
  /** Oldest first. */
  list = [];
  /** Are there more on either side, in the captures? */
  hasOlder = false;
  hasNewer = false;
  #known = new Map();
  #newestSeen = "";

  get oldest() {
    return this.list[0]?.id ?? "";
  }

  get newest() {
    return this.list.at(-1)?.id ?? "";
  }

  get(id) {
    return this.#known.get(id);
  }

  /** Where a row is, or -1. */
  indexOf(id) {
    if (!this.#known.has(id)) return -1;
    return this.#placeOf(id);
  }

  /** Begin again with one page of the API. */
  reset({ rows, has_older, has_newer }) {
    this.list = rows.slice(-LIMIT);
    this.#known = new Map(this.list.map((row) => [row.id, row]));
    this.hasOlder = has_older || rows.length > LIMIT;
    this.hasNewer = has_newer;
    this.#see(this.newest);
  }

  /**
   * Take what the feed brings, new rows and changed ones.
   * With `follow`, new ones join the end; without, nothing moves: they are counted, and stay in the captures till asked for.
   */
  take(rows, { follow }) {
    const fresh = new Map(); // several messages may bring the same row
    let changed = 0;
    for (const row of rows) {
      const old = this.#known.get(row.id);
      if (!old) fresh.set(row.id, newer(row, fresh.get(row.id)));
      else if (row.change > old.change || row.engine !== old.engine) {
        this.#put({ ...row, mark: row.mark ?? old.mark, page: row.page ?? old.page, cookies: row.cookies ?? old.cookies, rules: row.rules ?? old.rules }); // the feed tells none of these
        changed += 1;
      }
    }
    const counts = { added: 0, waiting: 0, changed };
    for (const row of [...fresh.values()].sort(byId)) this.#place(row, follow, counts);
    if (counts.added) this.#dropOldest();
    return counts;
  }

  /** What people added to exchanges, or took away; whether any of them is here. */
  mark(marks) {
    let any = false;
    for (const [id, mark] of Object.entries(marks)) {
      const row = this.#known.get(id);
      if (row) this.#put({ ...row, mark });
      any ||= Boolean(row);
    }
    return any;
  }

  #put(row) {
    this.#known.set(row.id, row);
    this.list[this.#placeOf(row.id)] = row;
  }

  /** Some are no more. */
  remove(ids) {
    for (const id of ids) this.#known.delete(id);
    this.list = this.list.filter(({ id }) => this.#known.has(id));
  }

  addOlder({ rows, has_older }) {
    this.hasOlder = has_older;
    this.list.unshift(...this.#unknown(rows));
    while (this.list.length > LIMIT) {
      this.#known.delete(this.list.pop().id);
      this.hasNewer = true;
    }
  }

  addNewer({ rows, has_newer }) {
    this.hasNewer = has_newer;
    this.list.push(...this.#unknown(rows));
    this.#see(this.newest);
    this.#dropOldest();
  }

  #place(row, follow, counts) {
    if (!this.list.length || row.id > this.newest) {
      if (this.hasNewer || !(follow || !this.list.length)) {
        if (this.#see(row.id)) counts.waiting += 1;
        this.hasNewer = true;
        return;
      }
      this.list.push(row);
    } else if (row.id < this.oldest && this.hasOlder) {
      return;
    } else {
      this.list.splice(this.#placeOf(row.id), 0, row);
    }
    this.#see(row.id);
    this.#known.set(row.id, row);
    counts.added += 1;
  }

  #dropOldest() {
    const surplus = this.list.length - LIMIT;
    if (surplus <= 0) return;
    for (const row of this.list.splice(0, surplus)) this.#known.delete(row.id);
    this.hasOlder = true;
  }

  #unknown(rows) {
    const fresh = rows.filter((row) => !this.#known.has(row.id));
    for (const row of fresh) this.#known.set(row.id, row);
    return fresh;
  }

  /** The first place whose id is not smaller. */
  #placeOf(id) {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.list[middle].id < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Is this the newest id so far? An exchange comes twice, open and done, and is counted once. */
  #see(id) {
    if (id <= this.#newestSeen) return false;
    this.#newestSeen = id;
    return true;
  }
}
