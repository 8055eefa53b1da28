// A lesson's ticks: whenever something was captured, the part of the page that changes is fetched anew. The strip on other pages does the same.

import { connect } from "./feed/connect.js";

const AFTER = 150; // ms: what comes together is looked at together
const PART = { "X-Lesson-Part": "1", Accept: "text/html" };

export function followLessons(root) {
  for (const place of root.querySelectorAll("[data-lesson]")) follow(place);
}

function follow(place) {
  const part = place.querySelector("[data-lesson-part]");
  const says = place.querySelector("[data-lesson-says]");
  const feed = connect();
  let timer = 0;
  let asking = false;
  let again = false;

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, AFTER);
  };
  async function look() {
    if (asking) return void (again = true);
    asking = true;
    try {
      const answer = await fetch(place.dataset.lesson, { headers: PART });
      if (answer.ok) show(await answer.text());
    } catch {
      // the lamp says that Inspector does not answer; the next row asks again
    }
    asking = false;
    if (again) soon();
    again = false;
  }

  function show(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const inner = fresh.querySelector("[data-lesson-part]") ?? fresh.body;
    if (comparable(inner) === comparable(part)) return;
    const before = placeOf(part);
    const focused = part.contains(document.activeElement);
    part.replaceChildren(...inner.childNodes);
    part.querySelectorAll("[data-copy]").forEach((button) => (button.hidden = false));
    if (placeOf(part) === before) return;
    says.textContent = `Done. ${placeOf(part)}`;
    if (focused) part.querySelector("[data-lesson-heading]")?.focus({ preventScroll: true });
    part.querySelector(".lesson-now, .lesson-end")?.scrollIntoView({ block: "nearest" });
  }

  feed.addEventListener("rows", soon);
  feed.addEventListener("gap", soon);
  feed.wantRows(true);
  addEventListener("pageshow", (event) => event.persisted && soon());
  document.addEventListener("visibilitychange", () => document.hidden || soon());
  part.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-lesson-form]");
    if (!form || place.classList.contains("lesson-strip")) return;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    try {
      const answer = await fetch(form.action, { method: "POST", headers: PART, body });
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.text());
    } catch {
      form.requestSubmit === undefined ? form.submit() : location.reload();
    }
  });
}

const placeOf = (part) => part.querySelector("[data-lesson-place]")?.textContent ?? "";

// Tokens of forms, and what a reader has unfolded, make no difference.
function comparable(node) {
  const copy = node.cloneNode(true);
  copy.querySelectorAll("input[name=csrf_token]").forEach((each) => each.remove());
  copy.querySelectorAll("details").forEach((each) => each.removeAttribute("open"));
  copy.querySelectorAll("[data-copy]").forEach((each) => each.removeAttribute("hidden"));
  return copy.innerHTML.replace(/\s+/g, " ");
}
