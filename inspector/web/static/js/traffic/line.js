// One line of the list on the screen, cloned from the server's own template and filled again for row after row.

import { isHeld } from "../held.js";
import { addressOf, clock, size, thousands, took } from "./words.js";

// Cells that are shown only where somebody chose them.
const MORE = [
  ["version", ({ version }) => version],
  ["tls", ({ tls }) => tls.replace("TLSv", "")],
  ["remote", ({ remote }) => remote],
  ["peer", ({ client }) => client],
  ["media", ({ media }) => media],
  ["sent", ({ request_size: bytes }) => size(bytes)],
  ["cookies", ({ cookies }) => cookieWords(cookies)],
  ["rule", ({ rules }) => rules ?? ""],
];

const cookieWords = ([sent, set] = [0, 0]) => [sent && `${sent} sent`, set && `${set} set`].filter(Boolean).join(", ");

const part = (selector) => document.querySelector(selector).content.firstElementChild;

/** Says how to make lines: reads the templates once. */
export function lineMaker() {
  const pattern = part("template[data-row-template]");
  const protections = new Map(["none", "decrypted", "sealed"].map((kind) => [kind, part(`template[data-protection=${kind}]`)]));
  const statuses = new Map(["open", "silent", "failed", "answered"].map((kind) => [kind, part(`template[data-status=${kind}]`)]));
  const marks = document.querySelector("template[data-row-marks]").content;
  return () => new Line(pattern.cloneNode(true), protections, statuses, marks);
}

const statusKind = ({ state, status }) => (state === "failed" ? "failed" : status ? "answered" : state === "open" ? "open" : "silent");

class Line {
  row = null;
  #protections;
  #statuses;
  #parts;
  #marks;
  #protection = "";
  #status = "";
  #mark = null;

