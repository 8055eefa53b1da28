// One line of the waterfall: its words, which are a link, and its bars.

const SVG = "http://www.w3.org/2000/svg";
const NARROWEST = 2; // px: what is shorter is drawn so wide
const HIGH = 14;

export function make(name, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export class Line {
  element = document.createElement("div");
  item = null;
  #label = document.createElement("a");
  #reused = document.createElement("span");
  #method = document.createElement("b");
  #address = document.createElement("span");
  #status = document.createElement("span");
  #bars = make("svg", { "aria-hidden": "true", class: "waterfall-line-bars", height: HIGH });

  constructor() {
    this.element.className = "waterfall-line";
    this.element.setAttribute("role", "listitem");
    this.#label.className = "waterfall-label";
    this.#reused.className = "waterfall-reused";
    this.#address.className = "waterfall-address";
    this.#status.className = "waterfall-status";
    this.#label.append(this.#reused, this.#method, " ", this.#address, this.#status);
    this.element.append(this.#label, this.#bars);
  }

  get link() {
    return this.#label;
  }

  fill(item, { current }) {
    this.item = item;
    const { row } = item;
    this.element.classList.toggle("waterfall-head", !row);
    this.#bars.toggleAttribute("hidden", !row);
    if (!row) {
      this.#label.removeAttribute("href");
      this.#label.removeAttribute("aria-label");
      this.#label.tabIndex = -1;
      this.#reused.textContent = this.#method.textContent = this.#status.textContent = "";
      this.#address.textContent = item.head;
      return;
    }
    this.#label.href = `/exchange/${row.id}?tab=timing`;
    this.#label.tabIndex = current ? 0 : -1;
    this.#label.setAttribute("aria-label", row.said);
    this.#reused.textContent = row.turn > 1 ? "↳" : "";
    this.#method.textContent = row.method;
    this.#address.textContent = row.host + row.path;
    this.#status.textContent = row.state === "failed" ? "✕" : row.status || "…";
    this.element.classList.toggle("waterfall-wrong", row.wrong);
    this.element.classList.toggle("waterfall-current", current);
  }

  /** `x` turns a moment into pixels from the left of the bars. */
  draw({ width, x, now, gaps }) {
    this.#bars.setAttribute("width", width);
    this.#bars.setAttribute("viewBox", `0 0 ${width} ${HIGH}`);
    if (!this.item.row) return this.#bars.replaceChildren();
    const { row } = this.item;
    const shapes = gaps.map(([left, right]) => make("rect", { class: "waterfall-gap", x: left, y: 0, width: right - left, height: HIGH }));
    for (const { code, start, end } of row.phases) {
      const left = x(row.started + start);
      const right = Math.max(x(end === null ? now : row.started + end), left + NARROWEST);
      if (right < 0 || left > width) continue;
      const from = Math.max(left, -10);
      const inner = code === "app";
      const shape = { class: `phase-${code}`, x: from, y: inner ? HIGH - 4 : 1, width: Math.min(right, width + 10) - from, height: inner ? 4 : HIGH - 2 };
      if (code === "waiting") shape.fill = "url(#phase-stripes)";
      shapes.push(make("rect", shape));
    }
    this.#bars.replaceChildren(...shapes);
  }
}
