// Asking our own server: JSON in, JSON out, and the two answers that a page must treat specially.

export class SignedOut extends Error {}

/** The server has no room for what was asked (too many streams): ask another way. */
export class Busy extends Error {}

export async function getJson(url, options = {}) {
  return await answer(await fetch(url, { headers: { Accept: "application/json" }, ...options }));
}

export async function postJson(url, body) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": token };
  return await answer(await fetch(url, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function answer(response) {
  if (response.status === 401) throw new SignedOut();
  if (response.status === 503) throw new Busy();
  if (!response.ok) throw new Error(`${response.status} from ${response.url}`);
  return await response.json();
}
