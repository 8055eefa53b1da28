// A picture that is none: the browser only finds out when the answer has come, and by then the request was made.
const button = document.querySelector("#picture-attack");
const outcome = document.querySelector("#picture-outcome");

button.addEventListener("click", () => {
  const picture = new Image();
  picture.onload = picture.onerror = () => (outcome.textContent = "Asked. Whether it worked, this page cannot see; look at your coins.");
  picture.src = `${button.dataset.src}&at=${Date.now()}`;
});
