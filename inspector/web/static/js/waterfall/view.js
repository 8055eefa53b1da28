// The waterfall on the screen: only the lines in sight exist; a range of the clock is stretched over the width, and is zoomed and moved.

import { Clock, ticks } from "./clock.js";
import { Line, make } from "./line.js";
import { clock as timeOfDay, took } from "../traffic/words.js";

const SPARE = 4;
const CLOSEST = 0.0005; // seconds over the whole width

export class View extends EventTarget {
  /** Which part of the clock is shown: `null` is what the lines in sight need. */
  range = null;
  shortened = true;
  current = "";
  clock = new Clock([]);
  #rows;
  #box = document.createElement("div");
  #axis = make("svg", { class: "waterfall-axis", height: 24, "aria-hidden": "true" });
  #body = document.createElement("div");
  #lines = document.createElement("div");
  #items = [];
  #pool = [];
  #height = 28;
  #frame = 0;
  #shown = [0, 1];

  /** Events: say (detail: the row pointed at or focused), range (after zoom or move), edge (near the oldest line). */
  constructor(place, rows) {
    super();
    this.#rows = rows;
    this.#box.className = "waterfall-box";
    this.#body.className = "waterfall-body";
    this.#lines.className = "waterfall-lines";
    this.#lines.setAttribute("role", "list");
    this.#lines.setAttribute("aria-label", "Exchanges on one clock");
    const head = document.createElement("div");
    head.className = "waterfall-axis-line";
    head.append(document.createElement("span"), this.#axis);
    this.#body.append(this.#lines);
    this.#box.append(head, this.#body);
    place.append(this.#box);
    this.#box.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.measure()).observe(this.#box);
  }

  get box() {
    return this.#box;
  }

  get axis() {
    return this.#axis;
  }

  /** The bars' left edge and width on the screen, in pixels. */
  get plane() {
    const { left, width } = this.#axis.getBoundingClientRect();
    return { left, width: Math.max(width, 1) };
  }

  get atEnd() {
    return this.#box.scrollTop + this.#box.clientHeight >= this.#box.scrollHeight - this.#height;
  }

  toEnd() {
    this.#box.scrollTop = this.#box.scrollHeight;
  }

  measure() {
    const height = Number.parseFloat(getComputedStyle(this.#box).getPropertyValue("--waterfall-line")) || 28;
    const root = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.#height = Math.round(height * root);
    this.draw();
  }

  /** Other rows, or the same anew: what is in sight stays where it is. */
  update() {
    const first = Math.floor(this.#box.scrollTop / this.#height);
    const anchor = this.#items[first]?.row?.id;
    const offset = this.#box.scrollTop - first * this.#height;
    this.#items = this.#rows.lines;
    this.clock = new Clock(this.#rows.stretches, this.shortened);
    this.#body.style.blockSize = `${this.#items.length * this.#height}px`;
    const place = anchor ? this.#items.findIndex((item) => item.row?.id === anchor) : -1;
    if (place > first) this.#box.scrollTop = place * this.#height + offset;
    this.draw();
  }

  draw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  // --- the range ---------------------------------------------------------------------------------------

  /** Closer by a factor (below 1) or wider, with what stands at `at` (0 to 1) staying there. */
  zoom(factor, at = 0.5) {
    const [from, to] = this.#shown;
    const length = Math.min(Math.max((to - from) * factor, CLOSEST), this.clock.length * 1.02);
    const still = from + (to - from) * at;
    this.show(still - length * at, still + length * (1 - at));
  }

  /** Move by a share of what is shown. */
  move(share) {
    const [from, to] = this.#shown;
    this.show(from + (to - from) * share, to + (to - from) * share);
  }

  show(from, to) {
    const length = Math.max(to - from, CLOSEST);
    const start = Math.min(Math.max(from, -0.01 * this.clock.length), Math.max(this.clock.length * 1.01 - length, 0));
    this.range = [this.clock.moment(start), this.clock.moment(start + length)];
    this.draw();
    this.dispatchEvent(new Event("range"));
  }

  showAll() {
    this.show(0, this.clock.length);
  }

  showSight() {
    this.range = null;
    this.draw();
    this.dispatchEvent(new Event("range"));
  }

  placeAt(pixels) {
    const [from, to] = this.#shown;
    return from + ((to - from) * pixels) / this.plane.width;
  }

  // --- lines -------------------------------------------------------------------------------------------

  /** Make a line the current one: by so many from where it is, or by its id. */
  step(lines) {
    const rows = this.#items.map((item, index) => [item, index]).filter(([item]) => item.row);
    if (!rows.length) return;
    const now = rows.findIndex(([item]) => item.row.id === this.current);
    const [item, index] = rows[Math.min(Math.max((now < 0 ? 0 : now) + lines, 0), rows.length - 1)];
    this.current = item.row.id;
    const top = index * this.#height;
    const seen = this.#box.scrollTop;
    const high = this.#box.clientHeight - 24;
    if (top < seen) this.#box.scrollTop = top;
    else if (top + this.#height > seen + high) this.#box.scrollTop = top + this.#height - high;
    this.#draw();
    this.#pool.find((line) => line.item?.row?.id === this.current)?.link.focus({ preventScroll: true });
  }

  get page() {
    return Math.max(Math.floor(this.#box.clientHeight / this.#height) - 2, 1);
  }

  rowOf(element) {
    const line = element.closest?.(".waterfall-line");
    return this.#pool.find((each) => each.element === line)?.item?.row ?? null;
  }

  /** The rows that are in sight. */
  get inSight() {
    return this.#pool.filter((line) => line.element.isConnected && line.item?.row).map((line) => line.item.row);
  }

  #draw() {
    const first = Math.max(Math.floor(this.#box.scrollTop / this.#height) - SPARE, 0);
    const count = Math.ceil(this.#box.clientHeight / this.#height) + 2 * SPARE;
    const seen = this.#items.slice(first, first + count);
    while (this.#pool.length < seen.length) {
      this.#pool.push(new Line());
      this.#lines.append(this.#pool.at(-1).element);
    }
    while (this.#pool.length > seen.length) this.#pool.pop().element.remove();
    this.#lines.style.transform = `translateY(${first * this.#height}px)`;
    if (!seen.some((item) => item.row?.id === this.current)) {
      const focused = this.#lines.contains(document.activeElement);
      if (!focused) this.current = seen.find((item) => item.row)?.row.id ?? "";
    }
    const scale = this.#scale(seen);
    seen.forEach((item, index) => {
      this.#pool[index].fill(item, { current: item.row?.id === this.current });
      this.#pool[index].draw(scale);
    });
    this.#drawAxis(scale);
    if (first <= SPARE && this.#rows.hasOlder) this.dispatchEvent(new Event("edge"));
  }

  #scale(seen) {
    const { width } = this.plane;
    const rows = seen.map((item) => item.row).filter(Boolean);
    let from = 0;
    let to = this.clock.length;
    if (this.range) [from, to] = this.range.map((moment) => this.clock.place(moment));
    else if (rows.length) {
      from = this.clock.place(Math.min(...rows.map((row) => this.#rows.start(row))));
      to = this.clock.place(Math.max(...rows.map((row) => this.#rows.end(row))));
      to += Math.max((to - from) * 0.02, CLOSEST);
    }
    this.#shown = [from, to];
    const pixels = (place) => ((place - from) / (to - from)) * width;
    const gaps = this.clock.gaps.filter((gap) => gap.until > from && gap.at < to).map((gap) => [pixels(gap.at), pixels(gap.until), gap]);
    return { width, now: this.#rows.now, x: (moment) => pixels(this.clock.place(moment)), gaps, pixels };
  }

  #drawAxis({ width, gaps, pixels }) {
    const [from, to] = this.#shown;
    this.#axis.setAttribute("viewBox", `0 0 ${width} 24`);
    const shapes = [];
    const taken = [];
    const letter = document.documentElement.hasAttribute("data-presenter") ? 11 : 7; // px
    const write = (x, words, kind) => {
      const room = words.length * letter + 8;
      if (taken.some(([left, right]) => x < right && x + room > left) || x + room > width + 30) return;
      taken.push([x, x + room]);
      const text = make("text", { x: x + 3, y: 11, class: kind });
      text.textContent = words;
      shapes.push(text);
    };
    for (const [left, right, gap] of gaps) {
      shapes.push(make("rect", { class: "waterfall-gap", x: left, y: 0, width: Math.max(right - left, 1), height: 24 }));
      write(Math.max(left, 0), `${took(gap.end - gap.start)} idle`, "waterfall-gap-words");
    }
    for (const { place, seconds } of ticks(this.clock, from, to, width)) {
      const x = pixels(place);
      shapes.push(make("line", { x1: x, x2: x, y1: 14, y2: 24, class: "waterfall-tick" }));
      write(x, seconds ? `+${took(seconds)}` : timeOfDay(this.clock.moment(from)), "waterfall-tick-words");
    }
    this.#axis.replaceChildren(...shapes);
  }
}
