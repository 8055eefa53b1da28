// Menus are <details>: they open without this. With it, Esc closes one and gives the focus back, and so does a click elsewhere.

export function closeMenus(root) {
  const open = () => root.querySelectorAll("details.menu[open]");
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    for (const menu of open()) {
      event.preventDefault();
      event.stopPropagation();
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }, { capture: true });
  for (const name of ["click", "focusin"]) {
    root.addEventListener(name, (event) => {
      for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
    });
  }
}
