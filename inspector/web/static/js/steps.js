// A story is walked with the arrow keys: → the next step, ← the one before.

export function enableSteps(root) {
  root.addEventListener("keydown", (event) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const story = root.querySelector("[data-steps]");
    if (!way || !story || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    if (event.target.closest?.("input, select, textarea, pre, [contenteditable], [role=listbox], [role=grid]")) return;
    event.preventDefault();
    const steps = [...story.querySelectorAll("[data-step]")];
    const now = steps.findIndex((step) => step.hasAttribute("data-now"));
    const next = steps[Math.min(Math.max(now + way, 0), steps.length - 1)];
    for (const step of steps) step.toggleAttribute("data-now", step === next);
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  });
}
