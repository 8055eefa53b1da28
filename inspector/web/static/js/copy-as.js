// Copy as: what a link of the menu leads to is copied instead of opened; the menu says so, and closes.

const RESTORE_AFTER = 1500;

export function enableCopyAs(root) {
  if (!navigator.clipboard) return;
  root.addEventListener("click", async (event) => {
    const link = event.target.closest?.("[data-copy-as] a:not([data-not-copied])");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const words = link.textContent;
    try {
      // Safari lets a page write only in the moment of the click: the text may come later
      const text = fetch(link.href).then(async (answer) => {
        if (!answer.ok) throw new Error(answer.statusText);
        return new Blob([await answer.text()], { type: "text/plain" });
      });
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
      link.textContent = "Copied";
    } catch {
      link.textContent = "It could not be copied";
    }
    setTimeout(() => {
      link.textContent = words;
      const menu = link.closest("details");
      if (menu) menu.open = false;
    }, RESTORE_AFTER);
  });
}
