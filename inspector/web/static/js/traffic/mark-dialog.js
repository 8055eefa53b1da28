// Colour, tags and comment of one exchange or of several, in a dialog. Of several, what is left as it is stays as it is.

export class MarkDialog {
  #dialog;
  #form;

  constructor(dialog) {
    this.#dialog = dialog;
    this.#form = dialog.querySelector("form");
  }

  /** What shall be changed, or null. */
  async ask(rows) {
    const one = rows.length === 1;
    const mark = (one && rows[0].mark) || { colour: "", tags: [], comment: "" };
    const { colour, tags, comment } = this.#form.elements;
    this.#dialog.querySelector("[data-words]").textContent = one ? "Mark this exchange" : `Mark ${rows.length} exchanges`;
    for (const choice of colour) choice.checked = one && choice.value === mark.colour;
    tags.value = mark.tags.join(" ");
    this.#dialog.querySelector("[data-tags]").textContent = one ? "Tags" : "Tags to add";
    if (comment) comment.value = mark.comment;
    this.#dialog.showModal();
    tags.focus();
    await new Promise((resolve) => this.#dialog.addEventListener("close", resolve, { once: true }));
    if (this.#dialog.returnValue !== "save") return null;
    const parts = {};
    if (colour.value || (one && [...colour].some((choice) => choice.checked))) parts.colour = colour.value;
    const words = tags.value.split(/[\s,]+/).filter(Boolean);
    if (one) parts.tags = words;
    else if (words.length) parts.add_tags = words;
    if (comment && (one || comment.value)) parts.comment = comment.value;
    return parts;
  }
}
