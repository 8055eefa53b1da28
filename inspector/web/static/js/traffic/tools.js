// The list's own switches (order, pause), the pill, and what a screen reader hears.

import { thousands } from "./words.js";

const ORDER = "inspector-list-order";
const QUIET = 10_000; // ms between two announcements

export function setUpTools(section, list) {
  const tools = document.querySelector("[data-list-tools]");
  const order = tools.querySelector("[data-list-order]");
  const hold = tools.querySelector("[data-list-hold]");
  const pill = section.querySelector("[data-list-pill]");

  const showOrder = () => {
    section.dataset.order = list.order;
    word(order, list.order === "last" ? "Newest last" : "Newest first");
    turnIcon(order, list.order === "last" ? "arrow-down" : "arrow-up");
    turnIcon(pill, list.order === "last" ? "arrow-down" : "arrow-up");
  };

  order.addEventListener("click", () => {
    list.setOrder(list.order === "last" ? "first" : "last");
    localStorage.setItem(ORDER, list.order);
    showOrder();
  });
  hold.addEventListener("click", () => {
    list.held = !list.held;
    word(hold, list.held ? "Go on" : "Pause the list");
    turnIcon(hold, list.held ? "play" : "pause");
    if (!list.held) list.toNewest();
  });
  pill.addEventListener("click", () => {
    if (list.held) hold.click();
    else list.toNewest();
  });
  list.addEventListener("change", () => {
    pill.hidden = !list.waiting;
    word(pill, `${thousands(list.waiting)} new`);
  });

  if (localStorage.getItem(ORDER) === "first") list.setOrder("first");
  showOrder();
  tools.hidden = false;
}

/** Tell what came, politely and not often. */
export function announce(place, list) {
  let count = 0;
  let timer = 0;
  const say = () => {
    timer = 0;
    place.textContent = count === 1 ? "1 new exchange" : `${thousands(count)} new exchanges`;
    count = 0;
  };
  list.addEventListener("arrived", ({ detail }) => {
    count += detail;
    timer ||= setTimeout(say, QUIET);
  });
}

/** How far a search has come that takes longer than a moment. */
export function showProgress(place, list) {
  const { progress } = list;
  place.hidden = !progress;
  if (!progress) return;
  const percent = (share) => `${Math.round(share * 100)} %`;
  const unknown = progress.indexed < 0.995 ? ` The words of ${percent(progress.indexed)} are indexed so far; the rest is read.` : "";
  place.textContent = `Looked through ${percent(progress.searched)} of what is kept, and going on.${unknown}`;
}

function word(button, words) {
  const place = button.querySelector("[data-words]");
  if (place.textContent !== words) place.textContent = words;
}

function turnIcon(button, name) {
  const use = button.querySelector("use");
  use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${name}`);
}
