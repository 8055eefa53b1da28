// The live list: what the feed brings goes into the window of rows, what is scrolled to is fetched, the view shows it.
// One rule above all: unless its end is in sight and nothing holds it, nothing moves; new rows wait and are counted.

import { SignedOut } from "../http.js";
import { lineMaker } from "./line.js";
import { Lines } from "./lines.js";
import { Rows } from "./rows.js";
import { View } from "./view.js";

const NEAR = 40; // lines from the edge of the window at which more are fetched
const TINTED = 12; // at most so many arrivals are shown as new: more is flicker
const RETRY = 2000; // ms
const CALM = 2000; // ms between two readings anew
const SIFT = 250; // ms between two questions what of the feed fits the filter

export class List extends EventTarget {
  held = false;
  waiting = 0;
  cursor = "";
  rows = new Rows();
  #lines = new Lines(this.rows);
  #box;
  #captures;
  #view;
  #queue = [];
  #frame = 0;
  #loading = null;
  #scrolled = false;
  #holes = false;
  #mended = -Infinity;
  #sifting = 0;

  /** Events: change (waiting, emptiness or order), arrived (detail: how many), row (detail: the selected row has changed). */
  constructor(box, captures) {
    super();
    this.#box = box;
    this.#captures = captures;
    this.#view = new View(box, this.#lines, lineMaker());
    box.addEventListener("scroll", () => this.#scroll(), { passive: true });
    new ResizeObserver(() => this.measure()).observe(box);
  }

  // --- what there is ---------------------------------------------------------------------------------

  get selected() {
    return this.#view.selected;
  }

  get order() {
    return this.#view.order;
  }

  /** How far a search has come that is not over yet, or null. */
  get progress() {
    return this.#captures.progress;
  }

  get isEmpty() {
    return !this.rows.list.length && !this.rows.hasOlder && !this.rows.hasNewer;
  }

  /** Do new rows join the list as they come? */
  get follows() {
    return !this.held && !this.rows.hasNewer && this.#view.atEnd;
  }

  /** Rows for which something is to be done with all of them. */
  choose(ids) {
    this.#view.chosen = ids;
    this.#draw();
  }

  /** Have rows stand by the page that they belong to, or by time alone. */
  async group(grouped) {
    if (this.#lines.grouped === grouped) return;
    this.#captures.pages = grouped;
    this.#lines.grouped = grouped;
    this.#lines.changed();
    this.#box.setAttribute("role", grouped ? "treegrid" : "grid");
    if (this.cursor) await this.#mend();
  }

  /** Lines have other cells now; `fromHeads`: some that the rows alone don't know. */
  remake(fromHeads) {
    this.#view.remake(lineMaker());
    this.measure();
    if (this.#captures.more === fromHeads) return;
    this.#captures.more = fromHeads;
    if (this.cursor) this.#mend();
  }

  /** Fold the group that is selected, or that the selected row is of; whether there was one to fold. */
  fold(folded) {
    const key = this.#lines.groupOf(this.selected);
    if (!key) return false;
    this.#view.keepingPlace(() => this.#lines.fold(key, folded));
    if (folded) this.#view.selected = `group-${key}`;
    this.#changed();
    this.#view.reveal(this.selected);
    this.#draw();
    return true;
  }

  /** Fold a group, or unfold it. */
  turn(key) {
    this.#view.keepingPlace(() => this.#lines.fold(key, !this.#lines.isFolded(key)));
    this.#changed();
    this.#draw();
  }

  /** The exchanges that a selected line stands for: of a group, all its own. */
  meant(id) {
    const line = this.#lines.get(id);
    return line?.group ? line.group.rows.map((row) => row.id) : line ? [id] : [];
  }

  /** What people added to exchanges. */
  mark(marks) {
    if (!this.rows.mark(marks)) return;
    this.#lines.changed();
    this.#draw();
  }

  /** Some were removed, here or elsewhere: read the window again where it stands. */
  again(without = []) {
    this.#change(() => this.rows.remove(without));
    this.#changed();
    return this.#mend();
  }

  measure() {
    if (!this.#box.clientHeight) return;
    this.#view.measure();
    this.#draw();
  }

  // --- fetching --------------------------------------------------------------------------------------

  /** Show what fits another filter, from the newest on. */
  async ask(filter) {
    this.#captures.filter = filter;
    this.#queue = [];
    this.waiting = 0;
    await this.open();
    await this.catchUp();
  }

  /** Begin with the newest page, or the one around an exchange. */
  open(id = "") {
    return this.#load(async () => {
      const page = await (id ? this.#captures.around(id) : this.#captures.newest());
      this.cursor ||= page.cursor ?? "";
      this.#begin(page, id);
    });
  }

  /** Go to the newest, and follow again. */
  toNewest() {
    if (!this.rows.hasNewer && !this.#holes) return this.#arriveAtEnd();
    return this.#load(async () => this.#begin(await this.#captures.newest()));
  }

  toOldest() {
    return this.#load(async () => {
      if (this.rows.hasOlder) this.#reset(await this.#captures.oldest());
      this.#changed();
      this.#view.reveal(this.rows.oldest);
    });
  }

  clear() {
    this.#queue = [];
    this.waiting = 0;
    this.#reset({ rows: [], has_older: false, has_newer: false });
    this.select("");
    this.#changed();
  }

  #reset(page) {
    this.#lines.openings = { ...page.openings };
    this.rows.reset(page);
    this.#lines.changed();
  }

  /** Do something to the rows, and leave what is in sight where it is. */
  #change(work) {
    return this.#view.keepingPlace(() => {
      const result = work();
      this.#lines.changed();
      return result;
    });
  }

  #begin(page, id = "") {
    this.#reset(page);
    this.#holes = false;
    if (!this.rows.hasNewer) this.waiting = 0;
    this.#changed();
    if (id) this.#view.reveal(id);
    else this.#view.toEnd();
  }

  #arriveAtEnd() {
    this.waiting = 0;
    this.#changed();
    this.#view.toEnd();
    this.#draw();
  }

  /** One fetch at a time; what the feed brings meanwhile is taken afterwards, so nothing falls between. */
  async #load(work) {
    while (this.#loading) await this.#loading;
    this.#loading = work().catch((error) => {
      if (!(error instanceof SignedOut)) setTimeout(() => this.#draw(), RETRY);
    });
    await this.#loading;
    this.#loading = null;
    this.#draw();
  }

  #fetchMore() {
    if (this.#loading || (!this.rows.list.length && !this.progress)) return;
    const [older, newer] = this.#view.margins;
    if (this.rows.hasOlder && older < NEAR) {
      this.#load(async () => {
        const page = await this.#captures.before(this.rows.oldest);
        Object.assign(this.#lines.openings, page.openings);
        this.#change(() => this.rows.addOlder(page));
        this.#changed();
      });
    } else if (this.rows.hasNewer && newer < NEAR && this.#scrolled) this.#loadNewer();
    this.#scrolled = false;
  }

  #loadNewer() {
    return this.#load(async () => {
      const page = await this.#captures.after(this.rows.newest);
      Object.assign(this.#lines.openings, page.openings);
      this.#change(() => this.rows.addNewer(page));
      this.#changed();
    });
  }

  #mendSoon() {
    if (performance.now() - this.#mended > CALM) this.#mend();
  }

  /** Where the feed left some out, the captures have them: read the window again, keeping the place. */
  #mend() {
    this.#holes = false;
    this.#mended = performance.now();
    return this.#load(async () => {
      const inSight = this.#view.inSight();
      const follows = this.follows || !inSight.length;
      const middle = inSight[inSight.length >> 1];
      const page = await (follows ? this.#captures.newest() : this.#captures.around(middle.group?.rows[0].id ?? middle.id));
      this.#view.keepingPlace(() => this.#reset(page));
      this.#changed();
      if (follows) this.#view.toEnd();
    });
  }

  // --- what the feed brings ----------------------------------------------------------------------------

  /** A message of the feed; drawn with others at the next frame. */
  take(message) {
    if (!this.#captures.filter && !this.#captures.pages && !this.#captures.more) this.#accept(message);
    else this.#sift(message);
  }

  #accept(message) {
    this.cursor = message.cursor || this.cursor;
    Object.assign(this.#lines.openings, message.openings);
    this.#queue.push(message);
    this.#draw();
  }

  /** The feed knows no filter: what is listed already goes on, and whether the rest fits is asked. */
  #sift(message) {
    const known = message.rows.filter((row) => this.rows.get(row.id));
    if (known.length) this.#queue.push({ rows: known, skipped: 0 });
    if (known.length < message.rows.length || message.skipped) this.#sifting ||= setTimeout(() => this.#askWhatFits(), SIFT);
    this.#draw();
  }

  async #askWhatFits() {
    this.#sifting = 0;
    await this.catchUp();
  }

  /** Some were missed, while the page was hidden or the server too busy. */
  async catchUp() {
    if (!this.cursor) return;
    const { filter } = this.#captures;
    const changes = await this.#captures.changes(this.cursor).catch(() => null);
    if (filter !== this.#captures.filter) return;
    if (changes?.forgotten) await this.again();
    if (changes) this.#accept(changes);
    else this.#holes = true;
  }

  /** The feed lost its thread and goes on from `cursor`. */
  gap(cursor) {
    this.cursor = cursor;
    this.#holes = true;
    this.#mend();
  }

  #takeQueue() {
    if (this.#loading || !this.#queue.length) return false;
    const messages = this.#queue;
    this.#queue = [];
    const skipped = messages.reduce((sum, message) => sum + message.skipped, 0);
    const rows = messages.flatMap((message) => message.rows);
    const follow = this.follows && this.#leavesSelectedInSight(rows);
    const { added, waiting } = this.#change(() => this.rows.take(rows, { follow }));
    this.waiting += waiting;
    if (follow && added) this.#view.toEnd();
    if (skipped) this.#skip(skipped, follow);
    else if (this.#holes) this.#mendSoon();
    if (added + waiting) this.dispatchEvent(new CustomEvent("arrived", { detail: added + waiting }));
    const selected = rows.findLast((row) => row.id === this.selected);
    if (selected) this.dispatchEvent(new CustomEvent("row", { detail: selected }));
    this.#changed();
    return added > 0 && added <= TINTED;
  }

  /** More came than the feed passes on. Following, the end is right and what is behind it is mended when it gets calmer. */
  #skip(count, follow) {
    this.#holes = true;
    if (follow) return;
    this.waiting += count;
    this.rows.hasNewer = true;
  }

  /** A selected exchange is being looked at: rather than push it out of sight, the list stops following. */
  #leavesSelectedInSight(rows) {
    const place = this.#lines.indexOf(this.selected);
    if (place < 0) return true;
    const fresh = rows.filter((row) => row.id > this.rows.newest).length;
    return this.#lines.list.length - place + fresh <= this.#view.capacity;
  }

  // --- moving ------------------------------------------------------------------------------------------

  select(id) {
    this.#view.selected = id;
    this.#draw();
  }

  /** Select the row some lines away, fetching it if it is not in the window. Gives its id, or "" past the edge. */
  async move(lines) {
    const start = this.#lines.indexOf(this.selected) < 0 ? this.#entry(lines) : this.#view.step(this.selected, lines);
    const row = start ?? (await this.#beyond(lines));
    if (!row) return "";
    this.#view.reveal(row.id);
    this.select(row.id);
    return row.id;
  }

  page(direction) {
    return this.move(direction * (this.#view.capacity - 1));
  }

  reveal(id) {
    this.#view.reveal(id);
    this.#draw();
  }

  setOrder(order) {
    this.#view.order = order;
    this.#lines.order = order;
    this.#lines.changed();
    this.#changed();
    if (this.rows.hasNewer) this.#view.reveal(this.selected || this.rows.newest);
    else this.#view.toEnd();
    this.#draw();
  }

  /** Where the keyboard comes in: the first or last line in sight. */
  #entry(lines) {
    const seen = this.#view.inSight();
    const down = lines > 0 !== (this.order === "first");
    return (down ? seen[0] : seen.at(-1)) ?? null;
  }

  async #beyond(lines) {
    const towardsNewer = lines > 0 !== (this.order === "first");
    if (towardsNewer && this.rows.hasNewer) await this.#loadNewer();
    return this.#view.step(this.selected, lines) ?? this.#lines.list.at(towardsNewer ? -1 : 0);
  }

  // --- drawing -----------------------------------------------------------------------------------------

  #scroll() {
    this.#scrolled = true;
    this.#draw();
  }

  #draw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      const tint = this.#takeQueue();
      this.#view.render({ tint });
      this.#fetchMore();
      this.#welcome();
    });
  }

  /** Whoever has scrolled to the end has seen what was waiting there. */
  #welcome() {
    if (!this.waiting || this.held || this.rows.hasNewer || !this.#view.atEnd) return;
    this.waiting = 0;
    this.dispatchEvent(new Event("change"));
  }

  #changed() {
    this.#view.keepingPlace(() => {});
    this.dispatchEvent(new Event("change"));
  }
}

