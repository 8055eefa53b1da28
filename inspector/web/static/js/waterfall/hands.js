// What hands do in the waterfall: wheel and drag over the bars, a drag over the clock for a range, and the keys.

const MOVED = 4; // px

export function followHands(view, { say }) {
  const { box } = view;
  const share = (event) => (event.clientX - view.plane.left) / view.plane.width;

  box.addEventListener(
    "wheel",
    (event) => {
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (event.ctrlKey || event.metaKey) view.zoom(Math.exp(Math.sign(event.deltaY) * Math.min(Math.abs(event.deltaY), 60) * 0.006), share(event));
      else if (Math.abs(sideways) > (event.shiftKey ? 0 : Math.abs(event.deltaY))) view.move(sideways / view.plane.width);
      else return;
      event.preventDefault();
    },
    { passive: false },
  );

  let drag = null;
  const mark = document.createElement("div");
  mark.className = "waterfall-mark";
  mark.hidden = true;
  view.axis.parentElement.append(mark);

  box.addEventListener("pointerdown", (event) => {
    if (event.button || event.clientX < view.plane.left || event.clientX > view.plane.left + view.plane.width) return;
    const onClock = view.axis.parentElement.contains(event.target);
    if (event.pointerType === "touch" && !onClock) return; // a finger scrolls
    drag = { from: event.clientX, last: event.clientX, onClock, moved: false };
    box.setPointerCapture(event.pointerId);
  });
  box.addEventListener("pointermove", (event) => {
    if (!drag) return;
    drag.moved ||= Math.abs(event.clientX - drag.from) > MOVED;
    if (!drag.moved) return;
    if (drag.onClock) {
      const origin = view.axis.parentElement.getBoundingClientRect().left;
      mark.hidden = false;
      mark.style.insetInlineStart = `${Math.min(event.clientX, drag.from) - origin}px`;
      mark.style.inlineSize = `${Math.abs(event.clientX - drag.from)}px`;
    } else view.move((drag.last - event.clientX) / view.plane.width);
    drag.last = event.clientX;
  });
  const drop = (event) => {
    if (!drag) return;
    const { from, moved, onClock } = drag;
    drag = null;
    mark.hidden = true;
    if (event.type === "pointercancel") return;
    if (moved && onClock) {
      const ends = [from, event.clientX].map((x) => view.placeAt(x - view.plane.left)).sort((a, b) => a - b);
      view.show(...ends);
    } else if (!moved) {
      const under = document.elementFromPoint(event.clientX, event.clientY);
      if (under && view.rowOf(under)) say(view.rowOf(under));
    }
  };
  box.addEventListener("pointerup", drop);
  box.addEventListener("pointercancel", drop);
  box.addEventListener("click", (event) => view.rowOf(event.target) && say(view.rowOf(event.target)));
  box.addEventListener("pointerover", (event) => !drag && view.rowOf(event.target) && say(view.rowOf(event.target)));
  box.addEventListener("focusin", (event) => view.rowOf(event.target) && say(view.rowOf(event.target)));
  box.addEventListener("dblclick", (event) => !event.target.closest("a") && view.zoom(0.5, share(event)));

  const KEYS = {
    ArrowDown: () => view.step(1),
    j: () => view.step(1),
    ArrowUp: () => view.step(-1),
    k: () => view.step(-1),
    PageDown: () => view.step(view.page),
    PageUp: () => view.step(-view.page),
    Home: () => view.step(-Infinity),
    End: () => view.step(Infinity),
    ArrowLeft: () => view.move(-0.15),
    ArrowRight: () => view.move(0.15),
    "+": () => view.zoom(0.6),
    "=": () => view.zoom(0.6),
    "-": () => view.zoom(1 / 0.6),
    0: () => view.showSight(),
  };
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });
}
