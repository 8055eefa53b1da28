// A picture told box by box: the button, or the arrow keys, show one after the other; Escape shows all again.

export function stepThroughPictures(root) {
  const frame = root.querySelector("[data-picture-steps]");
  const button = root.querySelector("[data-picture-step]");
  const says = root.querySelector("[data-picture-says]");
  if (!frame || !button) return;
  let at = -1;
  button.hidden = false;
  button.addEventListener("click", () => show(at + 1));
  root.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable], code")) return;
    if (event.key === "ArrowRight") show(at + 1);
    else if (event.key === "ArrowLeft" && at > -1) show(at - 1);
    else if (event.key === "Escape" && at > -1) show(-1);
    else return;
    event.preventDefault();
  });

  // Both layouts have the same boxes in the same order; the one that is not shown steps along.
  function show(step) {
    const pictures = [...frame.querySelectorAll("svg")].map((svg) => [...svg.querySelectorAll("[data-picture-box]")]);
    at = step >= pictures[0].length ? -1 : step;
    frame.classList.toggle("picture-stepping", at > -1);
    for (const boxes of pictures) boxes.forEach((box, n) => box.classList.toggle("picture-current", n === at));
    says.textContent = at > -1 ? pictures[0][at].dataset.pictureBox : "";
  }
}
