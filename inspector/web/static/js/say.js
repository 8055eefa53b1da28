// A sentence about what was just done, at the foot of the page: seen for a moment, read out once.

const SEEN = 4000; // ms
let timer = 0;

export function say(sentence, { problem = false } = {}) {
  const place = document.querySelector("[data-says]");
  if (!place) return;
  clearTimeout(timer);
  place.textContent = sentence;
  place.classList.toggle("says-problem", problem);
  timer = setTimeout(() => (place.textContent = ""), problem ? 2 * SEEN : SEEN);
}
