// A lesson on a projector: one slide at a time by the arrow keys, as clickers send them too; N notes, F whole screen, O opens the address, R begins anew.

import { connect } from "./feed/connect.js";

const PLACE = "inspector-show";
const AFTER = 200; // ms: what comes together is looked at together

export function stepThroughShow(root) {
  const show = root.querySelector("[data-show]");
  if (!show) return;
  let slides = [...show.querySelectorAll("[data-slide]")];
  const [back, on, notes, full] = ["back", "on", "notes", "full"].map((name) => root.querySelector(`[data-show-${name}]`));
  const reset = root.querySelector("[data-show-reset]");
  let at = 0;
  let noted = false;

  function go(to) {
    at = Math.min(Math.max(to, 0), slides.length - 1);
    slides.forEach((slide, number) => (slide.hidden = number !== at));
    for (const each of show.querySelectorAll("[data-notes]")) each.hidden = !noted;
    notes.setAttribute("aria-pressed", String(noted));
    back.disabled = at === 0;
    on.disabled = at === slides.length - 1;
    history.replaceState(null, "", `#${at}`);
    sessionStorage.setItem(PLACE, `${location.pathname} ${at}`); // the presenter's view comes back without what follows #
  }

  for (const button of [back, on, notes]) button.hidden = false;
  full.hidden = !document.fullscreenEnabled;
  back.addEventListener("click", () => go(at - 1));
  on.addEventListener("click", () => go(at + 1));
  notes.addEventListener("click", () => ((noted = !noted), go(at)));
  full.addEventListener("click", whole);

  const keys = {
    ArrowRight: () => go(at + 1), ArrowLeft: () => go(at - 1), PageDown: () => go(at + 1), PageUp: () => go(at - 1),
    Home: () => go(0), End: () => go(slides.length - 1),
    n: () => notes.click(), f: whole, o: () => slides[at].querySelector("[data-show-open]")?.click(), r: () => reset.requestSubmit(),
  };
  reset.addEventListener("submit", () => sessionStorage.removeItem(PLACE));
  let timer = 0;
  async function look() {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-show]");
    if (!answer.ok || !fresh || fresh.textContent === show.textContent) return;
    show.replaceChildren(...fresh.childNodes); // something was done: its slide has the answer now
    slides = [...show.querySelectorAll("[data-slide]")];
    go(at);
  }
  connect().addEventListener("rows", () => {
    clearTimeout(timer);
    timer = setTimeout(() => look().catch(() => {}), AFTER);
  });
  connect().wantRows(true);

  root.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (event.target.closest?.("input, select, textarea")) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  const [page, kept] = (sessionStorage.getItem(PLACE) ?? "").split(" ");
  const again = performance.getEntriesByType("navigation")[0]?.type === "reload" || document.referrer.endsWith(location.pathname);
  go(Number(location.hash.slice(1)) || (again && page === location.pathname ? Number(kept) : 0) || 0);
}

function whole() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.();
}
