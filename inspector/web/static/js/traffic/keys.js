// The keyboard on the Traffic page. j, k and / work wherever nothing is being typed; the rest while the list has the focus.

const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
const ANYWHERE = new Set(["j", "k"]);

/** `actions`: move(lines), page(direction), edge("start" | "end"), open(), leave(), filter(). */
export function followKeys(box, actions) {
  const act = ({ key }) => {
    if (key in STEPS) actions.move(STEPS[key]);
    else if (key === "PageDown") actions.page(1);
    else if (key === "PageUp") actions.page(-1);
    else if (key === "Home") actions.edge("start");
    else if (key === "End") actions.edge("end");
    else if (key === "Enter") actions.open();
    else if (key === "Escape") actions.leave();
    else return false;
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (event.key === "/" && !isTyping(event.target)) {
      event.preventDefault();
      actions.filter();
      return;
    }
    const inList = event.target === box;
    if (!inList && !(ANYWHERE.has(event.key) && !isTyping(event.target))) return;
    if (!act(event)) return;
    event.preventDefault();
    if (!inList) box.focus({ preventScroll: true });
  });
}

const isTyping = (element) => Boolean(element.closest?.("input, select, textarea, [contenteditable], [popover]"));
