// Does this browser go through Inspector, and does it believe its authority? Both the proxy's own page and the dashboard use this.
//
// Only the browser can know, so it is made to try: it fetches /probe over HTTPS. Every try uses names that were never used before, so that
// neither a cache, nor a connection that was kept, nor an exception that somebody clicked can answer. Under `alone` the certificate that
// signed is not sent along: who trusts the authority has it, who was only told to accept its key (a captured window of Chrome's kin) has not.

const PATIENCE = 10_000;

const WORDS = {
  asking: ["", "Asking…", ""],
  trusted: ["good", "Yes. This browser believes Inspector’s authority.", "HTTPS pages open without a warning, and can be shown."],
  told: [
    "open",
    "It accepts the stand-in, but trusts no authority.",
    "This window was told to accept what Inspector signs, as captured windows are. HTTPS pages open in it and can be shown.",
  ],
  accepted: [
    "good",
    "Yes. This browser accepts certificates of this practice authority.",
    "Whether it trusts the authority, or was told to accept its key as captured windows are, cannot be told apart here.",
  ],
  untrusted: ["bad", "No. This browser does not believe Inspector’s authority.", "HTTPS pages show a warning instead. The steps are below."],
  secureAround: [
    "bad",
    "Its HTTPS does not go through Inspector.",
    "Only http:// goes through the proxy. In the browser’s or system’s settings, set the same proxy for HTTPS too.",
  ],
  around: ["bad", "No. This browser does not go through Inspector.", "What you do in it is not captured."],
  other: ["bad", "It goes through another Inspector.", "That one has another authority. Look at the port in its proxy setting."],
};

function word() {
  return Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function ask(url) {
  try {
    const answer = await fetch(url, {
      cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(PATIENCE),
    });
    const told = answer.ok ? await answer.json() : null;
    return told?.inspector === true ? told : null;
  } catch {
    return null;
  }
}

// One of the names of WORDS, and the host that was asked over HTTPS. `through`: it is not known yet whether the browser uses the proxy.
export async function examine(authority, through) {
  const name = word();
  if (through) {
    const plain = await ask(`http://${name}.probe.inspector.test/probe`);
    if (!plain) return { state: "around", host: "" };
    if (plain.authority !== authority) return { state: "other", host: "" };
  }
  const host = `${word()}.probe.inspector.test`;
  const secure = await ask(`https://${host}/probe`);
  if (!secure) return { state: "untrusted", host };
  if (secure.authority !== authority) return { state: "other", host };
  if (secure.limited) return { state: "accepted", host };
  return { state: (await ask(`https://${name}.alone.inspector.test/probe`)) ? "trusted" : "told", host };
}

function tell(place, state, found) {
  const [mark, sentence, more] = WORDS[state];
  place.dataset.state = state;
  place.dataset.mark = mark;
  place.querySelector("[data-probe-says]").textContent = found?.sentence ?? sentence;
  place.querySelector("[data-probe-more]").textContent = found?.more ?? more;
}

// The dashboard sees how the handshake ended: which alert, or that there was none because nothing came.
async function cause(place, host) {
  if (!place.dataset.cause || !host) return null;
  try {
    return await (await fetch(`${place.dataset.cause}?host=${host}`, { cache: "no-store" })).json();
  } catch {
    return null;
  }
}

export async function look(place) {
  const again = place.querySelector("[data-probe-again]");
  again.disabled = true;
  tell(place, "asking");
  const { state, host } = await examine(place.dataset.probe, place.dataset.through === "ask");
  const found = state === "untrusted" ? await cause(place, host) : null;
  if (found?.seen === false) tell(place, "secureAround");
  else tell(place, state, found?.more ? { more: found.more } : undefined);
  again.disabled = false;
  again.hidden = false;
  place.dispatchEvent(new CustomEvent("probed", { bubbles: true, detail: { state: place.dataset.state } }));
}

for (const place of document.querySelectorAll("[data-probe]")) {
  place.querySelector("[data-probe-again]").addEventListener("click", () => look(place));
  look(place);
}
