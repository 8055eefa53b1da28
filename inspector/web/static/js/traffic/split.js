// The border between the list and the exchange: pulled, or moved by arrows; remembered apart for side by side and one below the other.

const BESIDE = matchMedia("(width >= 75rem)");
const LEAST = 25;
const MOST = 75; // per cent
const STEP = 2;

export function followSplitter(body, splitter) {
  const key = () => `inspector-split-${BESIDE.matches ? "beside" : "below"}`;
  const usual = () => (BESIDE.matches ? 50 : 40);
  const share = () => Number(localStorage.getItem(key())) || usual();

  const show = (percent = share()) => {
    const beside = BESIDE.matches;
    body.style.setProperty("--split", `${percent}%`);
    splitter.setAttribute("aria-orientation", beside ? "vertical" : "horizontal");
    splitter.setAttribute("aria-valuenow", String(Math.round(percent)));
    splitter.setAttribute("aria-valuetext", `The list has ${Math.round(percent)} % of the ${beside ? "width" : "height"}`);
  };
  const set = (percent) => {
    const kept = Math.min(MOST, Math.max(LEAST, percent));
    localStorage.setItem(key(), kept.toFixed(1));
    show(kept);
  };
  const at = ({ clientX, clientY }) => {
    const { left, top, width, height } = body.getBoundingClientRect();
    return BESIDE.matches ? ((clientX - left) / width) * 100 : ((clientY - top) / height) * 100;
  };

  splitter.setAttribute("aria-valuemin", String(LEAST));
  splitter.setAttribute("aria-valuemax", String(MOST));
  splitter.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    splitter.focus({ preventScroll: true });
    splitter.setPointerCapture(event.pointerId);
    const move = (moved) => set(at(moved));
    splitter.addEventListener("pointermove", move);
    splitter.addEventListener("lostpointercapture", () => splitter.removeEventListener("pointermove", move), { once: true });
  });
  splitter.addEventListener("dblclick", () => set(usual()));
  splitter.addEventListener("keydown", (event) => {
    const less = BESIDE.matches ? "ArrowLeft" : "ArrowUp";
    const more = BESIDE.matches ? "ArrowRight" : "ArrowDown";
    const to = { [less]: share() - STEP, [more]: share() + STEP, Home: LEAST, End: MOST, Enter: usual() }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    set(to);
  });
  BESIDE.addEventListener("change", () => show());
  show();
}
