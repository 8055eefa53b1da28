// The menu of a row: right click, or the menu key. The same things as the keys do.

export function followMenu(box, section, { select, act }) {
  const menu = section.querySelector("[data-row-menu]");
  const items = () => [...menu.querySelectorAll("[role=menuitem]")];

  const open = (x, y) => {
    menu.showPopover();
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(x, innerWidth - width - 4))}px`;
    menu.style.top = `${Math.max(4, Math.min(y, innerHeight - height - 4))}px`;
    items()[0].focus();
  };
  box.addEventListener("contextmenu", (event) => {
    const row = event.target.closest("[data-id]");
    const current = box.querySelector(".row-current");
    const byKey = !row && current;
    if (!row && !byKey) return;
    if (event.target.closest("a") && event.shiftKey) return; // the browser's own
    event.preventDefault();
    if (row) select(row.dataset.id);
    const { left, bottom } = (row ?? current).getBoundingClientRect();
    const pressed = event.clientX || event.clientY;
    open(pressed && !byKey ? event.clientX : left + 24, pressed && !byKey ? event.clientY : bottom);
  });
  menu.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all.at(to % all.length).focus();
  });
  menu.addEventListener("click", (event) => {
    const item = event.target.closest("[data-do]");
    if (!item) return;
    menu.hidePopover();
    box.focus({ preventScroll: true });
    act(item.dataset.do, item.value || undefined);
  });
}
