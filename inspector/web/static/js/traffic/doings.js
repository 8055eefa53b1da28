// The things that can be done with rows of the list, whoever asks: a key, the menu, the bar of the chosen ones. Each says what it did.

import { Busy, SignedOut } from "../http.js";
import { say } from "../say.js";
import { copy, mark, repeat } from "./act.js";
import { MarkDialog } from "./mark-dialog.js";
import { Removals } from "./removals.js";
import { thousands } from "./words.js";

export class Doings {
  #list;
  #chosen;
  #pane;
  #narrowed;
  #bar;
  #dialog = new MarkDialog(document.querySelector("[data-mark-dialog]"));
  #removals = new Removals(document.querySelector("[data-removals]"), () => this.#list.again());
  #first = ""; // of two to compare

  constructor({ list, chosen, pane, narrowed, section }) {
    this.#list = list;
    this.#chosen = chosen;
    this.#pane = pane;
    this.#narrowed = narrowed;
    this.#bar = section.querySelector("[data-chosen]");
    chosen.addEventListener("change", () => this.#showBar());
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (!button || button.closest("[data-row-menu]")) return;
      button.closest("details[open]")?.removeAttribute("open");
      this[button.dataset.do](button.value || undefined);
    });
    document.addEventListener("submit", (event) => this.#formOfPane(event));
  }

  /** The exchanges that are meant: the chosen ones, else the one that is selected. */
  get ids() {
    if (this.#chosen.size) return [...this.#chosen.ids];
    return this.#list.meant(this.#list.selected);
  }

  get #rows() {
    return this.ids.map((id) => this.#list.rows.get(id)).filter(Boolean);
  }

  pin() {
    const rows = this.#rows;
    if (!rows.length) return this.#nothing();
    const pinned = !rows.every((row) => row.mark?.pinned);
    return this.#try(async () => {
      await this.#mark(this.ids, { pinned });
      say(rows.length === 1 ? (pinned ? "Pinned." : "No longer pinned.") : `${rows.length} exchanges ${pinned ? "pinned" : "no longer pinned"}.`);
    });
  }

  /** As a file: the server makes it, and the page stays. */
  save(format) {
    const { ids } = this;
    if (!ids.length) return this.#nothing();
    const form = document.querySelector("[data-export-chosen]");
    form.elements.id.value = ids.join(",");
    form.elements.format.value = format;
    form.submit();
  }

  async mark() {
    const { ids } = this;
    if (!ids.length) return this.#nothing();
    const parts = await this.#dialog.ask(this.#rows);
    if (parts) await this.#try(() => this.#mark(ids, parts));
  }

  copy(form) {
    const rows = this.#rows;
    if (!rows.length) return this.#nothing();
    return this.#try(async () => say(await copy(form, rows)), "That could not be copied.");
  }

  repeat() {
    const { ids } = this;
    if (!ids.length) return this.#nothing();
    return this.#try(async () => {
      for (const id of ids) await repeat(id);
      say(ids.length === 1 ? "Sent again." : `${ids.length} sent again.`);
    }, "It could not be sent again.");
  }

  /** The first press takes one, the second compares another with it; two chosen ones are compared at once. */
  compare() {
    const { ids } = this;
    if (ids.length === 2) return location.assign(`/compare?a=${ids[0]}&b=${ids[1]}`);
    if (ids.length !== 1) return say("Two exchanges are compared: choose two, or press m on one and then on the other.");
    const [id] = ids;
    if (this.#first && this.#first !== id) return location.assign(`/compare?a=${this.#first}&b=${id}`);
    this.#first = this.#first === id ? "" : id;
    say(this.#first ? "Marked to be compared: press m on another one." : "No longer marked to be compared.");
  }

  remove() {
    const { ids } = this;
    if (!ids.length) return this.#nothing();
    return this.#try(async () => {
      await this.#removals.remove({ ids });
      this.#gone(ids);
    }, "That could not be deleted.");
  }

  /** All that the list shows, in sight or not. */
  clear() {
    return this.#try(async () => {
      const { complete } = await this.#removals.remove({ q: this.#narrowed() });
      if (!complete) say("There was no time for all of them: Clear again takes the rest.");
      this.#gone([this.#list.selected]);
    }, "That could not be deleted.");
  }

  undo() {
    return this.#try(() => this.#removals.undo(), "That could not be brought back.");
  }

  leave() {
    this.#chosen.clear();
  }

  /** Somebody removed something, or brought it back. */
  refresh() {
    this.#removals.refresh();
  }

  #gone(ids) {
    if (ids.includes(this.#pane.id)) this.#pane.close();
    this.#chosen.clear();
    return this.#list.again(ids);
  }

  async #mark(ids, parts) {
    const marks = await mark(ids, parts);
    this.#list.mark(marks);
    if (this.#pane.id in marks) this.#pane.refresh();
  }

  /** The forms of the exchange in the pane do without a new page. */
  #formOfPane(event) {
    const form = event.target;
    if (!form.matches("[data-pane] form[data-mark-form]")) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    const parts = {};
    if (data.has("pinned")) parts.pinned = data.get("pinned") === "yes";
    for (const name of ["colour", "comment"]) if (data.has(name)) parts[name] = data.get(name);
    if (data.has("tags")) parts.tags = data.get("tags").split(/[\s,]+/).filter(Boolean);
    this.#try(() => this.#mark([data.get("id")], parts));
  }

  #showBar() {
    const { size } = this.#chosen;
    this.#bar.hidden = !size;
    this.#bar.querySelector("[data-words]").textContent = `${thousands(size)} chosen`;
    this.#bar.querySelector("[value=two]").disabled = size !== 2;
    this.#list.measure();
  }

  #nothing() {
    say("No exchange is selected: j and k, the arrows or a click select one.");
  }

  async #try(work, problem = "That did not work.") {
    try {
      await work();
    } catch (error) {
      if (error instanceof SignedOut) return say("You are signed out. To sign in again, type in a terminal: inspector open", { problem: true });
      if (error instanceof Busy) return say("Inspector is busy. Try it again in a moment.", { problem: true });
      say(problem, { problem: true });
    }
  }
}
