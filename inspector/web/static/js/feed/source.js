// One connection to the live feed, kept up: an event stream; polling when the server has no stream to spare;
// and after a break again and again, ever more slowly. It runs in the shared worker, or in one tab for all of them.

import { Busy, getJson, SignedOut } from "../http.js";

const CHANGES = "/api/v1/changes";
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;
const POLL_EVERY = 1000;
const POLLS_BEFORE_STREAM = 30;
const FORWARDED = ["rows", "marks", "gap", "lamp", "held", "forgotten"];

export class Source {
  #url;
  #emit;
  #cursor;
  #stream = null;
  #timer = 0;
  #pause = FIRST_PAUSE;
  #polls = 0;
  state = "connecting";
  lamp = null;
  held = null;

  /** `emit(type, data)`: type is state, rows, marks, gap, lamp, held or forgotten. */
  constructor(url, cursor, emit) {
    this.#url = url;
    this.#cursor = cursor;
    this.#emit = emit;
    this.#openStream();
  }

  close() {
    this.#stream?.close();
    clearTimeout(this.#timer);
  }

  #openStream() {
    const stream = new EventSource(`${this.#url}?cursor=${encodeURIComponent(this.#cursor)}`);
    this.#stream = stream;
    stream.onopen = () => {
      this.#pause = FIRST_PAUSE;
      this.#become("live");
    };
    stream.onerror = () => {
      // EventSource does not say why it failed, so we never leave the reconnecting to it.
      stream.close();
      this.#later(() => this.#poll(), this.#pause / 5);
    };
    for (const type of FORWARDED) stream.addEventListener(type, (event) => this.#take(type, JSON.parse(event.data)));
  }

  #take(type, data) {
    if (data.cursor) this.#cursor = data.cursor;
    if (type === "lamp") this.lamp = data;
    if (type === "held") this.held = data;
    this.#emit(type, data);
  }

  /** Ask once. It says why the stream failed, and brings what was missed meanwhile. */
  async #poll() {
    try {
      const changes = await getJson(`${CHANGES}?cursor=${encodeURIComponent(this.#cursor)}`);
      this.#become("live");
      if (changes.forgotten) this.#take("forgotten", {});
      this.#take("rows", changes);
      if (changes.lamp) this.#take("lamp", changes.lamp);
      if (changes.held) this.#take("held", changes.held);
      this.#pause = FIRST_PAUSE;
      this.#polls = (this.#polls + 1) % POLLS_BEFORE_STREAM;
      if (this.#polls === 1) this.#openStream();
      else this.#later(() => this.#poll(), POLL_EVERY);
    } catch (error) {
      if (error instanceof SignedOut) return this.#become("signed-out");
      if (!(error instanceof Busy)) this.#become("reconnecting");
      this.#later(() => this.#poll(), this.#pause);
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    }
  }

  #later(action, delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, delay * (0.75 + Math.random() / 2));
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.#emit("state", state);
  }
}
