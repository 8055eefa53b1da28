// What is done with exchanges from the list: the row that is selected, or all that are chosen.

import { getJson, postJson, SignedOut } from "../http.js";

/** Add something to exchanges, or take it away; the feed tells every open page. */
export async function mark(ids, parts) {
  return (await postJson("/api/v1/marks", { ids, ...parts })).marks;
}

/** Send an exchange again, as it was. */
export async function repeat(id) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const answer = await fetch(`/exchange/${id}/repeat`, { method: "POST", headers: { "X-CSRF-Token": token, Accept: "application/json" } });
  if (answer.status === 401) throw new SignedOut();
  if (!answer.ok) throw new Error(`${answer.status} from ${answer.url}`);
}

const FORMS = {
  curl: { said: "as a cURL command", text: ({ id }) => plain(`/exchange/${id}/as/curl`) },
  url: { said: "the address", text: (row) => `${row.scheme}://${hostOf(row)}${row.path}` },
  host: { said: "the host", text: hostOf },
  request: { said: "the request’s header fields", text: ({ id }) => head(id, "request") },
  response: { said: "the response’s header fields", text: ({ id }) => head(id, "response") },
  sent: { said: "the request’s body", text: ({ id }) => plain(`/api/v1/exchanges/${id}/body/browser/request?form=decoded`) },
  body: { said: "the response’s body", text: ({ id }) => plain(`/api/v1/exchanges/${id}/body/browser/response?form=decoded`) },
};

/** Put something of some rows on the clipboard; the words for what was copied. */
export async function copy(form, rows) {
  const { said, text } = FORMS[form];
  // asked for inside the write, so that browsers still know that a person pressed something
  const made = (async () => new Blob([(await Promise.all(rows.map(text))).join("\n")], { type: "text/plain" }))();
  if (navigator.clipboard?.write && globalThis.ClipboardItem) await navigator.clipboard.write([new ClipboardItem({ "text/plain": made })]);
  else await navigator.clipboard.writeText(await (await made).text());
  return rows.length === 1 ? `Copied ${said}.` : `Copied ${said}, ${rows.length} times.`;
}

const USUAL = { http: 80, https: 443, ws: 80, wss: 443 };

function hostOf({ scheme, host, port }) {
  const name = host.includes(":") ? `[${host}]` : host;
  return port && port !== USUAL[scheme] ? `${name}:${port}` : name;
}

async function plain(url) {
  const answer = await fetch(url, { headers: { Accept: "text/plain" } });
  if (!answer.ok) throw new Error(`${answer.status} from ${url}`);
  return await answer.text();
}

async function head(id, half) {
  const exchange = await getJson(`/api/v1/exchanges/${id}`);
  const message = exchange.client_leg?.[half];
  if (!message) throw new Error(`no ${half}`);
  return message.head;
}
