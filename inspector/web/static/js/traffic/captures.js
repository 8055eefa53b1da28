// Pages of the list, from the API. Always by key, so the millionth is as quick as the first.

import { getJson } from "../http.js";

export const PAGE = 200;
const BEFORE_ALL = "0".repeat(32);

export class Captures {
  #filter;

  /** `filter` is a query string: "", "?resource=page", "?failed=1". */
  constructor(filter) {
    this.#filter = new URLSearchParams(filter);
  }

  newest(limit = PAGE) {
    return this.#page({ limit });
  }

  oldest() {
    return this.#page({ after: BEFORE_ALL });
  }

  before(id) {
    return this.#page({ before: id });
  }

  after(id, limit = PAGE) {
    return this.#page({ after: id, limit });
  }

  /** A page with this exchange about in its middle. */
  async around(id) {
    const [older, newer] = await Promise.all([this.#page({ before: id, limit: PAGE / 2 }), this.from(id, PAGE / 2)]);
    return { rows: [...older.rows, ...newer.rows], has_older: older.has_older, has_newer: newer.has_newer };
  }

  /** This exchange and those after it. */
  from(id, limit) {
    return this.#page({ after: idBefore(id), limit });
  }

  changes(cursor) {
    return getJson(`/api/v1/changes?cursor=${encodeURIComponent(cursor)}`);
  }

  /** Does a row of the feed, which knows no filter, belong in this list? */
  fits(row) {
    const resource = this.#filter.get("resource");
    if (resource) return row.resource === resource;
    return !this.#filter.has("failed") || row.state === "failed" || row.status >= 400;
  }

  #page(query) {
    const all = new URLSearchParams(this.#filter);
    for (const [name, value] of Object.entries({ limit: PAGE, ...query })) all.set(name, value);
    return getJson(`/api/v1/exchanges?${all}`);
  }
}

/** The id just before this one: 128 bits, in 32 hexadecimal digits. */
export function idBefore(id) {
  const number = BigInt(`0x${id}`);
  return (number > 0n ? number - 1n : 0n).toString(16).padStart(32, "0");
}
