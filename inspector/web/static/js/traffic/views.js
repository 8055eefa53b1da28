// List, Waterfall, Sites and Statistics have one filter: their links take along what the address bar says now.

export function keepFilterInViews(root) {
  const follow = (event) => {
    const link = event.target.closest?.("[data-traffic-views] a");
    if (!link) return;
    const filter = new URLSearchParams(location.search).get("q");
    link.href = filter ? `${link.pathname}?${new URLSearchParams({ q: filter })}` : link.pathname;
  };
  for (const type of ["pointerdown", "focusin", "click"]) root.addEventListener(type, follow, { capture: true });
}
