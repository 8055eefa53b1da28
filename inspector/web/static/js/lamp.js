// The lamp in the top bar: what the feed says of capturing, or that there is no feed.

import { connect } from "./feed/connect.js";
import { postJson } from "./http.js";

const OFFLINE = {
  connecting: null,
  live: null,
  reconnecting: { state: "reconnecting", words: "Reconnecting…", why: "Inspector does not answer. This page tries again by itself." },
  "signed-out": {
    state: "signed-out",
    words: "Signed out",
    why: "To sign in again, type in a terminal: inspector open",
  },
};
const NOTHING_TO_ADD = "What passes through the proxy is kept on this computer.";

export function followLamp(root) {
  const place = root.querySelector("[data-lamp]");
  if (!place) return;
  let known = null;
  let offline = null;
  const feed = connect();
  feed.addEventListener("lamp", (event) => {
    known = event.detail;
    show(place, offline ?? known);
  });
  feed.addEventListener("state", (event) => {
    offline = OFFLINE[event.detail];
    if (offline ?? known) show(place, offline ?? known);
  });
  place.querySelector("[data-lamp-form]").addEventListener("submit", async (event) => {
    event.preventDefault();
    const on = event.target.elements.on.value === "1";
    try {
      known = (await postJson("/api/v1/capturing", { on })).lamp;
      show(place, known);
    } catch {
      event.target.submit();
    }
  });
}

function show(place, lamp) {
  place.dataset.lampState = lamp.state;
  for (const words of place.querySelectorAll("[data-lamp-words]")) words.textContent = lamp.words;
  place.querySelector("[data-lamp-why]").textContent = lamp.why || NOTHING_TO_ADD;
  const paused = lamp.state === "paused";
  place.querySelector("[name=on]").value = paused ? "1" : "0";
  place.querySelector("[data-lamp-switch]").textContent = paused ? "Go on capturing" : "Pause capturing";
}
