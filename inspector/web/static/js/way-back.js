// The page of one exchange leads back to the list that was left, with its filter, and with this exchange selected in it.

import { listWith } from "./traffic/place.js";

export function leadBack(root) {
  const link = root.getElementById("back-to-list");
  const id = root.querySelector("article[data-id]")?.dataset.id;
  if (link && id) link.href = listWith(id);
}
