// What was deleted and can still be brought back: a banner, also after the page was loaded again.

import { getJson, postJson } from "../http.js";
import { thousands } from "./words.js";

export class Removals {
  #place;
  #changed;
  #known = [];
  #timer = 0;

  constructor(place, changed) {
    this.#place = place;
    this.#changed = changed;
    place.addEventListener("click", async (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      event.preventDefault();
      await this.#tell(button.value, Number(button.dataset.removal));
    });
    this.refresh();
  }

  async remove(what) {
    const answer = await postJson("/api/v1/removals", what);
    this.#show(answer);
    return answer;
  }

  /** Bring back what was deleted last. */
  async undo() {
    const last = this.#known.at(-1);
    if (last) await this.#tell("undo", last.number);
  }

  async refresh() {
    this.#show(await getJson("/api/v1/removals").catch(() => ({ removals: [] })));
  }

  async #tell(what, removal) {
    this.#show(await postJson(`/api/v1/removals/${what}`, { removal }));
    await this.#changed();
  }

  #show({ removals, left = 0 }) {
    this.#known = removals;
    clearTimeout(this.#timer);
    const last = removals.at(-1);
    this.#place.hidden = !last;
    if (!last) return;
    const stay = left ? ` ${thousands(left)} still on their way stay.` : "";
    const words = last.exchanges === 1 ? "1 exchange deleted." : `${thousands(last.exchanges)} exchanges deleted.`;
    this.#place.querySelector("[data-words]").textContent = words + stay;
    this.#place.querySelector("[data-until]").textContent = `It can be undone until ${last.until_words}, or until Inspector stops.`;
    for (const button of this.#place.querySelectorAll("button")) button.dataset.removal = last.number;
    this.#timer = setTimeout(() => this.refresh(), Math.max(1, last.until * 1000 - Date.now()) + 1000);
  }
}
