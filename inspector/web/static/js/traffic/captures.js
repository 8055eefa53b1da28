// Pages of the list, from the API. Always by key, so the millionth is as quick as the first.

import { getJson } from "../http.js";

export const PAGE = 200;
const BEFORE_ALL = "0".repeat(32);

export class Captures {
  /** The filter that the server applies; "" is everything. */
  filter;
  /** How far the last page's search came, where there was no time for more: { searched, indexed }, each a share of all; or null. */
  progress = null;
  /** Whether the page is asked for that each row belongs to. */
  pages = false;
  /** Whether what stands in the heads is asked for: cookies, rules. */
  more = false;
  #older = "";
  #newer = "";

  constructor(filter) {
    this.filter = filter;
  }

  newest(limit = PAGE) {
    this.#older = this.#newer = "";
    return this.#page({ limit });
  }

  oldest() {
    this.#older = this.#newer = "";
    return this.#page({ after: BEFORE_ALL });
  }

  /** The page before an exchange; where a search stopped on the way, it goes on from there. */
  before(id) {
    return this.#page({ before: this.#older && (!id || this.#older < id) ? this.#older : id });
  }

  after(id, limit = PAGE) {
    return this.#page({ after: this.#newer > id ? this.#newer : id, limit });
  }

  /** A page with this exchange about in its middle. */
  async around(id) {
    this.#older = this.#newer = "";
    const [older, newer] = await Promise.all([this.#page({ before: id, limit: PAGE / 2 }), this.from(id, PAGE / 2)]);
    const openings = { ...older.openings, ...newer.openings };
    return { openings, rows: [...older.rows, ...newer.rows], has_older: older.has_older, has_newer: newer.has_newer };
  }

  /** This exchange and those after it. */
  from(id, limit) {
    return this.#page({ after: idBefore(id), limit });
  }

  changes(cursor) {
    const query = new URLSearchParams({ cursor });
    if (this.filter) query.set("q", this.filter);
    if (this.pages) query.set("pages", "1");
    if (this.more) query.set("more", "1");
    return getJson(`/api/v1/changes?${query}`);
  }

  async #page(asked) {
    // a list without rows has nowhere to go on from
    const query = new URLSearchParams(Object.entries({ limit: PAGE, ...asked }).filter(([, value]) => value));
    if (this.filter) query.set("q", this.filter);
    if (this.pages) query.set("pages", "1");
    if (this.more) query.set("more", "1");
    const filter = this.filter;
    const page = await getJson(`/api/v1/exchanges?${query}`);
    if (filter !== this.filter) return { rows: [], has_older: false, has_newer: false }; // an answer to another question
    if (asked.after) this.#newer = page.reached ?? "";
    else this.#older = page.reached ?? "";
    this.progress = page.reached ? page : null;
    return page;
  }
}

/** The id just before this one: 128 bits, in 32 hexadecimal digits. */
export function idBefore(id) {
  const number = BigInt(`0x${id}`);
  return (number > 0n ? number - 1n : 0n).toString(16).padStart(32, "0");
}
