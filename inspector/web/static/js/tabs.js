// The keys 1 to 7 open the tabs of the exchange on the page, or beside the list. Each tab keeps its number, also where another one is missing.

export function enableTabKeys(root) {
  root.addEventListener("keydown", (event) => {
    if (!/^[1-9]$/.test(event.key) || event.altKey || event.ctrlKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (event.target.closest?.("input, select, textarea, [contenteditable], [popover], dialog")) return;
    const tab = root.querySelector(`.exchange > .tabs > [aria-keyshortcuts="${event.key}"]`);
    if (!tab) return;
    event.preventDefault();
    tab.click();
  });
}
