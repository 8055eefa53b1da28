// Who sees what: stepping through time, and tying together what is the same in all three columns.

export function enableSees(root) {
  const ready = () => root.querySelectorAll("[data-sees-steps]").forEach((bar) => (bar.hidden = false));
  ready();
  root.addEventListener("htmx:load", ready);
  root.addEventListener("click", (event) => {
    const target = event.target.closest?.("[data-sees-on], [data-sees-back], [data-sees-all], .glimpse-name");
    const sees = target?.closest("[data-sees]");
    if (!sees) return;
    if (target.matches(".glimpse-name")) hold(sees, target);
    else if (target.matches("[data-sees-all]")) showAll(sees);
    else step(sees, target.matches("[data-sees-on]") ? 1 : -1);
  });
  root.addEventListener("keydown", (event) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const sees = root.querySelector("[data-sees][data-stepping]");
    if (!way || !sees || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    if (event.target.closest?.("input, select, textarea, pre, [contenteditable]")) return;
    event.preventDefault();
    step(sees, way);
  });
  for (const [name, on] of [["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]]) {
    root.addEventListener(name, (event) => {
      const glimpse = event.target.closest?.("[data-sees] [data-tie]");
      if (glimpse) tie(glimpse.closest("[data-sees]"), on ? glimpse.dataset.tie : held(glimpse.closest("[data-sees]")));
    });
  }
}

const held = (sees) => sees.querySelector('.glimpse-name[aria-pressed="true"]')?.closest("[data-tie]").dataset.tie;

function hold(sees, button) {
  const pressed = button.getAttribute("aria-pressed") === "true";
  for (const each of sees.querySelectorAll(".glimpse-name")) each.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-pressed", String(!pressed));
  tie(sees, pressed ? undefined : button.closest("[data-tie]").dataset.tie);
}

function tie(sees, key) {
  for (const glimpse of sees.querySelectorAll("[data-tie]")) glimpse.toggleAttribute("data-tied", glimpse.dataset.tie === key);
}

function step(sees, way) {
  const moments = [...sees.querySelectorAll("[data-moment]")];
  const at = sees.dataset.stepping === undefined ? (way > 0 ? 0 : moments.length - 1) : Number(sees.dataset.stepping) + way;
  const now = Math.min(Math.max(at, 0), moments.length - 1);
  sees.dataset.stepping = now;
  moments.forEach((moment, n) => {
    moment.toggleAttribute("data-later", n > now);
    moment.toggleAttribute("data-earlier", n < now);
  });
  sees.querySelector("[data-sees-place]").textContent = `${now + 1} of ${moments.length}: ${title(moments[now])}`;
  sees.querySelector("[data-sees-all]").hidden = false;
  moments[now].scrollIntoView({ block: "nearest" });
}

const title = (moment) => moment.querySelector(".moment-title").childNodes[1].textContent.trim();

function showAll(sees) {
  delete sees.dataset.stepping;
  for (const moment of sees.querySelectorAll("[data-moment]")) {
    moment.removeAttribute("data-later");
    moment.removeAttribute("data-earlier");
  }
  sees.querySelector("[data-sees-place]").textContent = "";
  sees.querySelector("[data-sees-all]").hidden = true;
}
