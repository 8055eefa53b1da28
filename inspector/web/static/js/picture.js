// Pictures as files: SVG in the theme that is shown, and PNG drawn from that SVG, with our font inside, at the size that pages share.

const WIDTH = 1200;
const HEIGHT = 630;

export function offerPictures(root) {
  for (const button of root.querySelectorAll("[data-picture-png]")) button.hidden = false;
  root.addEventListener("click", async (event) => {
    const svg = event.target.closest?.("[data-picture-svg]");
    if (svg) svg.href = asked(svg.dataset.pictureSvg, { save: "1", theme: theme() });
    const png = event.target.closest?.("[data-picture-png]");
    if (!png) return;
    const frame = png.closest("[data-picture]");
    png.disabled = true;
    try {
      save(await drawn(frame.querySelector("[data-picture-svg]").dataset.pictureSvg), `${frame.dataset.picture}.png`);
    } catch {
      png.querySelector("[data-words]").textContent = "This browser can’t draw it";
    } finally {
      png.disabled = false;
    }
  });
}

function theme() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** The address with this asked for as well, whatever it asks for already. */
function asked(address, more) {
  const whole = new URL(address, location.href);
  for (const [name, value] of Object.entries(more)) whole.searchParams.set(name, value);
  return whole.href;
}

async function drawn(address) {
  const answer = await fetch(asked(address, { theme: theme() }));
  if (!answer.ok) throw new Error(`${answer.status} from ${answer.url}`);
  const source = (await answer.text()).replace(/<defs>/, `<defs>${await fontStyle()}`);
  const picture = new Image(WIDTH, HEIGHT);
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  canvas.getContext("2d").drawImage(picture, 0, 0, WIDTH, HEIGHT);
  return await new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no PNG"))), "image/png"));
}

// A picture sees none of the page's fonts: the one file of ours that has Latin letters goes with it. Without it the system's will do.
async function fontStyle() {
  const rule = [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .flatMap((each) => (each instanceof CSSLayerBlockRule ? [...each.cssRules] : [each]))
    .find((each) => each instanceof CSSFontFaceRule && /Next Variable/.test(each.style.fontFamily) && /U\+0000|U\+0?-/i.test(each.cssText));
  const file = rule?.cssText.match(/url\("?([^")]+\.woff2)"?\)/)?.[1];
  if (!file) return "";
  try {
    const bytes = new Uint8Array(await (await fetch(new URL(file, rule.parentStyleSheet?.href ?? location.href))).arrayBuffer());
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    const source = `url(data:font/woff2;base64,${btoa(text)}) format("woff2")`;
    return `<style>@font-face{font-family:"Atkinson Hyperlegible Next Variable";font-weight:200 800;src:${source}}</style>`;
  } catch {
    return "";
  }
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
