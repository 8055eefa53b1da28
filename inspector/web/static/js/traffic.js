// The Traffic page: the list, its tools, the pane, the keyboard, and the address bar that says what is selected.

import { connect } from "./feed/connect.js";
import { Captures } from "./traffic/captures.js";
import { addressOf, Filter } from "./traffic/filter.js";
import { followKeys } from "./traffic/keys.js";
import { List } from "./traffic/list.js";
import { Pane } from "./traffic/pane.js";
import { showNotices } from "./traffic/notices.js";
import { announce, setUpTools, showProgress } from "./traffic/tools.js";

const section = document.querySelector("[data-list]");
const box = section.querySelector("[data-list-view]");
const empty = section.querySelector("[data-list-empty]");
const nothingFits = section.querySelector("[data-filter-empty]");
const { cursor, selected } = section.dataset;
const filter = new Filter(section.dataset.filter);

const feed = connect();
const list = new List(box, new Captures(filter.applied));
const pane = new Pane(document.querySelector("[data-pane]"));
list.cursor = cursor;
section.setAttribute("aria-busy", "true");

function select(id) {
  list.select(id);
  history.replaceState(null, "", addressNow(id));
  if (id && Pane.hasRoom) pane.show(id);
  else pane.close();
}

/** The address that leads back here: the filter, and what is selected. */
function addressNow(id) {
  const query = new URLSearchParams();
  if (filter.applied) query.set("q", filter.applied);
  if (id) query.set("selected", id);
  return query.size ? `/traffic?${query}` : "/traffic";
}

function open(id) {
  if (id) location.assign(Pane.addressOf(id));
}

async function move(step) {
  const id = await step;
  if (id) select(id);
}

box.addEventListener("click", (event) => {
  const id = event.target.closest("[data-id]")?.dataset.id;
  if (!id || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!Pane.hasRoom) history.replaceState(null, "", addressNow(id));
  if (Pane.hasRoom) select(id);
  else open(id);
});

followKeys(box, {
  move: (lines) => move(list.move(lines)),
  page: (direction) => move(list.page(direction)),
  edge: (edge) => ((edge === "end") === (list.order === "last") ? list.toNewest() : list.toOldest()),
  open: () => open(list.selected),
  leave: () => select(""),
  filter: () => filter.focus(),
});

filter.addEventListener("leave", () => box.focus({ preventScroll: true }));
filter.addEventListener("apply", async ({ detail: { text, history: remember } }) => {
  if (remember) history.pushState(null, "", addressOf(text));
  document.title = `${text ? `${text} · ` : ""}Traffic · Inspector`;
  list.select("");
  pane.close();
  section.setAttribute("aria-busy", "true");
  await list.ask(text);
  section.removeAttribute("aria-busy");
});
addEventListener("popstate", () => {
  filter.apply(new URLSearchParams(location.search).get("q") ?? "", { history: false });
});

pane.addEventListener("close", () => {
  if (list.selected) select("");
  box.focus({ preventScroll: true });
});

list.addEventListener("row", ({ detail }) => detail.id === pane.id && pane.refresh());
list.addEventListener("change", () => {
  empty.hidden = !list.isEmpty || Boolean(filter.applied);
  nothingFits.hidden = !list.isEmpty || !filter.applied;
  box.hidden = list.isEmpty;
  showProgress(section.querySelector("[data-list-progress]"), list);
});

document.addEventListener("inspector:display", () => list.measure());
document.addEventListener("visibilitychange", () => {
  feed.wantRows(!document.hidden, list.cursor);
  if (!document.hidden) list.catchUp();
});

feed.addEventListener("rows", ({ detail }) => list.take(detail));
// The feed begins at its own "now", which is later than this page's: what lies between is asked for once it is there.
feed.addEventListener("state", ({ detail }) => detail === "live" && list.catchUp());
feed.addEventListener("gap", ({ detail }) => list.gap(detail.cursor));
feed.addEventListener("forgotten", () => {
  select("");
  list.clear();
});

setUpTools(section, list);
announce(section.querySelector("[data-list-says]"), list);
showNotices(document.querySelector("[data-notices]"), feed);
section.querySelector("[data-list-pages]")?.remove();

await list.open(selected);
list.measure();
section.removeAttribute("aria-busy");
if (selected) {
  select(selected);
  list.reveal(selected);
  box.focus({ preventScroll: true });
}
feed.wantRows(!document.hidden, list.cursor);
await list.catchUp();
