// The Import page: files are sent in pieces, dropped or chosen, and how far they have come is shown.

import { postJson } from "./http.js";

const LOOK_EVERY = 400;

export function enableImport(root) {
  const form = root.querySelector("[data-import]");
  if (form) new Import(form, root.querySelector("[data-import-jobs]")).start();
}

class Import {
  #form;
  #jobs;
  #sending = 0;
  #looking = false;

  constructor(form, jobs) {
    this.#form = form;
    this.#jobs = jobs;
  }

  start() {
    this.#form.querySelector("[data-import-drop]").hidden = false;
    this.#form.querySelector("[data-import-plain]").hidden = true;
    const input = this.#form.elements.file;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#take([...input.files]);
      input.value = "";
    });
    document.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      this.#form.classList.add("import-over");
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) this.#form.classList.remove("import-over");
    });
    document.addEventListener("drop", (event) => {
      this.#form.classList.remove("import-over");
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      this.#take([...event.dataTransfer.files]);
    });
    if (this.#jobs.dataset.running === "yes") this.#look();
  }

  async #take(files) {
    const again = this.#form.elements.again.checked;
    for (const file of files) {
      this.#sending += 1;
      this.#look();
      try {
        await this.#send(file, again);
      } catch (error) {
        this.#say(`${file.name} could not be sent: ${error.message}`);
      } finally {
        this.#sending -= 1;
      }
    }
  }

  async #send(file, again) {
    const job = await postJson("/api/v1/imports", { name: file.name, size: file.size, again });
    const token = document.querySelector('meta[name="csrf-token"]').content;
    for (let at = 0; at < file.size; at += job.piece) {
      const headers = { "X-CSRF-Token": token, "Content-Type": "application/octet-stream", Accept: "application/json" };
      const body = file.slice(at, at + job.piece);
      const answer = await fetch(`/api/v1/imports/${job.id}?at=${at}`, { method: "POST", headers, body });
      if (!answer.ok) throw new Error((await answer.json())?.detail ?? answer.statusText);
      if ((await answer.json()).state === "failed") return;
    }
  }

  /** Shows how far all are, until none is on its way. */
  async #look() {
    if (this.#looking) return;
    this.#looking = true;
    let running = true;
    while (running) {
      running = this.#sending > 0;
      try {
        const answer = await fetch("/traffic/import/jobs");
        if (answer.ok) {
          this.#show(await answer.text());
          running ||= this.#jobs.querySelector("progress") !== null;
        }
      } catch {
        running = true; // Inspector is being started again: it will answer
      }
      if (running) await new Promise((done) => setTimeout(done, LOOK_EVERY));
    }
    this.#looking = false;
  }

  #show(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").body;
    this.#jobs.replaceChildren(...fresh.childNodes);
  }

  #say(words) {
    const notice = document.createElement("p");
    notice.className = "notice notice-error";
    notice.textContent = words;
    this.#jobs.before(notice);
  }
}
