// Asks another origin, in eight ways. When the browser keeps an answer from us we learn nothing but "failed": not even why.
const cases = {
  "right": ["/right/days", {}],
  "none": ["/wrong/none", {}],
  "star-with-cookies": ["/wrong/star", { credentials: "include" }],
  "other": ["/wrong/other", {}],
  "preflight-right": ["/right/days", { method: "PUT", headers: { "Content-Type": "application/json" }, body: '{"days": 2}' }],
  "preflight-method": ["/wrong/no-put", { method: "PUT", headers: { "Content-Type": "application/json" }, body: '{"days": 2}' }],
  "preflight-field": ["/wrong/no-field", { headers: { "X-Leaf": "1" } }],
  "cookies-right": ["/right/visits", { credentials: "include" }],
};
const list = document.querySelector(".cases");

list.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const outcome = button.nextElementSibling;
  const [path, options] = cases[button.dataset.case];
  outcome.className = "outcome";
  outcome.textContent = "asking …";
  try {
    const response = await fetch(list.dataset.api + path, options);
    outcome.textContent = `The script may read it: ${await response.text()}`;
    outcome.classList.add("yes");
  } catch (error) {
    outcome.textContent = `The script gets nothing but “${error.message}”.`;
    outcome.classList.add("no");
  }
});
