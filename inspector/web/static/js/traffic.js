// The Traffic page: the list, its tools, the pane, the keyboard, and the address bar that says what is shown.

import { connect } from "./feed/connect.js";
import { rememberFilter } from "./palette.js";
import { Captures } from "./traffic/captures.js";
import { Chosen } from "./traffic/chosen.js";
import { Columns } from "./traffic/columns.js";
import { Doings } from "./traffic/doings.js";
import { Filter } from "./traffic/filter.js";
import { Grouping } from "./traffic/grouping.js";
import { followKeys } from "./traffic/keys.js";
import { List } from "./traffic/list.js";
import { followMenu } from "./traffic/menu.js";
import { showNotices } from "./traffic/notices.js";
import { Pane } from "./traffic/pane.js";
import { go, read, remember } from "./traffic/place.js";
import { followSplitter } from "./traffic/split.js";
import { announce, setUpTools, showProgress } from "./traffic/tools.js";
import { Tree } from "./traffic/tree.js";

const section = document.querySelector("[data-list]");
const body = section.parentElement;
const box = section.querySelector("[data-list-view]");
const empty = section.querySelector("[data-list-empty]");
const nothingFits = section.querySelector("[data-filter-empty]");
const first = read();
const filter = new Filter(section.dataset.filter);

const feed = connect();
const grouping = new Grouping(first.group);
const tree = new Tree(document.querySelector("[data-tree-place]"), first.within);
const columns = new Columns(section, document.querySelector("[data-columns]"));
const list = new List(box, new Captures(narrowed()));
const pane = new Pane(document.querySelector("[data-pane]"));
const chosen = new Chosen();
const doings = new Doings({ list, chosen, pane, narrowed, section });
list.cursor = section.dataset.cursor;
section.setAttribute("aria-busy", "true");

/** What the list shows: what fits the filter, and is under the branch of the tree that is open. */
function narrowed() {
  if (!tree.narrows || !filter.applied) return filter.applied || tree.narrows;
  return `(${filter.applied}) ${tree.narrows}`;
}

/** Where we are, for the address bar. */
const place = () => ({ q: filter.applied, group: grouping.asked, within: tree.within, selected: selectedNow(), view: pane.view });
const selectedNow = () => (isGroup(list.selected) ? pane.id : list.selected);
const isGroup = (id) => id.startsWith("group-");

/** Look at an exchange. Opening the pane and closing it are steps for `back`; passing from row to row is none. */
function select(id, { view, step = true } = {}) {
  if (isGroup(id)) return list.select(id); // what is looked at stays
  const opens = Boolean(id) !== Boolean(pane.id);
  list.select(id);
  if (id && Pane.hasRoom) pane.show(id, view);
  else pane.close();
  if (step) go(place(), { step: opens && Pane.hasRoom });
}

function open(id) {
  if (!id) return;
  if (isGroup(id)) return list.turn(id.slice("group-".length));
  remember(location.pathname + location.search);
  location.assign(Pane.addressOf(id, pane.view));
}

/** A line, or all that are under it. */
function chooseLine(id) {
  if (isGroup(id)) chosen.turn(list.meant(id));
  else chosen.toggle(id);
}

async function move(step, { choosing = false } = {}) {
  const from = list.selected;
  const id = await step;
  if (!id) return;
  if (choosing) chosen.reach(id, list.rows, from);
  select(id);
}

box.addEventListener("click", (event) => {
  const id = event.target.closest("[data-id]")?.dataset.id;
  if (!id) return;
  const many = event.shiftKey || event.ctrlKey || event.metaKey;
  if (many && event.target.closest("a") && !event.shiftKey) return; // a tab of its own
  event.preventDefault();
  if (event.shiftKey) return chosen.reach(id, list.rows, list.selected);
  if (many) return chooseLine(id);
  chosen.clear();
  if (isGroup(id)) {
    list.select(id);
    return list.turn(id.slice("group-".length));
  }
  if (Pane.hasRoom) return select(id);
  list.select(id);
  go(place());
  open(id);
});
box.addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault()); // no text is marked on the way

