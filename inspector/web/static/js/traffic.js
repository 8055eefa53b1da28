// The Traffic page: the list, its tools, the pane, the keyboard, and the address bar that says what is selected.

import { connect } from "./feed/connect.js";
import { Captures } from "./traffic/captures.js";
import { followKeys } from "./traffic/keys.js";
import { List } from "./traffic/list.js";
import { Pane } from "./traffic/pane.js";
import { showNotices } from "./traffic/notices.js";
import { announce, setUpTools } from "./traffic/tools.js";

const section = document.querySelector("[data-list]");
const box = section.querySelector("[data-list-view]");
const empty = section.querySelector("[data-list-empty]");
const { cursor, filter, selected } = section.dataset;

const feed = connect();
const list = new List(box, new Captures(filter));
const pane = new Pane(document.querySelector("[data-pane]"));
list.cursor = cursor;
section.setAttribute("aria-busy", "true");

function select(id) {
  list.select(id);
  const query = new URLSearchParams(filter);
  if (id) query.set("selected", id);
  history.replaceState(null, "", query.size ? `/traffic?${query}` : "/traffic");
  if (id && Pane.hasRoom) pane.show(id);
  else pane.close();
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
  if (!Pane.hasRoom) history.replaceState(null, "", `/traffic?selected=${id}`);
  if (Pane.hasRoom) select(id);
  else open(id);
});

followKeys(box, {
  move: (lines) => move(list.move(lines)),
  page: (direction) => move(list.page(direction)),
  edge: (edge) => ((edge === "end") === (list.order === "last") ? list.toNewest() : list.toOldest()),
  open: () => open(list.selected),
  leave: () => select(""),
});

pane.addEventListener("close", () => {
  if (list.selected) select("");
  box.focus({ preventScroll: true });
});

list.addEventListener("row", ({ detail }) => detail.id === pane.id && pane.refresh());
list.addEventListener("change", () => {
  empty.hidden = !list.isEmpty;
  box.hidden = list.isEmpty;
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
