// Esc on the page of one exchange goes back to its row. In a field, a popover or a pane Esc has its own meaning there.

export function enableEscape(root) {
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    if (event.target.closest?.("input, select, textarea") || root.querySelector(":popover-open")) return;
    const link = root.getElementById("back-to-list");
    if (link) link.click();
  });
}