followKeys(box, {
  move: (lines, options) => move(list.move(lines), options),
  page: (direction) => move(list.page(direction)),
  edge: (edge) => ((edge === "end") === (list.order === "last") ? list.toNewest() : list.toOldest()),
  open: () => open(list.selected),
  leave: () => chosen.clear() || select(""),
  filter: () => filter.focus(),
  fold: (folded) => list.fold(folded),
  choose: () => list.selected && chooseLine(list.selected),
  chooseAll: () => chosen.all(list.rows.list),
  pin: () => doings.pin(),
  mark: () => doings.mark(),
  copy: (form) => doings.copy(form),
  repeat: () => doings.repeat(),
  compare: () => doings.compare(),
  remove: () => doings.remove(),
  undo: () => doings.undo(),
});
followMenu(box, section, { select: (id) => !chosen.has(id) && select(id), act: (name, value) => doings[name](value) });
chosen.addEventListener("change", () => list.choose(chosen.ids));

filter.addEventListener("leave", () => box.focus({ preventScroll: true }));
filter.addEventListener("apply", async ({ detail: { text, history: remembered } }) => {
  document.title = `${text ? `${text} · ` : ""}Traffic · Inspector`;
  chosen.clear();
  select("", { step: false });
  if (remembered) go(place(), { step: true });
  rememberFilter(text);
  section.setAttribute("aria-busy", "true");
  await Promise.all([list.ask(narrowed()), tree.show(grouping.way, text)]);
  section.removeAttribute("aria-busy");
});
addEventListener("popstate", async () => {
  const wanted = read();
  if (wanted.within !== tree.within || wanted.group !== grouping.asked) return location.reload(); // the tree is the server's
  await filter.apply(wanted.q, { history: false });
  if (wanted.selected && !list.rows.get(wanted.selected)) await list.open(wanted.selected);
  grouping.ask(wanted.group);
  select(wanted.selected, { view: wanted.view, step: false });
  if (wanted.selected) list.reveal(wanted.selected);
});

pane.addEventListener("close", () => {
  if (list.selected) select("");
  box.focus({ preventScroll: true });
});
pane.addEventListener("view", () => go(place(), { step: true }));

list.addEventListener("row", ({ detail }) => detail.id === pane.id && pane.refresh());
list.addEventListener("change", () => {
  empty.hidden = !list.isEmpty || Boolean(filter.applied);
  nothingFits.hidden = !list.isEmpty || !filter.applied;
  box.hidden = list.isEmpty;
  showProgress(section.querySelector("[data-list-progress]"), list);
});

document.addEventListener("inspector:display", () => {
  grouping.level();
  columns.level();
  list.measure();
});
document.addEventListener("visibilitychange", () => {
  feed.wantRows(!document.hidden, list.cursor);
  if (!document.hidden) list.catchUp();
});

feed.addEventListener("rows", ({ detail }) => list.take(detail));
feed.addEventListener("marks", ({ detail }) => {
  list.mark(detail);
  if (/\b(pinned|colou?r|tag|comment|note):/i.test(filter.applied)) list.again();
  if (pane.id in detail) pane.refresh();
});
// The feed begins at its own "now", which is later than this page's: what lies between is asked for once it is there.
feed.addEventListener("state", ({ detail }) => detail === "live" && list.catchUp());
feed.addEventListener("gap", ({ detail }) => list.gap(detail.cursor));
feed.addEventListener("forgotten", () => {
  doings.refresh();
  list.again();
});

grouping.addEventListener("change", async () => {
  const before = narrowed();
  await tree.show(grouping.way, filter.applied);
  if (narrowed() !== before) await list.ask(narrowed());
  await list.group(grouping.byPage);
  go(place(), { step: true });
});
columns.addEventListener("change", () => list.remake(columns.fromHeads));
tree.addEventListener("choose", async () => {
  chosen.clear();
  select("", { step: false });
  go(place(), { step: true });
  await Promise.all([list.ask(narrowed()), tree.show(grouping.way, filter.applied)]);
});
list.addEventListener("arrived", () => tree.grow());

setUpTools(section, list);
followSplitter(body, body.querySelector("[data-splitter]"));
announce(section.querySelector("[data-list-says]"), list);
showNotices(document.querySelector("[data-notices]"), feed);
section.querySelector("[data-list-pages]")?.remove();

list.remake(columns.fromHeads);
await list.group(grouping.byPage);
if (!tree.isShown || !tree.narrows) tree.show(grouping.way, filter.applied);
await list.open(first.selected);
list.measure();
section.removeAttribute("aria-busy");
remember(location.pathname + location.search);
if (first.selected) {
  select(first.selected, { view: first.view, step: false });
  list.reveal(first.selected);
  box.focus({ preventScroll: true });
}
feed.wantRows(!document.hidden, list.cursor);
await list.catchUp();
