// The address bar says it all: the filter, how the list is grouped, what is selected and which part of it is shown. A link opens the same.

const OWN = ["q", "group", "within", "selected"];
const NOT_KEPT = new Set([...OWN, "before", "after", "limit"]);

/** What an address asks for. `view` is what the exchange itself is asked for: its tab, its side. */
export function read(address = location.search) {
  const query = new URLSearchParams(address);
  const view = new URLSearchParams([...query].filter(([name]) => !NOT_KEPT.has(name)));
  return Object.fromEntries([...OWN.map((name) => [name, query.get(name) ?? ""]), ["view", String(view)]]);
}

/** The address that leads to a place. */
export function addressOf(place) {
  const query = new URLSearchParams();
  for (const name of OWN) if (place[name]) query.set(name, place[name]);
  const view = place.selected && place.view ? `&${place.view}` : "";
  return query.size ? `/traffic?${query}${view}` : "/traffic";
}

/** Go there in the address bar. A step of its own for `back` when it is another kind of place; not for each row that is passed. */
export function go(place, { step = false } = {}) {
  const address = addressOf(place);
  if (address === location.pathname + location.search) return;
  if (step) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  remember(address);
}

const KEY = "inspector-list";

/** For the page of one exchange, which leads back to this list. */
export function remember(address) {
  sessionStorage.setItem(KEY, address);
}

/** The list that was left last, with an exchange selected in it. */
export function listWith(id) {
  const kept = sessionStorage.getItem(KEY);
  if (!kept?.startsWith("/traffic?")) return `/traffic?selected=${id}`;
  const { q, group, within } = read(kept.slice("/traffic".length));
  return addressOf({ q, group, within, selected: id, view: "" });
}
