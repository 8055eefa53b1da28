// What the keys do, over any page: ? opens it.

export function openKeys() {
  const dialog = document.querySelector("[data-keys]");
  if (dialog && !dialog.open) dialog.showModal();
}

export function enableKeysHelp(root) {
  const dialog = root.querySelector("[data-keys]");
  if (!dialog) return;
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  root.addEventListener("click", (event) => event.target.closest("[data-keys-open]") && openKeys());
  root.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest?.("input, select, textarea, [contenteditable]")) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else openKeys();
  });
}
