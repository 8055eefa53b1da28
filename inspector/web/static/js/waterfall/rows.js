// The exchanges that the waterfall holds: fetched by pages, kept in order, grown by the feed; and what is shown of them, line by line.

import { getJson } from "../http.js";

export const MOST = 5000;
const PAGE = 300;

export class Rows {
  list = [];
  hasOlder = false;
  byConnection = false;
  /** How far the server's clock is before ours, in seconds. */
  #ahead = 0;
  #known = new Map();
  #older = "";
  #filter;

  constructor(filter) {
    this.#filter = filter;
  }

  get now() {
    return Date.now() / 1000 + this.#ahead;
  }

  get full() {
    return this.list.length >= MOST;
  }

  get anyOpen() {
    return this.list.some((row) => row.state === "open");
  }

  get(id) {
    return this.#known.get(id);
  }

  /** The newest page, or the page around what the address names. */
  async open(place) {
    const page = await this.#ask({ limit: PAGE, ...place });
    if (page.now) this.#ahead = page.now - Date.now() / 1000;
    this.#older = page.reached ?? "";
    this.hasOlder = page.has_older;
    this.#put(page.rows);
  }

  async older() {
    const before = this.#older || this.list[0]?.id;
    if (!this.hasOlder || this.full || !before) return 0;
    const page = await this.#ask({ limit: PAGE, before });
    this.#older = page.reached ?? "";
    this.hasOlder = page.has_older;
    return this.#put(page.rows);
  }

  /** What came after the newest, and what became of those that were open. */
  async grow() {
    const after = this.list.at(-1)?.id ?? "0".repeat(32);
    const page = await this.#ask({ limit: PAGE, after });
    const added = this.#put(page.rows);
    const open = this.list.filter((row) => row.state === "open").map((row) => row.id);
    if (open.length) this.#put((await getJson(`/api/v1/waterfall?ids=${open.slice(-200).join(",")}`)).rows);
    return added;
  }

  #put(rows) {
    const before = this.#known.size;
    for (const row of rows) this.#known.set(row.id, row);
    this.list = [...this.#known.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const row of this.list.splice(0, this.list.length - MOST)) {
      this.#known.delete(row.id);
      this.hasOlder = true;
    }
    return this.#known.size - before;
  }

  #ask(wanted) {
    const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
    if (this.#filter) query.set("q", this.#filter);
    return getJson(`/api/v1/waterfall?${query}`);
  }

  start(row) {
    return row.started + Math.min(0, ...row.phases.map((phase) => phase.start));
  }

  end(row) {
    if (row.state === "open") return Math.max(this.now, row.started);
    return row.started + Math.max(row.duration ?? 0, ...row.phases.map((phase) => phase.end ?? 0));
  }

  get stretches() {
    return this.list.map((row) => [this.start(row), this.end(row)]);
  }

  /** The lines from top to bottom: { row }, or { head } over those of one connection. */
  get lines() {
    if (!this.byConnection) return this.list.map((row) => ({ row }));
    const lanes = new Map();
    for (const row of this.list) {
      const lane = lanes.get(row.connection) ?? lanes.set(row.connection, []).get(row.connection);
      lane.push(row);
    }
    let number = 0;
    return [...lanes].flatMap(([connection, rows]) => {
      const many = `${rows.length} ${rows.length === 1 ? "exchange" : "exchanges"}`;
      const head = connection ? `Connection ${(number += 1)} with ${rows[0].host}: ${many}` : `Without a connection to a site: ${many}`;
      return [{ head }, ...rows.map((row) => ({ row }))];
    });
  }
}
