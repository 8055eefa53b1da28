// The waterfall page: rows by the API and the feed, the view, its tools, and the address bar that says what is shown.

import { connect } from "./feed/connect.js";
import { addressOf, Filter } from "./traffic/filter.js";
import { took } from "./traffic/words.js";
import { followHands } from "./waterfall/hands.js";
import { Rows } from "./waterfall/rows.js";
import { View } from "./waterfall/view.js";

const GROW = 400; // ms between two looks for new ones
const TICK = 500; // ms between two drawings while something is on its way
const section = document.querySelector("[data-waterfall]");
const place = section.querySelector("[data-waterfall-view]");
const address = new URLSearchParams(location.search);
const filter = new Filter(section.dataset.filter);
const rows = new Rows(section.dataset.filter);
const feed = connect();

const says = document.createElement("p");
says.className = "waterfall-says";
says.dataset.waterfallSays = "";
says.textContent = "Point at a line for its numbers. ↑ ↓ go from line to line, ← → move along the clock, + − zoom, 0 shows what is in sight; a drag over the clock picks a range.";
place.append(says);
const view = new View(place, rows);

filter.addEventListener("apply", ({ detail }) => location.assign(addressOf(detail.text)));
filter.addEventListener("leave", () => view.step(0));
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  filter.focus();
});

// --- what is pointed at --------------------------------------------------------------------------------

function say(row) {
  const parts = [`${row.method} ${row.host}${row.path.length > 60 ? `${row.path.slice(0, 60)}…` : row.path}`, row.status_words];
  parts.push(row.duration === null ? "not over" : `${took(row.duration)} in all`);
  if (row.turn > 1) parts.push(`request ${row.turn} on its connection`);
  const title = document.createElement("span");
  title.textContent = `${parts.join(" · ")} `;
  const phases = row.phases.map(({ code, words, start, end }) => {
    const item = document.createElement("span");
    const key = document.createElement("span");
    item.className = "waterfall-phase";
    key.className = `phase-key phase-key-${code}`;
    item.append(key, `${words} ${end === null ? `${took(rows.now - row.started - start)} so far` : took(end - start)}`);
    return item;
  });
  says.replaceChildren(title, ...phases);
}

followHands(view, { say });

// --- tools -----------------------------------------------------------------------------------------------

const tools = section.querySelector("[data-waterfall-tools]");
const pressed = (button, on) => button.setAttribute("aria-pressed", String(on));
const ZOOMS = { in: () => view.zoom(0.6), out: () => view.zoom(1 / 0.6), sight: () => view.showSight(), all: () => view.showAll() };

tools.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  ZOOMS[button.dataset.zoom]?.();
  if (button.matches("[data-connections]")) rows.byConnection = !rows.byConnection;
  if (button.matches("[data-gaps]")) view.shortened = !view.shortened;
  if (!button.dataset.zoom) view.update();
  remember();
});

/** The address says how the waterfall is looked at, and the picture to save shows what is in sight. */
function remember() {
  const query = new URLSearchParams();
  if (section.dataset.filter) query.set("q", section.dataset.filter);
  if (rows.byConnection) query.set("by", "connection");
  if (!view.shortened) query.set("idle", "whole");
  if (view.range) query.set("range", view.range.map((moment) => moment.toFixed(3)).join("-"));
  history.replaceState(null, "", query.size ? `${location.pathname}?${query}` : location.pathname);
  pressed(tools.querySelector("[data-zoom=sight]"), !view.range);
  pressed(tools.querySelector("[data-connections]"), rows.byConnection);
  pressed(tools.querySelector("[data-gaps]"), view.shortened);
}

let remembering = 0;
view.addEventListener("range", () => {
  clearTimeout(remembering);
  remembering = setTimeout(remember, 150);
});

for (const type of ["pointerdown", "focusin"]) {
  section.addEventListener(type, ({ target }) => {
    const link = section.querySelector("[data-picture-svg]");
    if (!target.closest("[data-picture-svg], [data-picture-png]")) return;
    const seen = view.inSight.map((row) => row.id);
    link.dataset.pictureSvg = `/traffic/waterfall.svg?ids=${seen.slice(0, 24).join(",")}`;
  });
}

// --- what there is ------------------------------------------------------------------------------------

let loading = null;
view.addEventListener("edge", () => {
  loading ??= rows
    .older()
    .then((added) => added && view.update())
    .catch(() => {})
    .finally(() => (loading = null));
});

let growing = 0;
let ready = false; // before the first page is there, "after the newest" would be everything
async function grow() {
  const follow = view.atEnd && !view.range;
  const added = await rows.grow().catch(() => 0);
  view.update();
  if (added) shown();
  if (follow) view.toEnd();
  growing = 0;
}

function shown() {
  section.querySelector("[data-waterfall-empty]")?.toggleAttribute("hidden", rows.list.length > 0);
  section.querySelector("[data-waterfall-plain]")?.remove();
  place.hidden = tools.hidden = !rows.list.length;
}

feed.addEventListener("rows", () => ready && (growing ||= setTimeout(grow, GROW)));
feed.addEventListener("state", ({ detail }) => ready && detail === "live" && (growing ||= setTimeout(grow, 0)));
feed.addEventListener("gap", () => location.reload());
feed.addEventListener("forgotten", () => location.reload());
setInterval(() => rows.anyOpen && !document.hidden && view.update(), TICK);
document.addEventListener("inspector:display", () => view.measure());

rows.byConnection = address.get("by") === "connection";
view.shortened = address.get("idle") !== "whole";
await rows.open(address.has("before") ? { before: address.get("before") } : address.has("after") ? { after: address.get("after") } : {});
shown();
view.measure();
view.update();
view.toEnd();
const range = (address.get("range") ?? "").split("-").map(Number);
if (range.length === 2 && range.every(Number.isFinite)) view.show(...range.map((moment) => view.clock.place(moment)));
remember();
section.dataset.ready = "";
ready = true;
feed.wantRows(true, section.dataset.cursor);
growing ||= setTimeout(grow, 0); // what came while the page was made
