// Above the list, in a sentence: why it stands still, or what is being lost.

const SIGNED_OUT = "You are signed out, so the list stands still. To sign in again, type in a terminal: inspector open";
const RECONNECTING = "Inspector does not answer. What you see stays; the list goes on by itself when it is back.";

export function showNotices(place, feed) {
  let connection = "";
  let capturing = "";
  const show = () => {
    const [kind, sentence] = connection ? ["error", connection] : ["caution", capturing];
    if (place.textContent === sentence) return;
    const notice = document.createElement("p");
    notice.className = `notice notice-${kind}`;
    notice.textContent = sentence;
    place.replaceChildren(...(sentence ? [notice] : []));
  };
  feed.addEventListener("state", ({ detail }) => {
    connection = { "signed-out": SIGNED_OUT, reconnecting: RECONNECTING }[detail] ?? "";
    show();
  });
  feed.addEventListener("lamp", ({ detail }) => {
    capturing = detail.state === "capturing" ? "" : detail.why;
    show();
  });
}
