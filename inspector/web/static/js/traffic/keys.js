// The keyboard on the Traffic page. Letters work wherever nothing is being typed; the rest while the list has the focus.

const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, J: 1, K: -1 };
const IN_LIST = {
  PageDown: (actions) => actions.page(1),
  PageUp: (actions) => actions.page(-1),
  Home: (actions) => actions.edge("start"),
  End: (actions) => actions.edge("end"),
  Enter: (actions) => actions.open(),
  Escape: (actions) => actions.leave(),
  " ": (actions) => actions.choose(),
  ArrowLeft: (actions) => actions.fold(true),
  ArrowRight: (actions) => actions.fold(false),
};
// What each letter does with the row that is selected, or with those that are chosen.
const ANYWHERE = {
  x: (actions) => actions.choose(),
  s: (actions) => actions.pin(),
  n: (actions) => actions.mark(),
  c: (actions) => actions.copy("curl"),
  r: (actions) => actions.repeat(),
  m: (actions) => actions.compare(),
  Delete: (actions) => actions.remove(),
  u: (actions) => actions.undo(),
};

/** `actions`: what the keys do; see the two tables and templates/parts/keys.html, which says them to people. */
export function followKeys(box, actions) {
  const act = (event, inList) => {
    const { key, shiftKey } = event;
    if (key in STEPS) actions.move(STEPS[key], { choosing: shiftKey || key === "J" || key === "K" });
    else if (inList && key in IN_LIST) IN_LIST[key](actions);
    else if (key in ANYWHERE) ANYWHERE[key](actions);
    else return false;
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.isComposing || event.defaultPrevented || isTyping(event.target)) return;
    const inList = event.target === box;
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== "a" || !inList) return;
      event.preventDefault();
      actions.chooseAll();
      return;
    }
    if (event.key === "/") {
      event.preventDefault();
      actions.filter();
      return;
    }
    if (!inList && event.key.startsWith("Arrow")) return;
    if (!act(event, inList)) return;
    event.preventDefault();
    if (!inList && event.key in STEPS) box.focus({ preventScroll: true });
  });
}

const isTyping = (element) => Boolean(element.closest?.("input, select, textarea, [contenteditable], [popover], dialog, summary, [role=separator]"));
