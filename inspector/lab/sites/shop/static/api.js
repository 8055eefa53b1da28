// Sends what the form says, and shows what came back: status, some fields, body.
const form = document.querySelector("#ask");
const answer = document.querySelector("#answer");
const shown = ["Content-Type", "Content-Length", "Location", "ETag", "Allow"];

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const method = form.querySelector("#method").value;
  const path = form.querySelector("#path").value;
  if (!path.startsWith("/")) {
    answer.textContent = "An address here begins with /api/";
    return;
  }
  const options = { method, headers: {} };
  if (!["GET", "DELETE"].includes(method)) {
    options.headers["Content-Type"] = "application/json";
    options.body = form.querySelector("#body").value;
  }
  try {
    const response = await fetch(path, options);
    const fields = shown.filter((name) => response.headers.has(name)).map((name) => `${name}: ${response.headers.get(name)}`);
    answer.textContent = [`${response.status} ${response.statusText}`, ...fields, "", pretty(await response.text())].join("\n");
  } catch (error) {
    answer.textContent = `No answer: ${error.message}`;
  }
});

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