  constructor(element, protections, statuses, marks) {
    const find = (selector) => element.querySelector(selector);
    this.element = element;
    this.#protections = protections;
    this.#statuses = statuses;
    this.#marks = marks;
    this.#parts = {
      clock: find(".cell-clock"),
      method: find(".cell-method"),
      status: find(".cell-status"),
      address: find(".cell-address"),
      changed: find(".changed-mark"),
      held: find(".held-mark"),
      link: find(".address"),
      host: find(".address-host"),
      path: find(".address-path"),
      query: find(".address-query"),
      icon: find(".cell-kind use"),
      kind: find(".cell-kind > span"),
      size: find(".cell-size"),
      took: find(".cell-took"),
      client: find(".cell-client"),
      marks: find(".row-marks"),
      group: find(".cell-group"),
      more: MORE.map(([name, text]) => [find(`.cell-${name}`), text]),
    };
    this.#parts.link.tabIndex = -1; // the list is one stop for the Tab key
    this.icons = this.#parts.icon.getAttribute("href").split("#")[0];
  }

  fill(row) {
    if (row === this.row) return;
    if (row.group || this.row?.group) this.#turnInto(row);
    if (row.group) return this.#fillGroup(row);
    const parts = this.#parts;
    if (row.within) this.element.setAttribute("aria-level", "2");
    else this.element.removeAttribute("aria-level");
    this.element.classList.toggle("row-within", Boolean(row.within));
    const address = addressOf(row);
    if (row.id !== this.row?.id) {
      this.element.id = `row-${row.id}`;
      this.element.dataset.id = row.id;
      this.element.classList.remove("row-new");
      parts.link.href = `/exchange/${row.id}`;
    }
    this.row = row;
    parts.clock.textContent = clock(row.started);
    parts.method.textContent = row.method;
    parts.changed.hidden = !row.changed;
    parts.held.hidden = !isHeld(row.id);
    parts.host.textContent = address.host;
    parts.path.textContent = address.path;
    parts.query.textContent = address.query;
    parts.icon.setAttribute("href", `${this.icons}#${row.kind_icon}`);
    parts.kind.textContent = row.kind_words;
    parts.size.textContent = size(row.response_size);
    parts.took.textContent = took(row.duration);
    parts.client.textContent = row.agent;
    for (const [cell, text] of parts.more) cell.textContent = text(row);
    this.#fillProtection(row.protection);
    this.#fillStatus(row);
    if (row.mark !== this.#mark) this.#fillMark(row.mark ?? null);
  }

  /** From a row to the line above a page's rows, or back. */
  #turnInto({ group }) {
    this.element.classList.toggle("row-group", Boolean(group));
    this.#parts.group.hidden = !group;
    if (!group) this.element.removeAttribute("aria-expanded");
  }

  #fillGroup(line) {
    const { group, id } = line;
    this.row = line;
    this.element.id = `row-${id}`;
    this.element.dataset.id = id;
    this.element.classList.remove("row-new", "row-within");
    this.element.setAttribute("aria-level", "1");
    this.element.setAttribute("aria-expanded", String(!group.folded));
    delete this.element.dataset.colour;
    const { words, host, path, facts } = groupWords(group);
    const part = (name) => this.#parts.group.querySelector(`.group-${name}`);
    part("words").textContent = words;
    part("host").textContent = host;
    part("path").textContent = path;
    part("facts").textContent = facts;
  }

  /** Colour, pin, tags, comment: those that there are, made from the server's own. */
  #fillMark(mark) {
    this.#mark = mark;
    const { marks } = this.#parts;
    if (mark?.colour) this.element.dataset.colour = mark.colour;
    else delete this.element.dataset.colour;
    marks.replaceChildren();
    if (!mark) return;
    const copy = (selector) => this.#marks.querySelector(selector).cloneNode(true);
    if (mark.colour) {
      const colour = copy(".mark-colour");
      colour.dataset.colour = mark.colour;
      colour.firstElementChild.textContent = mark.colour;
      marks.append(colour);
    }
    if (mark.pinned) marks.append(copy(".mark-pin"));
    for (const word of mark.tags) {
      const tag = copy(".mark-tag");
      tag.textContent = word;
      marks.append(tag);
    }
    if (!mark.comment) return;
    const comment = copy(".mark-comment");
    comment.title = mark.comment;
    comment.querySelector(".mark-words").textContent = mark.comment;
    marks.append(comment);
  }

  #fillProtection(kind) {
    if (kind === this.#protection) return;
    this.#protection = kind;
    this.#parts.address.firstElementChild.replaceWith(this.#protections.get(kind).cloneNode(true));
  }

  #fillStatus(row) {
    const kind = statusKind(row);
    if (kind !== this.#status) {
      this.#status = kind;
      this.#parts.status.replaceChildren(this.#statuses.get(kind).cloneNode(true));
    }
    const shown = this.#parts.status.firstElementChild;
    const phrase = shown.querySelector(".status-phrase");
    if (kind === "failed") phrase.textContent = row.brief || "no answer";
    if (kind !== "answered") return;
    shown.className = `status status-${Math.floor(row.status / 100)}xx`;
    shown.querySelector(".status-number").textContent = row.status;
    phrase.textContent = row.phrase;
  }
}

/** “You opened shop.inspector.test/cart: 6 exchanges, 0.24 s”, or “Browser’s own: 14”. */
function groupWords({ own, rows, opening }) {
  const count = rows.length === 1 ? "1 exchange" : `${thousands(rows.length)} exchanges`;
  if (own) return { words: `Browser’s own: ${thousands(rows.length)}`, host: "", path: "", facts: "" };
  const ends = rows.filter((row) => row.duration !== null).map((row) => row.started + row.duration);
  const whole = ends.length ? Math.max(...ends) - Math.min(...rows.map((row) => row.started)) : null;
  const { host, path } = addressOf(opening ?? rows[0]);
  return { words: "You opened", host, path: path === "/" ? "" : path, facts: `${count}${whole === null ? "" : `, ${took(whole)}`}` };
}
