// Copy buttons beside commands. They show themselves only where copying is possible.

const RESTORE_AFTER = 2000;

export function enableCopyButtons(root) {
  if (!navigator.clipboard) return;
  const show = (within) => {
    for (const button of within.querySelectorAll("[data-copy]")) button.hidden = false;
  };
  show(root);
  root.addEventListener("htmx:after:process", (event) => show(event.target)); // what came later
  root.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    const words = button.querySelector("[data-copy-words]");
    try {
      await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent);
      words.textContent = "Copied";
    } catch {
      words.textContent = "Not allowed here";
    }
    setTimeout(() => (words.textContent = "Copy"), RESTORE_AFTER);
  });
}
