// Captured windows: asked for without leaving the page, and placed beside this one where the screen has room.

import { postJson } from "./http.js";

const NARROWEST = 480;

export function offerWindows(root) {
  const says = root.querySelector("[data-window-says]");
  if (!says) return;
  root.addEventListener("submit", async (event) => {
    const form = event.target.closest?.("[data-window]");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    tell(says, { sentence: "A window is being opened…" });
    try {
      const outcome = await postJson(form.action, { url: form.elements.url?.value ?? "", place: freePlace(), again: form.elements.again?.value ?? "" });
      tell(says, outcome);
      if (outcome.opened && form.dataset.windowThen) location.assign(form.dataset.windowThen);
    } catch {
      form.submit(); // the server's own page says what is wrong
    } finally {
      button.disabled = false;
    }
  });
}

function tell(says, { opened, sentence, cure, notes = [] }) {
  const more = [...notes, cure, opened && "What you do in it shows up here. Other windows don’t."].filter(Boolean);
  says.querySelector("[data-window-sentence]").textContent = sentence;
  says.querySelector("[data-window-more]").textContent = more.join(" ");
  says.showPopover();
}

// The wider of the two strips that this window leaves free; half of the screen where it leaves too little.
function freePlace() {
  const { availLeft = 0, availTop = 0, availWidth, availHeight } = screen;
  const before = screenX - availLeft;
  const after = availLeft + availWidth - (screenX + outerWidth);
  const width = Math.max(before, after, NARROWEST);
  if (width === NARROWEST) {
    const half = Math.floor(availWidth / 2);
    return [availLeft + availWidth - half, availTop, half, availHeight].map(Math.round).join(",");
  }
  const left = after >= before ? screenX + outerWidth : availLeft;
  return [left, availTop, width, availHeight].map(Math.round).join(",");
}
