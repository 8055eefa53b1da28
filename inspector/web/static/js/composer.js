// The compose form: rows that grow as one types, the query in the address and as rows at the same time, and JSON checked while it is written.

const spare = (row) => [...row.querySelectorAll("input:not([type=checkbox])")].every((each) => !each.value);

function grow(table) {
  const body = table.tBodies[0];
  const last = body.rows[body.rows.length - 1];
  if (!last || spare(last)) return;
  const row = last.cloneNode(true);
  const number = body.rows.length + 1;
  for (const input of row.querySelectorAll("input")) {
    const words = input.getAttribute("aria-label").replace(/\d+$/, String(number));
    input.setAttribute("aria-label", words);
    if (input.type === "checkbox") {
      input.value = String(number);
      input.checked = true;
    } else {
      input.value = "";
      input.id = input.id.replace(/\d+$/, String(number));
    }
  }
  body.append(row);
}

const pairs = (table) =>
  [...table.tBodies[0].rows]
    .map((row) => [...row.querySelectorAll("input")])
    .filter(([on, name, value]) => on.checked && (name.value || value.value))
    .map(([, name, value]) => [name.value, value.value]);

function toAddress(form, table) {
  const address = form.querySelector("[data-composer-url]");
  const [before, fragment] = address.value.split("#", 2);
  const path = before.split("?", 1)[0];
  const query = new URLSearchParams(pairs(table)).toString();
  address.value = path + (query ? `?${query}` : "") + (fragment === undefined ? "" : `#${fragment}`);
}

function toRows(form, table) {
  const address = form.querySelector("[data-composer-url]").value.split("#", 1)[0];
  const at = address.indexOf("?");
  const wanted = at < 0 ? [] : [...new URLSearchParams(address.slice(at + 1))];
  const body = table.tBodies[0];
  wanted.forEach(([name, value], number) => {
    if (number >= body.rows.length) grow(table);
    const inputs = body.rows[number].querySelectorAll("input");
    inputs[0].checked = true;
    inputs[1].value = name;
    inputs[2].value = value;
    grow(table);
  });
  for (const row of [...body.rows].slice(wanted.length)) {
    for (const input of row.querySelectorAll("input:not([type=checkbox])")) input.value = "";
  }
}

function checkJson(form) {
  const says = form.querySelector("[data-composer-json]");
  const text = form.querySelector("[data-composer-text]").value;
  let mistake = "";
  if (form.elements.body.value === "json" && text.trim()) {
    try {
      JSON.parse(text);
    } catch (error) {
      mistake = error.message;
    }
  }
  says.hidden = !mistake;
  if (mistake) says.querySelector("span").textContent = `Not valid JSON: ${mistake}. It is sent as it is.`;
}

// What was swapped in stands where the form was: the keyboard stays at its button, and the answer comes into view.
function showAnswer(root) {
  const answer = root.querySelector(".composer-answer");
  if (!answer) return;
  if (document.activeElement === document.body) root.querySelector("#composer-send")?.focus({ preventScroll: true });
  if (!answer.querySelector(".empty")) answer.scrollIntoView({ block: "nearest" });
}

export function enableComposer(root) {
  root.addEventListener("htmx:after:swap", () => showAnswer(root));
  root.addEventListener("input", (event) => {
    const form = event.target.closest?.("[data-composer]");
    if (!form) return;
    const table = event.target.closest("[data-composer-rows]");
    if (table) grow(table);
    const query = form.querySelector('[data-composer-rows="query"]');
    if (table === query) toAddress(form, query);
    else if (event.target.matches("[data-composer-url]")) toRows(form, query);
    else if (event.target.matches("[data-composer-text], [name=body]")) checkJson(form);
  });
}
