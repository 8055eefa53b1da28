// The shared worker: one feed for all tabs of this browser. A browser opens six connections to a host and no more;
// a stream for each tab would freeze every page at the seventh.

import { Source } from "./feed/source.js";

const ports = new Map(); // port → does it want rows?
let source = null;

self.addEventListener("connect", ({ ports: [port] }) => {
  port.addEventListener("message", ({ data }) => listen(port, data));
  port.start();
});

function listen(port, { type, url, cursor, rows }) {
  if (type === "bye") {
    ports.delete(port);
    return;
  }
  ports.set(port, rows);
  if (source?.state === "signed-out") {
    source.close();
    source = null; // a page that is open means that somebody has signed in again
  }
  source ??= new Source(url, cursor, broadcast);
  port.postMessage({ type: "state", data: source.state });
  if (source.lamp) port.postMessage({ type: "lamp", data: source.lamp });
  if (source.held) port.postMessage({ type: "held", data: source.held });
}

function broadcast(type, data) {
  for (const [port, rows] of ports) {
    if (rows || type === "state" || type === "lamp" || type === "held") port.postMessage({ type, data });
  }
}
