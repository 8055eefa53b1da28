// `credentials: "include"` asks the browser to send the other site's cookies along.
document.querySelector(".cards").addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const outcome = button.nextElementSibling;
  outcome.className = "outcome";
  try {
    const response = await fetch(button.dataset.url, { credentials: "include" });
    outcome.textContent = await response.text();
    outcome.classList.add("yes");
  } catch (error) {
    outcome.textContent = `the browser gave this page nothing but “${error.message}”.`;
    outcome.classList.add("no");
  }
});
