// Messages that wait at a breakpoint, on every page: how many, in the title and beside Rules; which, in the list and in the queue; how long still.

import { connect } from "./feed/connect.js";

let waiting = {}; // exchange → held message

export const isHeld = (exchange) => Object.hasOwn(waiting, exchange);

export function followHeld(root) {
  const queue = root.querySelector("[data-held-queue]");
  const refresh = queue && refresher(queue);
  let known = "";
  connect().addEventListener("held", ({ detail }) => {
    waiting = detail.waiting;
    showCount(root, detail.count);
    showRows(root);
    showGone(root);
    showUntil(root, detail.until);
    const now = JSON.stringify([waiting, detail.until]);
    if (now !== known) refresh?.();
    known = now;
  });
  if (root.querySelector("[data-held-until]") || queue) setInterval(() => countDown(root), 1000);
}

function showCount(root, count) {
  for (const place of root.querySelectorAll("[data-held-count]")) place.hidden = !count;
  for (const place of root.querySelectorAll("[data-held-number]")) place.textContent = count;
  document.title = (count ? `(${count}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  const banner = root.querySelector("[data-held-banner]");
  if (!banner) return;
  banner.hidden = !count;
  banner.querySelector("[data-held-words]").textContent = count === 1 ? "One message waits" : `${count} messages wait`;
}

function showRows(root) {
  for (const row of root.querySelectorAll(".row[data-id]")) {
    const mark = row.querySelector(".held-mark");
    if (mark) mark.hidden = !isHeld(row.dataset.id);
  }
}

function showGone(root) {
  const form = root.querySelector("[data-held-message]");
  const says = root.querySelector("[data-held-gone]");
  if (form && says) says.hidden = Object.values(waiting).includes(form.dataset.heldMessage);
}

/** Somebody may have given the message on this page more time. */
function showUntil(root, until) {
  const form = root.querySelector("[data-held-message]");
  const time = form && until?.[form.dataset.heldMessage];
  if (!time) return;
  for (const place of root.querySelectorAll("[data-held-until]")) place.dataset.heldUntil = time;
}

/** The queue as the server writes it, fetched again; what comes meanwhile is fetched after it. */
function refresher(queue) {
  let asking = false;
  let again = false;
  const look = async () => {
    if (asking) return void (again = true);
    asking = true;
    try {
      const answer = await fetch(queue.dataset.heldQueue, { headers: { "X-Inspector-Part": "1", Accept: "text/html" } });
      if (answer.ok) show(queue, await answer.text());
    } catch {
      // the lamp says that Inspector does not answer; the next event asks again
    }
    asking = false;
    if (again) {
      again = false;
      look();
    }
  };
  return look;
}

function show(queue, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  const at = document.activeElement?.closest?.("[data-held-line]")?.dataset.heldLine;
  const focused = queue.contains(document.activeElement);
  queue.replaceChildren(...fresh.childNodes);
  if (!focused) return;
  const there = at && queue.querySelector(`[data-held-line="${CSS.escape(at)}"] a`);
  (there ?? queue.querySelector("a, button"))?.focus({ preventScroll: true });
}

function countDown(root) {
  for (const place of root.querySelectorAll("[data-held-until]")) {
    const left = Math.max(Math.round(Number(place.dataset.heldUntil) - Date.now() / 1000), 0);
    place.textContent = left < 60 ? `${left} s` : `${Math.floor(left / 60)} min ${left % 60} s`;
  }
}
