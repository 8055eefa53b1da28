// A page's end of the feed. All pages of a browser share one connection: through the shared worker; where there
// is none, through the tab that holds a lock; where there are no locks either, each page has its own.

import { Source } from "./source.js";

const NAME = "inspector-feed";

/** An EventTarget with events state, rows, marks, gap, lamp, held, forgotten (detail: the data). One a page, made at the first call. */
export function connect() {
  connection ??= new Connection(document.body.dataset);
  return connection;
}

let connection = null;

class Connection extends EventTarget {
  #feed;
  #worker;
  #rows = false;
  #cursor = "";
  #say = () => {};
  state = "connecting";

  constructor({ feed, feedWorker }) {
    super();
    this.#feed = feed;
    this.#worker = feedWorker;
    if (!feed) return;
    // Everything of a page's first turn has asked for what it wants before the connection is made.
    queueMicrotask(() => this.#open());
    addEventListener("pagehide", () => this.#say({ type: "bye" }));
    addEventListener("pageshow", (event) => event.persisted && this.#hello());
  }

  /** Ask for rows from `cursor` on (the first page to ask decides; the others catch up by themselves), or no more. */
  wantRows(wanted, cursor = "") {
    this.#rows = wanted;
    this.#cursor = cursor || this.#cursor;
    this.#hello();
  }

  #hello() {
    this.#say({ type: "hello", url: this.#feed, cursor: this.#cursor, rows: this.#rows });
  }

  #open() {
    if (this.#openWorker()) return;
    if (navigator.locks && window.BroadcastChannel) this.#share();
    else new Source(this.#feed, this.#cursor, (type, data) => this.#take(type, data));
  }

  #openWorker() {
    if (!window.SharedWorker) return false;
    try {
      const worker = new SharedWorker(this.#worker, { name: NAME, type: "module" });
      worker.port.onmessage = ({ data: { type, data } }) => this.#take(type, data);
      this.#say = (message) => worker.port.postMessage(message);
      this.#hello();
      return true;
    } catch {
      return false;
    }
  }

  /** The tab with the lock holds the connection and tells the others; when it closes, another gets the lock. */
  #share() {
    const channel = new BroadcastChannel(NAME);
    let source = null;
    const tell = (type, data) => {
      channel.postMessage({ type, data });
      this.#take(type, data);
    };
    channel.onmessage = ({ data: { type, data } }) => {
      if (type !== "hello") this.#take(type, data);
      else if (source) {
        channel.postMessage({ type: "state", data: source.state });
        if (source.lamp) channel.postMessage({ type: "lamp", data: source.lamp });
        if (source.held) channel.postMessage({ type: "held", data: source.held });
      }
    };
    channel.postMessage({ type: "hello" });
    navigator.locks.request(NAME, () => {
      source = new Source(this.#feed, this.#cursor, tell);
      return new Promise(() => {}); // held until this tab goes
    });
  }

  #take(type, data) {
    if (type === "state") this.state = data;
    if (type === "rows" && !this.#rows) return;
    this.dispatchEvent(new CustomEvent(type, { detail: data }));
  }
}
